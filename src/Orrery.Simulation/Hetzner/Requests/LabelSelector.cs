using Orrery.Model.Values;

namespace Orrery.Simulation.Hetzner.Requests;

/// <summary>
/// The label selector language: <c>k=v</c>, <c>k==v</c>, <c>k!=v</c>, <c>k</c>, <c>!k</c>, <c>k in (v,w)</c>,
/// <c>k notin (v,w)</c>, joined by commas. https://docs.hetzner.cloud/#label-selector
/// </summary>
internal sealed class LabelSelector
{
    private readonly List<Func<ValueMap<string>, bool>> _terms = [];

    private LabelSelector()
    {
    }

    /// <summary>Null when the text is not a selector.</summary>
    public static LabelSelector? Parse(string text)
    {
        var selector = new LabelSelector();
        foreach (var term in Terms(text))
        {
            if (Meaning(term.Trim()) is not { } meaning)
                return null;
            selector._terms.Add(meaning);
        }

        return selector;
    }

    public bool Matches(ValueMap<string> labels) => _terms.TrueForAll(term => term(labels));

    // At the commas, except for those between brackets.
    private static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        var inside = false;
        for (var i = 0; i < text.Length; i++)
        {
            inside = text[i] == '(' || (inside && text[i] != ')');
            if (text[i] != ',' || inside)
                continue;
            yield return text[start..i];
            start = i + 1;
        }

        yield return text[start..];
    }

    private static Func<ValueMap<string>, bool>? Meaning(string term)
    {
        if (term.EndsWith(')'))
            return SetMeaning(term);
        if (term.StartsWith('!'))
            return IsKey(term[1..].Trim()) ? Lacks(term[1..].Trim()) : null;
        var at = term.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
            return IsKey(term) ? labels => labels.ContainsKey(term) : null;
        var not = at > 0 && term[at - 1] == '!';
        var doubled = !not && at + 1 < term.Length && term[at + 1] == '=';
        var key = term[..(not ? at - 1 : at)].Trim();
        var value = term[(doubled ? at + 2 : at + 1)..].Trim();
        return IsKey(key) && IsValue(value) ? OneOf(key, [value], not) : null;
    }

    private static Func<ValueMap<string>, bool>? SetMeaning(string term)
    {
        var open = term.IndexOf('(', StringComparison.Ordinal);
        var words = term[..Math.Max(0, open)].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var key, "in" or "notin"] || !IsKey(key))
            return null;
        var values = term[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
        return values.All(IsValue) ? OneOf(key, values, words[1] == "notin") : null;
    }

    // What lacks the key differs from every value.
    private static Func<ValueMap<string>, bool> OneOf(string key, string[] values, bool not) =>
        labels => (labels.TryGetValue(key, out var value) && values.Contains(value)) != not;

    private static Func<ValueMap<string>, bool> Lacks(string key) => labels => !labels.ContainsKey(key);

    private static bool IsKey(string text) => NameRules.LabelProblem(text, "") is null;

    private static bool IsValue(string text) => NameRules.LabelProblem("key", text) is null;
}
