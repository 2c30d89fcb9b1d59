using System.Globalization;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>Reads the rules of a firewall and checks them as the contract describes them.</summary>
internal static class FirewallRules
{
    private const int RulesMax = 50;
    private const int BlocksMax = 100;
    private const int DescriptionLengthMax = 255;

    /// <summary>Null when the request does not speak of rules.</summary>
    public static IReadOnlyList<FirewallRule>? Read(RequestBody body)
    {
        if (body.Items("rules") is not { } items)
            return null;
        if (items.Count > RulesMax)
            body.Problem("rules", $"is too long: at most {RulesMax} rules");
        var rules = new List<FirewallRule>();
        for (var i = 0; i < items.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"rules[{i}]");
            if (items[i].ValueKind != JsonValueKind.Object)
                body.Problem(field, "Not a valid object.");
            else
                rules.Add(One(body, field, RequestBody.Inside(items[i])));
        }

        return rules;
    }

    private static FirewallRule One(RequestBody body, string field, RequestBody given)
    {
        var rule = new FirewallRule(
            given.Text("direction") ?? "",
            given.Text("protocol") ?? "",
            given.Text("port"),
            given.Text("description"),
            new FirewallPeers(Blocks(body, given, field, "source_ips"), Blocks(body, given, field, "destination_ips")));
        if (rule.Direction is not ("in" or "out"))
            body.Problem($"{field}.direction", "must be one of: in, out");
        if (rule.Protocol is not ("tcp" or "udp" or "icmp" or "esp" or "gre"))
            body.Problem($"{field}.protocol", "must be one of: tcp, udp, icmp, esp, gre");
        var hasPorts = rule.Protocol is "tcp" or "udp";
        if (hasPorts && !IsPort(rule.Port))
            body.Problem($"{field}.port", "must be a port or a range of ports");
        else if (!hasPorts && rule.Port is not null)
            body.Problem($"{field}.port", "is only applicable for protocols tcp and udp");
        if (rule.Direction == "in" && rule.Peers.Sources.Count == 0)
            body.Problem($"{field}.source_ips", "is required for direction in");
        if (rule.Direction == "out" && rule.Peers.Destinations.Count == 0)
            body.Problem($"{field}.destination_ips", "is required for direction out");
        if (rule.Description?.Length > DescriptionLengthMax)
            body.Problem($"{field}.description", "is too long");
        return rule;
    }

    private static ValueList<string> Blocks(RequestBody body, RequestBody given, string field, string name)
    {
        var blocks = new List<string>();
        foreach (var item in given.Items(name) ?? [])
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString() ?? "" : "";
            if (AddressRules.IsBlock(text))
                blocks.Add(text);
            else
                body.Problem($"{field}.{name}", "must be in CIDR notation, and the host bits must be zero");
        }

        if (blocks.Count > BlocksMax)
            body.Problem($"{field}.{name}", $"is too long: at most {BlocksMax} blocks");
        return blocks.ToValueList();
    }

    private static bool IsPort(string? text)
    {
        if (text is null)
            return false;
        var ends = text.Split('-');
        return ends.Length switch
        {
            1 => Port(ends[0]) is not null,
            2 => Port(ends[0]) is { } first && Port(ends[1]) is { } last && first <= last,
            _ => false,
        };
    }

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535
            ? port
            : null;
}
