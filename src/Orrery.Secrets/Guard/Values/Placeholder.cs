namespace Orrery.Secrets.Guard.Values;

/// <summary>Values that stand where a secret will be, or that say where it is: no secrets themselves.</summary>
internal static class Placeholder
{
    /// <summary>As many equal characters in a row are written by people: <c>xxxxxxxx</c>, <c>........</c>.</summary>
    private const int RowMin = 6;

    private static readonly string[] Words =
    [
        "example", "placeholder", "changeme", "change-me", "change_me", "redacted", "dummy", "your-", "your_",
        "yourtoken", "yourpassword", "notasecret", "not-a-secret", "not-a-real", "...", "***", "\u2026",
    ];

    // What somebody types into a value; a token of a known shape has nearly the whole shape, and is taken seriously.
    private static readonly string[] Typed =
        ["insert", "replace", "fixme", "todo", "1234567890", "0123456789", "abcdefghij"];

    // Templates, variables, references to stores, and what SOPS has encrypted.
    private static readonly string[] Starts =
    [
        "ENC[", "$", "{", "<", "%", "vault:", "op://", "ref+", "env:", "file:", "secret:", "sops:",
        "arn:", "projects/", "sha256:", "sha512-", "sha256-", "sha384-", "sha1-", "h1:", "age1", "ssh-", "data:",
    ];

    // Of passwords: they open nothing by themselves.
    private static readonly string[] Hashes = ["$2", "$6$", "$5$", "$1$", "$argon2", "{SSHA", "pbkdf2", "SCRAM-SHA"];

    /// <summary>For tokens of known shapes, without what comes before them.</summary>
    public static bool Is(ReadOnlySpan<char> value) =>
        Says(value, Words) || HasRow(value) || IsOfFewLetters(value);

    /// <summary>For the value of a name, which may be anything.</summary>
    public static bool IsValue(ReadOnlySpan<char> value)
    {
        if (value.IsWhiteSpace() || value.Contains("${", StringComparison.Ordinal)
            || value.Contains("{{", StringComparison.Ordinal) || value.Contains("$(", StringComparison.Ordinal))
            return true;
        foreach (var start in Starts)
        {
            if (value.StartsWith(start, StringComparison.Ordinal))
                return true;
        }

        foreach (var hash in Hashes)
        {
            if (value.StartsWith(hash, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return Says(value, Typed) || Is(value);
    }

    private static bool Says(ReadOnlySpan<char> value, string[] words)
    {
        foreach (var word in words)
        {
            if (value.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool HasRow(ReadOnlySpan<char> value)
    {
        var row = 1;
        for (var i = 1; i < value.Length; i++)
        {
            row = value[i] == value[i - 1] ? row + 1 : 1;
            // Padding of base64, and zeros that a number begins with, are no rows of a person.
            if (row >= RowMin && value[i] is not ('=' or 'A'))
                return true;
        }

        return false;
    }

    private static bool IsOfFewLetters(ReadOnlySpan<char> value)
    {
        const int LettersMin = 6;
        if (value.Length < 2 * LettersMin)
            return false;
        Span<char> seen = stackalloc char[LettersMin];
        var count = 0;
        foreach (var character in value)
        {
            if (seen[..count].Contains(character))
                continue;
            if (count == LettersMin - 1)
                return false;
            seen[count++] = character;
        }

        return true;
    }
}
