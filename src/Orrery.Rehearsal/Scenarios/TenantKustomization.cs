using Orrery.GitOps.Delivery;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>For Flux: a Kustomization that decrypts.</summary>
internal sealed class TenantKustomization(Platform platform, Cluster cluster, Bootstrap bootstrap) : ITenantDelivery
{
    // Beside our own Kustomizations, where the root finds it.
    private readonly string _kustomizations =
        (((Value.Map)bootstrap.Root[^1]["spec"])["path"].AsText() ?? "")["./".Length..];

    public IEnumerable<(string Path, string Text)> Files(
        string folder, IReadOnlyList<string> resources, IReadOnlyList<string> documents)
    {
        yield return ($"{_kustomizations}/{Tenant.Name}.yaml", Kustomization(folder, documents.Count > 0));
        yield return ($"{folder}/kustomization.yaml",
            $"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- app.yaml\n"
            + string.Concat(resources.Concat(documents).Select(name => $"- {name}.yaml\n")));
    }

    private string Kustomization(string folder, bool decrypts)
    {
        var decryption = decrypts
            ? "\n  decryption:\n    provider: sops\n    secretRef:\n      name: sops-age"
            : "";
        var before = cluster.Secrets.SealedSecrets ? "\n  dependsOn:\n  - name: sealed-secrets" : "";
        return $"""
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata:
              name: {Tenant.Name}
              namespace: flux-system
            spec:{decryption}{before}
              interval: 10m
              path: ./{folder}
              prune: true
              retryInterval: 1m
              sourceRef:
                kind: GitRepository
                name: {platform.Name}

            """;
    }
}
