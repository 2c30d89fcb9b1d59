using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;

namespace Orrery.Model.Spec.Checks;

/// <summary>What is built each by itself, and not together.</summary>
internal static class UnbuiltChecks
{
    private static readonly string[] ProversByZone = ["powerdns", "cert-manager"];

    public static void Run(ClusterView cluster, Problems problems)
    {
        var distribution = cluster.Spec.Under(ClusterKind.Distribution);
        if (cluster is { Talos: not null, Hetzner: not null })
        {
            problems.AddOnce(
                Unbuilt.Talos, distribution.MarkOf(DistributionFields.Talos), Unbuilt.Talos.Explanation);
        }

        if (cluster is { Talos: null, Proxmox: not null } && distribution.Has(DistributionFields.K3s))
        {
            problems.AddOnce(
                Unbuilt.Proxmox, distribution.MarkOf(DistributionFields.K3s), Unbuilt.Proxmox.Explanation);
        }

        var rebuild = cluster.Spec.Under(ClusterKind.Rebuild);
        if (cluster.Proxmox is not null && rebuild.Find(ClusterKind.Strategy) == "blue-green")
        {
            problems.AddOnce(
                Unbuilt.Proxmox, rebuild.MarkOf(ClusterKind.Strategy),
                "Its machines have the addresses that are declared, and are rebuilt in place, for now.");
        }

        if (cluster.Declared.Platform?.Spec.Under(PlatformKind.Acme).Under(AcmeFields.Challenge) is { } challenge
            && challenge.Find(AcmeFields.Dns01) == "powerdns"
            && Array.Exists(ProversByZone, name => cluster.Components.Node.Find(name) is null))
        {
            problems.AddOnce(
                Unbuilt.DnsChallenge, challenge.MarkOf(AcmeFields.Dns01),
                $"The cluster \"{cluster.Name}\" has not both powerdns and cert-manager, which prove names like this.");
        }

        var edge = cluster.Spec.Under(ClusterKind.Edge);
        if (cluster.Talos is null && edge.Has(EdgeFields.Tailnet))
            problems.AddOnce(Unbuilt.Edge, edge.MarkOf(EdgeFields.Tailnet), Unbuilt.Edge.Explanation);

        if (cluster.Talos is null && cluster.Spec.Has(ClusterKind.Network))
        {
            problems.AddOnce(
                Unbuilt.Network, cluster.Spec.MarkOf(ClusterKind.Network), Unbuilt.Network.Explanation);
        }
    }
}
