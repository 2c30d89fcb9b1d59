using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;

namespace Orrery.Model.Spec.Checks;

/// <summary>Ways in which secrets reach a cluster, and what delivers there.</summary>
internal static class SecretChecks
{
    public static void Run(ClusterView cluster, Problems problems)
    {
        if (cluster.Spec.Under(ClusterKind.Secrets).Find(ClusterKind.Sops) is not { } sops)
            return;
        var engine = cluster.Spec.Under(ClusterKind.GitOps);
        if (engine.Has(GitOpsFields.Flux))
        {
            var mark = cluster.Spec.Under(ClusterKind.Secrets).MarkOf(ClusterKind.Sops);
            problems.AddOnce(Unbuilt.OtherSecrets, mark, Unbuilt.OtherSecrets.Explanation);
        }

        if (sops.Has(ClusterKind.Plugin) && !engine.Has(GitOpsFields.ArgoCd))
        {
            problems.Add(
                CheckCodes.PluginOfAnotherEngine,
                sops.MarkOf(ClusterKind.Plugin),
                $"The cluster \"{cluster.Name}\" is not delivered by Argo CD.",
                "write `sops:` without a plugin, or `gitops: { argocd: }`");
        }
    }
}
