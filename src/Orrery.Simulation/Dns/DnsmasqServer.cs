using System.Net;
using System.Text.RegularExpressions;
using Orrery.Model.Values;

namespace Orrery.Simulation.Dns;

/// <summary>What a DHCP server tells a card.</summary>
/// <param name="HostName">Null where it sends none.</param>
public sealed record DhcpLease(string Address, string? HostName);

/// <summary>
/// A router's dnsmasq with the configuration that people put there. It reads the options <c>dhcp-host</c> and
/// <c>host-record</c>, and refuses what the real one refuses: https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html.
/// </summary>
public sealed partial class DnsmasqServer
{
    private readonly SortedDictionary<string, DhcpLease> _reserved = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">It does not start: what it would say.</exception>
    public DnsmasqServer(string configuration)
    {
        foreach (var (index, line) in configuration.Split('\n').Index())
        {
            var text = line.Split('#')[0].Trim();
            if (text.Length > 0 && Problem(text) is { } problem)
                throw new FormatException($"{problem} at line {index + 1} of the configuration: '{text}'");
        }
    }

    /// <summary>A card's address and the name of its machine; null where nothing is reserved for it.</summary>
    /// <param name="mac">With colons, in either case.</param>
    public DhcpLease? LeaseOf(string mac) => _reserved.GetValueOrDefault(mac.ToLowerInvariant());

    /// <summary>What it answers for a name; null where it knows none.</summary>
    public string? AddressOf(string name) => _names.GetValueOrDefault(name);

    private string? Problem(string line) => line.Split('=', 2) is not [var option, var value] ? "bad option"
        : option switch
        {
            "dhcp-host" => Reserve(value.Split(',')),
            "host-record" => Name(value.Split(',')),
            _ => "bad option",
        };

    private string? Reserve(string[] parts)
    {
        var mac = parts.FirstOrDefault(part => Mac().IsMatch(part))?.ToLowerInvariant();
        var address = parts.Select(part => part.Trim('[', ']')).FirstOrDefault(IsAddress);
        var rest = parts.Where(part => !Mac().IsMatch(part) && !IsAddress(part.Trim('[', ']')) && !Time().IsMatch(part)
            && !part.StartsWith("id:", StringComparison.Ordinal)).ToArray();
        if (rest.Length > 1 || rest.Any(name => !Label().IsMatch(name)))
            return "bad dhcp-host";
        if (address is not null && !_taken.Add(address))
            return $"duplicate dhcp-host IP address {address}";
        if (mac is not null && address is not null)
            _reserved[mac] = new DhcpLease(address, rest.FirstOrDefault());
        return null;
    }

    private string? Name(string[] parts)
    {
        var addresses = parts.Where(IsAddress).ToArray();
        var names = parts.Where(part => !IsAddress(part)).ToValueList();
        if (names.Count == 0 || names.Any(name => !name.Split('.').All(label => Label().IsMatch(label))))
            return "Bad host-record";
        foreach (var name in names)
        {
            if (addresses.Length > 0 && !_names.TryAdd(name, addresses[0]))
                return $"duplicate host-record {name}";
        }

        return null;
    }

    private static bool IsAddress(string text) =>
        (text.Contains('.', StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal))
        && IPAddress.TryParse(text, out _);

    [GeneratedRegex("^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mac();

    [GeneratedRegex("^([0-9]+[smhdw]?|infinite)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex("^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
