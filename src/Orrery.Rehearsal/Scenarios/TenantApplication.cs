using Orrery.GitOps.Delivery;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>For Argo CD: an Application, and KSOPS as a generator.</summary>
internal sealed class TenantApplication(Platform platform, Bootstrap bootstrap) : ITenantDelivery
{
    // Beside our own Applications, where the root finds it.
    private readonly string _applications =
        ((Value.Map)((Value.Map)bootstrap.Root[^1]["spec"])["source"])["path"].AsText() ?? "";

    public IEnumerable<(string Path, string Text)> Files(
        string folder, IReadOnlyList<string> resources, IReadOnlyList<string> documents)
    {
        yield return ($"{_applications}/{Tenant.Name}.yaml", Application(folder));
        if (documents.Count > 0)
            yield return ($"{folder}/ksops.yaml", Generator(documents));
        yield return ($"{folder}/kustomization.yaml",
            $"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- app.yaml\n"
            + string.Concat(resources.Select(name => $"- {name}.yaml\n"))
            + (documents.Count > 0 ? "generators:\n- ksops.yaml\n" : ""));
    }

    private static string Generator(IReadOnlyList<string> names) => $"""
        apiVersion: viaduct.ai/v1
        kind: ksops
        metadata:
          name: words
          annotations:
            config.kubernetes.io/function: |
              exec:
                path: ksops
        files:
        {string.Join('\n', names.Select(name => $"- ./{name}.yaml"))}

        """;

    private string Application(string folder) => $"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata:
          name: {Tenant.Name}
          namespace: argocd
        spec:
          destination:
            namespace: {Tenant.Name}
            server: https://kubernetes.default.svc
          project: {platform.Name}
          source:
            path: {folder}
            repoURL: {RepositoryAddress.Ssh(platform.Repository)}
            targetRevision: {platform.Repository.Branch}
          syncPolicy:
            automated:
              prune: true
              selfHeal: true
            retry:
              backoff:
                duration: 5s
              limit: 10
            syncOptions:
            - CreateNamespace=true

        """;
}
