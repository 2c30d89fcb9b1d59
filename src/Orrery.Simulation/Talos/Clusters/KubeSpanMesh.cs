using System.Security.Cryptography;
using System.Text;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos.Clusters;

/// <summary>
/// The tunnels between machines whose configuration turns KubeSpan on, and the discovery service through which they
/// learn of each other: https://www.talos.dev/latest/talos-guides/network/kubespan. What goes through the tunnels is
/// not played.
/// </summary>
public sealed class KubeSpanMesh
{
    /// <summary>Of UDP.</summary>
    internal const int Port = 51820;

    // DefaultPeerReconcileInterval: internal/app/machined/pkg/controllers/kubespan/manager.go in Talos' source.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // PeerDownInterval since the last handshake: internal/app/machined/pkg/adapters/wireguard there.
    private static readonly TimeSpan SilentMax = TimeSpan.FromSeconds(180 + 5 + 90);

    // defaultDiscoveryTTL: internal/app/machined/pkg/controllers/cluster/discovery_service.go there.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(30);

    private readonly Agenda _agenda;
    private readonly SortedDictionary<string, Affiliate> _affiliates = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), Way> _ways = [];
    private readonly HashSet<(string, string)> _blocked = [];

    internal KubeSpanMesh(Agenda agenda) => _agenda = agenda;

    private TimeSpan Now => _agenda.Now;

    /// <summary>A firewall between two machines, by their host names, lets no packet to the port through.</summary>
    public void Block(string node, string other)
    {
        _blocked.Add(Ordered(node, other));
        Connect();
    }

    /// <summary>No firewall is between any two.</summary>
    public void Open()
    {
        _blocked.Clear();
        Connect();
    }

    /// <summary>A machine has started, ended or another configuration.</summary>
    internal void Look(TalosNode node)
    {
        var runs = node is { IsApidUp: true, Settings: { HasKubeSpan: true, HasDiscovery: true } };
        var key = runs && node.Installation is { } installed ? installed.KubeSpanKey ??= NewKey(node) : null;
        foreach (var affiliate in _affiliates.Values.Where(each => each.Node == node && each.Key != key).ToList())
        {
            // One that runs on without it says so; one that has ended is remembered for a while.
            if (node.IsApidUp)
                _affiliates.Remove(affiliate.Key);
            else
                affiliate.Ended ??= Now;
        }

        if (key is not null)
            Announce(node, key);
        Connect();
    }

    /// <summary>A machine that is reset takes back what it has announced.</summary>
    internal void Forget(TalosNode node)
    {
        foreach (var key in _affiliates.Values.Where(each => each.Node == node).Select(each => each.Key).ToList())
            _affiliates.Remove(key);
    }

    /// <summary>The peers of a machine as it sees them, by their keys; none where its KubeSpan does not run.</summary>
    internal IEnumerable<KubeSpanPeer> PeersOf(TalosNode node) =>
        _affiliates.Values.FirstOrDefault(each => each.Node == node && each.Ended is null) is { } self
            ? _affiliates.Values.Where(each => each != self && each.ClusterId == self.ClusterId && !IsForgotten(each))
                .Select(each => PeerOf(self, each))
            : [];

    private KubeSpanPeer PeerOf(Affiliate self, Affiliate other)
    {
        var way = WayOf(self, other);
        var known = self.Started > other.Announced ? self.Started : other.Announced;
        var handshake = way.Passes ? (way.Opened > known ? way.Opened : known) : way.Closed;
        var seen = (way.Passes ? handshake + Interval : null) ?? known + Interval;
        var state = way.Passes && Now >= seen ? KubeSpanState.Up
            : way.Closed > known && Now - way.Closed < SilentMax ? KubeSpanState.Up
            : Now - known < Interval ? KubeSpanState.Unknown
            : KubeSpanState.Down;
        return new KubeSpanPeer(other.Key, other.Node.HostName, other.Address, state)
        {
            Endpoint = known,
            Handshake = handshake,
            IsUpAt = way.Passes ? seen : null,
        };
    }

    private void Announce(TalosNode node, string key)
    {
        if (!_affiliates.TryGetValue(key, out var affiliate) || IsForgotten(affiliate))
            _affiliates[key] = affiliate = new Affiliate(node, key, node.Settings!.ClusterId, Now) { Started = Now };
        if (affiliate.Ended is not null)
            (affiliate.Started, affiliate.Ended) = (Now, null);
        affiliate.Address = node.Address ?? "";
    }

    /// <summary>Notes between whom packets pass now.</summary>
    private void Connect()
    {
        var all = _affiliates.Values.ToList();
        foreach (var (index, one) in all.Index())
        {
            foreach (var other in all.Skip(index + 1).Where(each => each.ClusterId == one.ClusterId))
            {
                var way = WayOf(one, other);
                var passes = one.Ended is null && other.Ended is null
                    && !_blocked.Contains(Ordered(one.Node.HostName, other.Node.HostName));
                if (way.Passes == passes)
                    continue;
                if (passes)
                    way.Opened = Now;
                else
                    way.Closed = Now;
                way.Passes = passes;
            }
        }
    }

    private Way WayOf(Affiliate one, Affiliate other)
    {
        var ends = Ordered(one.Key, other.Key);
        if (!_ways.TryGetValue(ends, out var way))
            _ways[ends] = way = new Way();
        return way;
    }

    private bool IsForgotten(Affiliate affiliate) => Now - affiliate.Ended >= Remembered;

    private static string NewKey(TalosNode node) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(node.NewIdentity())));

    private static (string, string) Ordered(string one, string other) =>
        string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);

    /// <summary>A machine as the discovery service knows it.</summary>
    /// <param name="Key">Its public key.</param>
    /// <param name="Announced">When it was first heard of.</param>
    private sealed record Affiliate(TalosNode Node, string Key, string ClusterId, TimeSpan Announced)
    {
        public string Address { get; set; } = "";

        /// <summary>When its tunnels began, after its last boot.</summary>
        public TimeSpan Started { get; set; }

        /// <summary>Null while it runs.</summary>
        public TimeSpan? Ended { get; set; }
    }

    /// <summary>What is between two machines.</summary>
    private sealed class Way
    {
        public bool Passes { get; set; }

        public TimeSpan Opened { get; set; }

        /// <summary>When the last packet has passed; null while none has been held up.</summary>
        public TimeSpan? Closed { get; set; }
    }
}

/// <summary>How a machine judges one of its peers; the numbers are those of Talos' enumeration.</summary>
internal enum KubeSpanState
{
    Unknown = 0,
    Up = 1,
    Down = 2,
}

/// <summary>A peer as one machine sees it.</summary>
/// <param name="Label">The name of its node.</param>
/// <param name="Address">Where it was looked for.</param>
internal sealed record KubeSpanPeer(string Key, string Label, string Address, KubeSpanState State)
{
    /// <summary>When the machine learned of its address.</summary>
    public required TimeSpan Endpoint { get; init; }

    /// <summary>Of the last handshake; null before the first.</summary>
    public required TimeSpan? Handshake { get; init; }

    /// <summary>When it is seen to be up, if nothing happens meanwhile; null where no packet passes.</summary>
    public required TimeSpan? IsUpAt { get; init; }
}
