using System.Text;

namespace Orrery.Model.Spec.Yaml;

/// <summary>
/// Recognises what looks like a secret by the prefixes that their makers gave them for this purpose, and by long runs
/// of mixed letters and digits. A declaration holds references only, and a message must not repeat what it warns of.
/// </summary>
internal static class SecretScan
{
    /// <summary>Shorter runs are names, versions and commits; Hetzner's tokens have 64 characters.</summary>
    private const int RunLengthMin = 40;

    /// <summary>In random letters and digits 62 of 100 neighbours differ in class; in words one in four.</summary>
    private const int ChangesPercentMin = 42;

    /// <summary>Forty random letters and digits have fewer than two of a class once in a hundred times.</summary>
    private const int OfEachClassMin = 2;

    private enum CharacterClass
    {
        None,
        Capital,
        Small,
        Digit,
    }

    /// <summary>A prefix alone is a word in a sentence about tokens.</summary>
    private const int BodyLengthMin = 8;

    private static readonly (string Prefix, string What)[] Prefixes =
    [
        ("AGE-SECRET-KEY-", "an age identity"),
        ("-----BEGIN ", "a private key"),
        ("ghp_", "a GitHub token"),
        ("gho_", "a GitHub token"),
        ("ghs_", "a GitHub token"),
        ("github_pat_", "a GitHub token"),
        ("glpat-", "a GitLab token"),
        ("hvs.", "a Vault token"),
        ("xoxb-", "a Slack token"),
        ("xoxp-", "a Slack token"),
        ("AKIA", "an AWS access key"),
        ("tskey-", "a Tailscale key"),
        ("dckr_pat_", "a Docker token"),
    ];

    /// <summary>What the text seems to hold, in words, or null.</summary>
    public static string? Find(string text)
    {
        foreach (var (prefix, what) in Prefixes)
        {
            var at = text.IndexOf(prefix, StringComparison.Ordinal);
            if (at >= 0 && HasBody(text, at + prefix.Length, prefix))
                return what;
        }

        if (PasswordInUrl(text) is not null)
            return "a URL with a password";
        return NextRun(text, 0) is null ? null : "a token";
    }

    /// <summary>The line with everything that looks like a secret replaced.</summary>
    public static string Hide(string line, string hidden)
    {
        if (Find(line) is null)
            return line;
        var shown = new StringBuilder(line);
        foreach (var (prefix, _) in Prefixes)
        {
            var at = line.IndexOf(prefix, StringComparison.Ordinal);
            if (at >= 0 && HasBody(line, at + prefix.Length, prefix))
                shown.Clear().Append(line, 0, at).Append(hidden);
        }

        if (PasswordInUrl(shown.ToString()) is var (start, end))
            shown.Remove(start, end - start).Insert(start, hidden);
        for (var run = NextRun(shown.ToString(), 0); run is var (from, to); run = NextRun(shown.ToString(), 0))
            shown.Remove(from, to - from).Insert(from, hidden);
        return shown.ToString();
    }

    private static bool HasBody(string text, int from, string prefix) =>
        prefix.StartsWith('-')
            ? text.IndexOf("PRIVATE KEY", from, StringComparison.Ordinal) >= 0
            : RunEnd(text, from) - from >= BodyLengthMin;

    private static (int Start, int End)? PasswordInUrl(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return null;
        var at = text.IndexOf('@', scheme);
        var slash = text.IndexOf('/', scheme + 3);
        if (at < 0 || (slash >= 0 && slash < at))
            return null;
        var colon = text.IndexOf(':', scheme + 3, at - scheme - 3);
        return colon < 0 || colon == at - 1 ? null : (colon + 1, at);
    }

    private static (int Start, int End)? NextRun(string text, int from)
    {
        while (from < text.Length)
        {
            var end = RunEnd(text, from);
            if (end - from >= RunLengthMin && IsMixed(text.AsSpan(from, end - from)))
                return (from, end);
            from = end + 1;
        }

        return null;
    }

    // A plain loop: vectorised searches are compiled at each start, and these texts are short.
    private static int RunEnd(string text, int from)
    {
        while (from < text.Length && IsOfRun(text[from]))
            from++;
        return from;
    }

    private static bool IsOfRun(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '=' or '_' or '-';

    /// <summary>
    /// Whether the run changes between capitals, small letters and digits as often as chance would have it. Recipients
    /// and digests have one case, paths and names are made of words.
    /// </summary>
    private static bool IsMixed(ReadOnlySpan<char> run)
    {
        int capitals = 0, smalls = 0, digits = 0, changes = 0;
        var last = CharacterClass.None;
        foreach (var character in run)
        {
            var current = ClassOf(character);
            if (current == CharacterClass.None)
                continue;
            capitals += current == CharacterClass.Capital ? 1 : 0;
            smalls += current == CharacterClass.Small ? 1 : 0;
            digits += current == CharacterClass.Digit ? 1 : 0;
            changes += last != CharacterClass.None && current != last ? 1 : 0;
            last = current;
        }

        var isOfAllClasses = capitals >= OfEachClassMin && smalls >= OfEachClassMin && digits >= OfEachClassMin;
        return isOfAllClasses && changes * 100 >= (capitals + smalls + digits) * ChangesPercentMin;
    }

    private static CharacterClass ClassOf(char character) => character switch
    {
        >= 'A' and <= 'Z' => CharacterClass.Capital,
        >= 'a' and <= 'z' => CharacterClass.Small,
        >= '0' and <= '9' => CharacterClass.Digit,
        _ => CharacterClass.None,
    };
}
