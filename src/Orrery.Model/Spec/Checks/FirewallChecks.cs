using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Checks;

/// <summary>Rules of Hetzner's firewalls.</summary>
internal static class FirewallChecks
{
    /// <summary>https://docs.hetzner.com/cloud/firewalls/overview: rules per firewall.</summary>
    private const int RulesMax = 50;

    public static void Run(ClusterView cluster, Problems problems)
    {
        if (cluster.Hetzner?.Find(HetznerFields.Firewall) is not { } firewall
            || firewall.Find(HetznerFields.Allow) is not { } rules)
        {
            return;
        }

        if (rules.Count > RulesMax)
        {
            problems.Add(
                CheckCodes.TooManyFirewallRules,
                firewall.MarkOf(HetznerFields.Allow),
                $"There are {rules.Count} rules; at most {RulesMax} are allowed.",
                "join rules by port ranges or by several networks under `from`");
        }

        foreach (var rule in rules)
            Rule(rule, problems);
        ChallengePort(cluster, firewall, rules, problems);
    }

    private static void Rule(Named<Section> rule, Problems problems)
    {
        var hasTraffic = rule.Value.Has(HetznerFields.Protocol) || rule.Value.Has(HetznerFields.Port);
        if (KnownTraffic.Find(rule.Name) is not null)
        {
            if (hasTraffic)
                Report(
                    rule,
                    $"\"{rule.Name}\" is known by name, with its protocol and port.",
                    "remove `protocol` and `port`, or choose another name",
                    problems);
            return;
        }

        if (!rule.Value.TryGet(HetznerFields.Protocol, out var protocol))
        {
            var suggestion = Suggestion.Sentence(rule.Name, KnownTraffic.Names);
            Report(
                rule,
                $"\"{rule.Name}\" is not known by name and has no `protocol`.{suggestion}",
                "for example `{ protocol: udp, port: 51820 }`",
                problems);
        }
        else if (protocol == "icmp" && rule.Value.Has(HetznerFields.Port))
        {
            Report(rule, "icmp has no ports.", "remove `port`", problems);
        }
        else if (protocol != "icmp" && !rule.Value.Has(HetznerFields.Port))
        {
            Report(rule, $"A rule for {protocol} needs a `port`.", "for example `port: 51820`", problems);
        }
    }

    private static void ChallengePort(
        ClusterView cluster, Section firewall, IReadOnlyList<Named<Section>> rules, Problems problems)
    {
        if (cluster.Declared.Platform?.Spec.Find(PlatformKind.Acme) is not { } acme
            || acme.Under(AcmeFields.Challenge).Has(AcmeFields.Dns01)
            || rules.Any(rule => rule.Name == "http" && !rule.Value.Has(HetznerFields.From)))
        {
            return;
        }

        problems.Add(
            CheckCodes.ChallengePortClosed,
            firewall.MarkOf(HetznerFields.Allow),
            "Certificates are ordered with the challenge `http01`, and port 80 is not open to everybody.",
            "add `http:` to the rules, or write `challenge: { dns01: powerdns }` under `acme`");
    }

    private static void Report(Named<Section> rule, string detail, string hint, Problems problems) =>
        problems.Add(CheckCodes.IncompleteRule, rule.Mark, detail, hint);
}
