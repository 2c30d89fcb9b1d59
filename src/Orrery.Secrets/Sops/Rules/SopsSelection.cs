using System.Text.RegularExpressions;

namespace Orrery.Secrets.Sops.Rules;

/// <summary>Which values of a document are encrypted: at most one way of telling; without any, all are.</summary>
public sealed record SopsSelection
{
    /// <summary>What SOPS leaves plain where nothing else is said.</summary>
    public const string DefaultUnencryptedSuffix = "_unencrypted";

    /// <summary>The name of the way, as in metadata and creation rules, for example <c>encrypted_regex</c>.</summary>
    public string Name { get; }

    /// <summary>The suffix or the regular expression.</summary>
    public string Pattern { get; }

    private SopsSelection(string name, string pattern) => (Name, Pattern) = (name, pattern);

    /// <summary>Values below a key that ends in <c>_unencrypted</c> stay plain, all others are encrypted.</summary>
    public static SopsSelection Default { get; } = new("unencrypted_suffix", DefaultUnencryptedSuffix);

    internal bool IsDefault => Equals(Default);

    public static IReadOnlyList<string> Names { get; } =
    [
        "unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex", "unencrypted_comment_regex",
        "encrypted_comment_regex",
    ];

    /// <exception cref="SopsException">The name is none of <see cref="Names"/>, or the expression is none.</exception>
    public static SopsSelection Of(string name, string pattern)
    {
        if (!Names.Contains(name, StringComparer.Ordinal))
            throw new SopsException(SopsFailure.Rules, $"{name} is no way to select values");
        if (name.EndsWith("_regex", StringComparison.Ordinal))
            GoRegex.Check(pattern, name);
        return new(name, pattern);
    }

    public bool Equals(SopsSelection? other) => other is not null && Name == other.Name && Pattern == other.Pattern;

    public override int GetHashCode() => Pattern.Length;

    /// <param name="path">The keys from the top to the value.</param>
    /// <param name="comments">For each level from the top, the comments before the entry that leads to the
    /// value.</param>
    /// <param name="isComment">Whether it is a comment itself, then the last of the last level.</param>
    internal bool Encrypts(
        IReadOnlyList<string> path, IReadOnlyList<IReadOnlyList<string>> comments, bool isComment)
    {
        switch (Name)
        {
            case "unencrypted_suffix":
                return !path.Any(key => key.EndsWith(Pattern, StringComparison.Ordinal));
            case "encrypted_suffix":
                return path.Any(key => key.EndsWith(Pattern, StringComparison.Ordinal));
            case "unencrypted_regex":
                return !path.Any(IsMatch);
            case "encrypted_regex":
                return path.Any(IsMatch);
            case "unencrypted_comment_regex":
                return !comments.Any(level => level.Any(IsMatch));
            default:
                // The comment that says so is not encrypted by itself.
                return comments
                    .Select((level, depth) => isComment && depth == comments.Count - 1 ? level.SkipLast(1) : level)
                    .Any(level => level.Any(IsMatch));
        }
    }

    private bool IsMatch(string text) => GoRegex.IsMatch(text, Pattern);
}

/// <summary>
/// Regular expressions as SOPS has them: those of Go (RE2), which need time linear in the text. Building one takes
/// long, and each document says its own again: the framework keeps the last ones.
/// </summary>
internal static class GoRegex
{
    /// <returns>The pattern.</returns>
    /// <exception cref="SopsException">It is none.</exception>
    public static string Check(string pattern, string name)
    {
        try
        {
            IsMatch("", pattern);
            return pattern;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new SopsException(SopsFailure.Rules, $"{name} is no regular expression of the RE2 kind: {pattern}");
        }
    }
    // Go writes (?P<name>...) where .NET has (?<name>...); \z is the same in both.
    public static bool IsMatch(string text, string pattern) => Regex.IsMatch(
        text, pattern.Replace("(?P<", "(?<", StringComparison.Ordinal),
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
}
