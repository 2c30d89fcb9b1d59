using System.Buffers;

namespace Orrery.Secrets.Guard.Values;

/// <summary>
/// What of a text is secret by itself, whatever the file is. A few passes find the places where something could begin,
/// and only these are looked at.
/// </summary>
internal sealed class ValueSearch
{
    private static readonly SearchValues<string> Begins = SearchValues.Create(
        [
            .. TokenShapes.ByPrefix.Select(row => row.Prefix),
            PrivateKeys.Pem, PrivateKeys.Putty, PrivateKeys.EncodedPem, JsonWebToken.Begin, UrlPassword.Begin,
        ],
        StringComparison.Ordinal);

    private readonly GuardedText _file;
    private readonly List<(Range Range, Finding Finding)> _found = [];

    private ValueSearch(GuardedText file) => _file = file;

    public static IEnumerable<Finding> Of(GuardedText file)
    {
        var search = new ValueSearch(file);
        search.FindShapes();
        search.FindNamed();
        return search._found.Select(found => found.Finding);
    }

    private void FindShapes()
    {
        var text = _file.Text.AsSpan();
        for (var at = text.IndexOfAny(Begins); at >= 0;)
        {
            var end = Math.Max(at + 1, Look(at));
            var next = text[end..].IndexOfAny(Begins);
            at = next < 0 ? -1 : end + next;
        }
    }

    /// <summary>Where what begins here ends; 0 where nothing does.</summary>
    private int Look(int at)
    {
        var rest = _file.Text.AsSpan(at);
        if (rest.StartsWith(UrlPassword.Begin))
        {
            return UrlPassword.Match(rest) is { } password
                ? Add(GuardRules.UrlPassword, (at + password.Start.Value)..(at + password.End.Value), "")
                : 0;
        }

        if (rest.StartsWith(PrivateKeys.Pem))
            return PrivateKeys.Match(rest) is { } key ? AddShown(GuardRules.PrivateKey, at, key) : 0;
        // All others are words of their own, and not the middle of something longer.
        if (at > 0 && Alphabets.IsWord(_file.Text[at - 1]))
            return 0;
        if (rest.StartsWith(PrivateKeys.EncodedPem))
            return PrivateKeys.MatchEncoded(rest) is { } key ? AddShown(GuardRules.EncodedPrivateKey, at, key) : 0;
        if (rest.StartsWith(PrivateKeys.Putty))
            return rest.Contains("Private-Lines:", StringComparison.Ordinal)
                ? AddShown(GuardRules.PrivateKey, at, $"{PrivateKeys.Putty}...") : 0;
        if (rest.StartsWith(JsonWebToken.Begin))
            return JsonWebToken.Match(rest) is > 0 and var length ? Add(GuardRules.Jwt, at..(at + length), "eyJ") : 0;
        foreach (var (prefix, shape) in TokenShapes.ByPrefix)
        {
            if (rest.StartsWith(prefix) && shape.Match(rest, prefix) is > 0 and var matched)
                return Add(shape.Rule, at..(at + matched), prefix);
        }

        return 0;
    }

    private void FindNamed()
    {
        var text = _file.Text.AsSpan();
        var isProgram = NamedValue.IsProgram(_file.Path);
        for (var at = text.IndexOfAny(SecretNames.Words); at >= 0;)
        {
            var end = at + 1;
            if (NamedValue.Find(text, at, isProgram) is { } named)
            {
                end = Math.Max(end, named.Name.End.Value);
                var name = text[named.Name];
                if (SecretNames.RuleFor(name, text[named.Value]) is { } rule && !IsFound(named.Value))
                    Add(rule, named.Value, "", $"It is called {name}.");
            }

            var next = text[end..].IndexOfAny(SecretNames.Words);
            at = next < 0 ? -1 : end + next;
        }
    }

    private bool IsFound(Range range) => _found.Exists(
        found => found.Range.Start.Value < range.End.Value && range.Start.Value < found.Range.End.Value);

    private int Add(GuardRule rule, Range range, string prefix, string detail = "")
    {
        var length = range.End.Value - range.Start.Value;
        var shown = prefix.Length > 0 ? $"{prefix}..., {length} characters" : $"{length} characters";
        _found.Add((range, _file.At(rule, range, shown, detail)));
        return range.End.Value;
    }

    private int AddShown(GuardRule rule, int at, string shown)
    {
        _found.Add((at..(at + 1), _file.At(rule, at..(at + 1), shown)));
        return at + PrivateKeys.EncodedPem.Length;
    }
}
