using System.Text.Json.Nodes;
using Orrery.Model.Platforms;
using Orrery.Rehearsal.Stages;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>Somebody in the world who asks for hosts at the platform's public addresses.</summary>
internal sealed class Visitor(Stage stage)
{
    /// <summary>The hosts of a cluster's Ingresses, in ordinal order; none while its API does not answer.</summary>
    public IReadOnlyList<string> HostsOf(Cluster cluster) =>
    [
        .. stage.ClustersOf(cluster).SelectMany(each => each.Api.Store.List("networking.k8s.io/v1", "Ingress"))
            .SelectMany(ingress => ingress["spec"]?["rules"] as JsonArray ?? [])
            .Select(rule => $"{rule?["host"]}").Where(host => host.Length > 0)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Some public address leads to a machine whose ingress answers for each of the hosts; without hosts, to one whose
    /// Kubernetes runs.
    /// </summary>
    public bool IsAnswered(Cluster cluster, IReadOnlyList<string> hosts) => PublicAddresses(cluster).Any(address =>
        stage.Site.Machines.Find(address) is { } machine
        && stage.Site.Clusters.Find(machine.Id) is { IsRunning: true } found
        && hosts.All(host => found.Answers(host, address)));

    /// <summary>The floating addresses where there are some; else those of the servers.</summary>
    private IEnumerable<string> PublicAddresses(Cluster cluster)
    {
        var hasFloating = cluster.NodePools.Values.Any(pool => pool.FloatingIp is not null);
        return stage.World.Inventory()
            .Where(item => item.Kind == (hasFloating ? "floating_ips" : "servers") && item.PublicAddress is not null)
            .Select(item => item.PublicAddress ?? "");
    }
}
