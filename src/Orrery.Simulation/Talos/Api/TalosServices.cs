namespace Orrery.Simulation.Talos.Api;

/// <summary>The services of a node as Talos lists them, and what they still wait for.</summary>
internal static class TalosServices
{
    public static ProtoWriter Of(TalosNode node)
    {
        var list = new ProtoWriter();
        foreach (var (id, state, isHealthy, message) in All(node))
        {
            var health = new ProtoWriter().Add(1, isHealthy is null).Add(2, isHealthy ?? false).Add(3, message);
            list.Add(2, new ProtoWriter().Add(1, id).Add(2, state).Add(4, health));
        }

        return new ProtoWriter().Add(1, list);
    }

    /// <summary>What keeps a machine from being ready, as its status says it.</summary>
    public static IEnumerable<(string Name, string Reason)> Unmet(TalosNode node)
    {
        if (node.Settings is null)
            yield break;
        foreach (var (id, state, isHealthy, _) in All(node))
        {
            if (id.StartsWith("ext-", StringComparison.Ordinal))
                continue;
            if (state != "Running")
                yield return ("services", $"service \"{id}\" not running");
            else if (isHealthy == false)
                yield return ("services", $"service \"{id}\" not healthy");
        }
    }

    /// <summary>What a service has logged; null where there is none of that name.</summary>
    public static IReadOnlyList<string>? LogOf(TalosNode node, string id) =>
        id == "machined" || All(node).Any(service => service.Id == id)
            ? [.. node.ConsoleText.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Where(line => id == "machined" || line.Contains($"service[{id}]", StringComparison.Ordinal))]
            : null;

    private static IEnumerable<(string Id, string State, bool? IsHealthy, string Message)> All(TalosNode node)
    {
        yield return ("apid", "Running", true, "");
        yield return ("containerd", "Running", true, "");
        yield return ("cri", "Running", true, "");
        if (node.Settings is { IsControlPlane: true })
            yield return Etcd(node);
        if (node.Tailscale.IsThere)
            yield return (TailscaleService.Id, node.Tailscale.State, null, "");
        yield return ("kubelet", node.IsKubeletUp ? "Running" : "Preparing", node.IsKubeletUp ? true : null, "");
        yield return ("machined", "Running", true, "");
        if (node.Settings is { IsControlPlane: true })
            yield return ("trustd", "Running", true, "");
        yield return ("udevd", "Running", true, "");
    }

    private static (string Id, string State, bool? IsHealthy, string Message) Etcd(TalosNode node)
    {
        if (node.EtcdMemberId is null)
            return ("etcd", "Preparing", null, "");
        var hasQuorum = node.Cluster?.Etcd?.HasQuorum ?? false;
        return ("etcd", "Running", hasQuorum, hasQuorum ? "" : "etcdserver: no leader");
    }
}
