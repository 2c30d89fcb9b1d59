using System.Text.RegularExpressions;
using Orrery.Secrets.Guard.Documents;

namespace Orrery.Secrets.Guard.Allowing;

/// <summary>Something that is found and is right, with the reason why. Says itself when it is of no use.</summary>
/// <param name="Path">Which files; null for all.</param>
/// <param name="Pattern">What the line must have in it; null for anything.</param>
/// <param name="Rule">Which rule; null for every one.</param>
/// <param name="Line">The one line that it is for; null for whole files.</param>
/// <param name="Place">Where it is written, and how it is shown.</param>
internal sealed record Allowance(Regex? Path, Regex? Pattern, string? Rule, int? Line, Finding Place)
{
    public bool Covers(Finding finding) =>
        (Rule is null || Rule == finding.Rule.Name)
        && (Line is null || (finding.Path == Place.Path && (finding.Line == Line || finding.Line == Line + 1)))
        && (Path is null || Path.IsMatch(finding.Path))
        && (Pattern is null || Pattern.IsMatch(finding.LineText));
}

/// <summary>
/// The allowances of a tree: those of <c>.orrery-guard.yaml</c> at its root, and comments of the form
/// <c>orrery-guard:allow RULE REASON</c> on the line of what is found or the one before.
/// </summary>
internal static partial class Allowances
{
    private static readonly string[] Fields = ["path", "pattern", "rule", "reason"];

    /// <summary>What cannot be used is told as a finding.</summary>
    public static (IReadOnlyList<Allowance> Allowances, IReadOnlyList<Finding> Problems) OfList(GuardedText file)
    {
        var (allowances, problems) = (new List<Allowance>(), new List<Finding>());
        var document = ObjectYaml.Read(file.Text) is [var first, ..] ? first : null;
        if (document is null || document.Entries.Any(entry => entry.Key != "allow")
            || document.At("allow") is not ObjectList list)
        {
            problems.Add(file.AtPlace(
                GuardRules.Allowance, 1, 1, "the whole file", "It is a map with one list, called allow."));
            return (allowances, problems);
        }

        foreach (var item in list.Items)
        {
            var shown = string.Join(", ", Fields[..3].Where(field => item.TextAt(field) is not null)
                .Select(field => $"{field} {item.TextAt(field)}"));
            var place = file.AtPlace(GuardRules.UnusedAllowance, item.Line, item.Column, shown);
            if (ProblemOf(item) is { } problem)
                problems.Add(place with { Rule = GuardRules.Allowance, Detail = problem });
            else
                allowances.Add(new Allowance(
                    item.TextAt("path") is { } path ? PathPattern.Parse(path) : null,
                    item.TextAt("pattern") is { } pattern ? Parse(pattern) : null,
                    item.TextAt("rule"), null, place));
        }

        return (allowances, problems);
    }

    /// <summary>The comments of a file. One without a reason is none, and is told.</summary>
    public static (IReadOnlyList<Allowance> Allowances, IReadOnlyList<Finding> Problems) OfComments(GuardedText file)
    {
        const string Mark = "orrery-guard:allow";
        if (!file.Text.Contains(Mark, StringComparison.Ordinal))
            return ([], []);
        var (allowances, problems) = (new List<Allowance>(), new List<Finding>());
        foreach (Match match in Comment().Matches(file.Text))
        {
            // As our own hints have it, where somebody quotes them.
            if (match.Groups["reason"].Value.TrimStart().StartsWith("REASON", StringComparison.Ordinal))
                continue;
            var rule = match.Groups["rule"].Value;
            var (line, column) = file.PlaceOf(match.Index);
            var place = file.AtPlace(GuardRules.UnusedAllowance, line, column, $"rule {rule}");
            var problem = !IsRule(rule) ? $"There is no rule '{rule}'."
                : match.Groups["reason"].Value.Any(char.IsLetter) ? null : "It gives no reason.";
            if (problem is null)
                allowances.Add(new Allowance(null, null, rule, line, place));
            else
                problems.Add(place with { Rule = GuardRules.Allowance, Detail = problem });
        }

        return (allowances, problems);
    }

    private static string? ProblemOf(ObjectNode item)
    {
        if (item is not ObjectMap map || map.Entries.Any(entry => entry.Value is not ObjectText))
            return "An entry is a map of texts.";
        if (map.Entries.FirstOrDefault(entry => !Fields.Contains(entry.Key, StringComparer.Ordinal)).Key is { } unknown)
            return $"There is no field '{unknown}': an entry has {string.Join(", ", Fields)}.";
        if (map.TextAt("reason") is not { } reason || !reason.Any(char.IsLetter))
            return "It gives no reason, and allows nothing.";
        if (map.TextAt("path") is null && map.TextAt("pattern") is null)
            return "It has neither path nor pattern, and would allow a rule everywhere.";
        if (map.TextAt("rule") is { } rule && !IsRule(rule))
            return $"There is no rule '{rule}'.";
        return map.TextAt("pattern") is { } pattern && Parse(pattern) is null
            ? "Its pattern is no regular expression that needs linear time."
            : null;
    }

    private static bool IsRule(string name) => GuardRules.All.Any(rule => rule.Name == name);

    private static Regex? Parse(string pattern)
    {
        try
        {
            return new Regex(
                pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    // The names of rules are in lower case: what a document writes in capitals is no allowance.
    [GeneratedRegex(
        @"orrery-guard:allow[ \t]+(?<rule>[a-z0-9][a-z0-9-]*)(?<reason>[^\r\n]*)",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: -1)]
    private static partial Regex Comment();
}
