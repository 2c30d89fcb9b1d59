using System.Globalization;
using Orrery.Simulation.Faults;

namespace Orrery.Simulation.Hetzner.State;

/// <summary>
/// Numbers and addresses that depend on what is made and how often it was made before, not on when: a life that was
/// interrupted and resumed gets the same ones.
/// </summary>
internal sealed class Identifiers(ulong seed)
{
    private const ulong Smallest = 10_000_000;
    private const ulong Range = 900_000_000;

    private readonly Dictionary<string, int> _made = [];
    private readonly HashSet<(string Kind, ulong Value)> _taken = [];

    /// <summary>A new number for a thing of this kind and name.</summary>
    public long Next(string kind, string name) => (long)(Smallest + Draw(kind, name, Range));

    /// <summary>
    /// A new IPv4 address, of the range kept for benchmarks, so that it never is a real host's (RFC 2544).
    /// </summary>
    public string NextIpv4(string name)
    {
        // 198.18.0.0/15 without the first and the last 256 addresses.
        var host = 0x100 + Draw("ipv4", name, 0x1fe00);
        return string.Create(CultureInfo.InvariantCulture, $"198.{18 + (host >> 16)}.{(host >> 8) & 255}.{host & 255}");
    }

    /// <summary>A new IPv6 network, of the range kept for documentation (RFC 3849).</summary>
    public string NextIpv6(string name)
    {
        var network = 1 + Draw("ipv6", name, 0xfffffffe);
        return string.Create(CultureInfo.InvariantCulture, $"2001:db8:{network >> 16:x}:{network & 0xffff:x}::/64");
    }

    /// <summary>
    /// A password as the vendor makes them when no SSH key is given; of no worth, as nothing here is real.
    /// </summary>
    public string Password(long server) =>
        StableHash.Of(seed).And("password").And((ulong)server).Value.ToString("x16", CultureInfo.InvariantCulture);

    private ulong Draw(string kind, string name, ulong range)
    {
        var key = $"{kind}/{name}";
        var times = _made[key] = _made.GetValueOrDefault(key) + 1;
        var value = StableHash.Of(seed).And(kind).And(name).And((ulong)times).Value % range;
        // Two of about a billion meet rarely; then the later one moves on.
        while (!_taken.Add((kind, value)))
            value = (value + 1) % range;
        return value;
    }
}
