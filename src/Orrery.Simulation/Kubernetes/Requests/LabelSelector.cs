using System.Text.Json.Nodes;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>Which labels are wanted: of a query (<c>a=b,c in (d,e),!f</c>) or of an object's selector.</summary>
internal sealed class LabelSelector
{
    private readonly List<Requirement> _requirements = [];

    public static LabelSelector Everything { get; } = new();

    public static LabelSelector Parse(string text)
    {
        var selector = new LabelSelector();
        var parser = new LabelSelectorParser(text);
        while (parser.Next() is { } requirement)
            selector._requirements.Add(requirement);
        return selector;
    }

    /// <summary>Of <c>matchLabels</c> and <c>matchExpressions</c>; null and an empty one take everything.</summary>
    public static LabelSelector FromObject(JsonNode? selector)
    {
        var made = new LabelSelector();
        foreach (var (key, value) in selector.At("matchLabels") as JsonObject ?? [])
            made._requirements.Add(new Requirement(key, "in", [value.Text() ?? ""]));
        foreach (var each in selector.At("matchExpressions") as JsonArray ?? [])
        {
            var values = (each.At("values") as JsonArray ?? []).Select(value => value.Text() ?? "").ToList();
            var what = each.TextAt("operator") switch
            {
                "In" => "in",
                "NotIn" => "notin",
                "Exists" => "exists",
                _ => "absent",
            };
            made._requirements.Add(new Requirement(each.TextAt("key") ?? "", what, values));
        }

        return made;
    }

    public bool Matches(JsonObject? labels) =>
        _requirements.TrueForAll(requirement => requirement.Matches(labels?[requirement.Key].Text()));

    /// <summary>One condition on one label.</summary>
    internal sealed record Requirement(string Key, string What, IReadOnlyList<string> Values)
    {
        public bool Matches(string? value) => What switch
        {
            "in" => value is not null && Values.Contains(value),
            "notin" => value is null || !Values.Contains(value),
            "exists" => value is not null,
            "absent" => value is null,
            "gt" => Compare(value) is > 0,
            "lt" => Compare(value) is < 0,
            _ => false,
        };

        private int? Compare(string? value) =>
            long.TryParse(value, out var number) && long.TryParse(Values[0], out var limit)
                ? number.CompareTo(limit)
                : null;
    }
}
