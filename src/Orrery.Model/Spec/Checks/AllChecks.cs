using Orrery.Model.Spec.Resolving;

namespace Orrery.Model.Spec.Checks;

/// <summary>
/// The checks between fields. A family is a file, a check one function of it with its codes from
/// <see cref="CheckCodes"/>; a new one is called from its family's <c>Run</c>.
/// </summary>
internal static class AllChecks
{
    public static void Run(Declared declared, Problems problems)
    {
        var whole = declared.Clusters.Where(cluster => cluster.IsWhole);
        var clusters = whole.Select(cluster => new ClusterView(cluster, declared)).ToArray();
        foreach (var cluster in clusters)
        {
            NodePoolChecks.Run(cluster, problems);
            VolumeChecks.Run(cluster, problems);
            HetznerChecks.Run(cluster, problems);
            FirewallChecks.Run(cluster, problems);
            ProxmoxChecks.Run(cluster, problems);
            TalosChecks.Run(cluster, problems);
            NetworkChecks.Run(cluster, problems);
            NetworkPolicyChecks.Run(cluster, problems);
            ComponentChecks.Run(cluster, problems);
            HostPortChecks.Run(cluster, problems);
            SecretChecks.Run(cluster, problems);
            UnbuiltChecks.Run(cluster, problems);
            GitOpsChecks.Run(cluster, problems);
        }

        AddressChecks.Run(clusters, problems);
        ReferenceChecks.Run(declared, clusters, problems);
        ProfileChecks.Run(declared, problems);
        PreviewPoolChecks.Run(declared, problems);
    }
}
