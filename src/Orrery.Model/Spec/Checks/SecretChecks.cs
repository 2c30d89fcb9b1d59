using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;

namespace Orrery.Model.Spec.Checks;

/// <summary>Ways in which secrets reach a cluster, and what delivers there.</summary>
internal static class SecretChecks
{
    public static void Run(ClusterView cluster, Problems problems)
    {
        var secrets = cluster.Spec.Under(ClusterKind.Secrets);
        if (secrets.Find(ClusterKind.Sops) is not { } sops)
            return;
        if (sops.Has(ClusterKind.Plugin) && !cluster.Spec.Under(ClusterKind.GitOps).Has(GitOpsFields.ArgoCd))
        {
            problems.Add(
                CheckCodes.PluginOfAnotherEngine,
                sops.MarkOf(ClusterKind.Plugin),
                $"The cluster \"{cluster.Name}\" is not delivered by Argo CD.",
                "write `sops:` without a plugin, or `gitops: { argocd: }`");
        }
    }
}
