using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;
using Orrery.Providers.Talos;

namespace Orrery.Providers.Clusters;

/// <summary>
/// The machines of one cluster as the state knows them: where they are, and the keys that prove it. Pure.
/// </summary>
public sealed class RecordedMachines(Cluster cluster, Recorded recorded)
{
    private const int ApiPort = 6443;
    private const int SshPort = 22;

    /// <summary>Declared nodes, in order.</summary>
    public IEnumerable<string> Nodes => cluster.NodePools.Values.SelectMany(pool => pool.NodeNames());

    /// <summary>The machine on which the API server runs; null while none does.</summary>
    public SshHost? ApiServer => ApiNode is { } node ? Find(node) : null;

    /// <summary>
    /// The API server's public address, for example <c>https://192.0.2.10:6443</c>; null while it is not known, and
    /// where the cluster's firewall lets nobody in: then it is reached through a tunnel.
    /// </summary>
    public Uri? PublicServer => TalosServer
        ?? (IsApiOpen && ApiServer is { } host ? new UriBuilder("https", host.Address, ApiPort).Uri : null);

    /// <summary>Talos asks everybody for a certificate, and so its address is open to all who reach it.</summary>
    private Uri? TalosServer => TalosMachines.Of(cluster)
        .FirstOrDefault(place => place.Pool.Role == NodeRole.ControlPlane) is { } place
            ? new Uri(place.Machine.Endpoint)
            : null;

    private string? ApiNode => cluster.NodePools.Values
        .Where(pool => pool.Role == NodeRole.ControlPlane)
        .SelectMany(pool => pool.NodeNames())
        .FirstOrDefault(node => OutputsOf(K3sHandler.Definition.Type, node) is not null);

    private bool IsApiOpen => cluster.Infrastructure is Infrastructure.Hetzner hetzner
        && (hetzner.Firewall is not { } firewall || firewall.Allow.Values.Any(rule => Covers(rule)));

    /// <summary>How a node is reached; null while it is not there, or shows no key of its own yet.</summary>
    public SshHost? Find(string node)
    {
        if (OutputsOf(PreparedHandler.Definition.Type, node) is not { } outputs)
            return null;
        var keys = outputs["hostKeys"].AsList().Select(key => key.AsText() ?? "").ToValueList();
        return outputs["address"].AsText() is { Length: > 0 } address && keys.Count > 0
            ? new SshHost(address, SshPort, outputs["user"].AsText() ?? "root", keys)
            : null;
    }

    private Value.Map? OutputsOf(string type, string node) =>
        recorded.Resources.TryGetValue(ResourceAddress.Of(cluster.Name, type, node).Text, out var resource)
        && resource.Id is not null
            ? resource.Outputs
            : null;

    private static bool Covers(FirewallRule rule)
    {
        if (rule.Protocol != "tcp" || rule.Port is not { } ports)
            return false;
        var ends = ports.Split('-');
        return int.TryParse(ends[0], out var first) && int.TryParse(ends[^1], out var last)
            && first <= ApiPort && ApiPort <= last;
    }
}
