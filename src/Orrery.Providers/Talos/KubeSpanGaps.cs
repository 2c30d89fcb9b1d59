using Orrery.Model.Values;
using Orrery.Providers.Talos.Api;

namespace Orrery.Providers.Talos;

/// <summary>What a machine said of its peers.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Problem">Why it could not be asked; null where it could.</param>
internal sealed record MachinePeers(string Node, ValueList<KubeSpanPeer> Peers, string? Problem);

/// <summary>
/// Which machines KubeSpan does not connect, as they say. Pure. A machine that was made anew is known twice for half an
/// hour, by the key that it had and by its own, so one peer of its name that is up is enough; machines that are not
/// among those that were asked do not count.
/// </summary>
/// <param name="Lines">A sentence for each; none where all are connected.</param>
internal sealed record KubeSpanGaps(ValueList<string> Lines)
{
    private const int LinesMax = 12;

    /// <summary>Somebody knows a machine that does not answer it.</summary>
    private bool HasSilent { get; init; }

    /// <summary>Somebody does not know a machine at all.</summary>
    private bool HasStrangers { get; init; }

    public bool IsWhole => Lines.Count == 0;

    /// <summary>In one line.</summary>
    public string Summary => $"missing: {Lines.Count}; {Lines[0]}";

    /// <param name="said">By all machines, each of which shall be connected with all others.</param>
    public static KubeSpanGaps Of(IEnumerable<MachinePeers> said)
    {
        var all = said.OrderBy(machine => machine.Node, StringComparer.Ordinal).ToList();
        var lines = new List<string>();
        var (hasSilent, hasStrangers) = (false, false);
        foreach (var machine in all)
        {
            if (machine.Problem is { } problem)
            {
                lines.Add($"{machine.Node} cannot be asked: {problem}");
                continue;
            }

            foreach (var other in all.Where(each => each != machine).Select(each => each.Node))
            {
                var known = machine.Peers.Where(peer => peer.Label == other).ToList();
                if (known.Exists(peer => peer.State == KubeSpanState.Up))
                    continue;
                lines.Add(known.Count == 0
                    ? $"{machine.Node} does not know its peer {other}"
                    : $"{machine.Node} has its peer {other}{WhereOf(known[^1])} in the state {StateOf(known[^1])}");
                hasSilent |= known.Count > 0;
                hasStrangers |= known.Count == 0;
            }
        }

        return new KubeSpanGaps(lines.ToValueList()) { HasSilent = hasSilent, HasStrangers = hasStrangers };
    }

    /// <summary>Several lines for people: who is not connected, and where to look.</summary>
    public string Explain()
    {
        var more = Lines.Count - LinesMax;
        return string.Join('\n', [
            "KubeSpan does not connect all machines",
            .. Lines.Take(LinesMax),
            .. more > 0 ? [$"and {more} more"] : Array.Empty<string>(),
            .. HasSilent ? ["look whether UDP 51820 is open between these machines, both ways"] : Array.Empty<string>(),
            .. HasStrangers
                ? ["look whether cluster.discovery is enabled there, and TCP 443 open to discovery.talos.dev"]
                : Array.Empty<string>(),
        ]);
    }

    private static string WhereOf(KubeSpanPeer peer) => peer.Endpoint.Length > 0 ? $" ({peer.Endpoint})" : "";

    private static string StateOf(KubeSpanPeer peer) => peer.State == KubeSpanState.Down ? "down" : "unknown";
}
