using System.Buffers;

namespace Orrery.Secrets.Guard.Values;

/// <summary>A user with a password before the host of a URL: <c>https://user:password@host</c>.</summary>
internal static class UrlPassword
{
    public const string Begin = "://";

    private const int LengthMax = 512;

    private static readonly SearchValues<char> Ends = SearchValues.Create("/?#@ \t\r\n\"'`<>\\,;|()");

    private static readonly SearchValues<char> Capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    // What stands in examples and in tests of every kind.
    private static readonly string[] Known =
        ["password", "passwd", "pass", "pwd", "secret", "token", "user", "admin", "postgres", "root", "guest", "test"];

    /// <summary>Where the password stands after the beginning; null where there is none.</summary>
    public static Range? Match(ReadOnlySpan<char> text)
    {
        var rest = text[Begin.Length..Math.Min(text.Length, Begin.Length + LengthMax)];
        var end = rest.IndexOfAny(Ends);
        if (end < 0 || rest[end] != '@')
            return null;
        var colon = rest[..end].IndexOf(':');
        if (colon < 0)
            return null;
        var password = rest[(colon + 1)..end];
        return password.Length < 4 || IsKnown(password) || Placeholder.IsValue(password)
            ? null
            : (Begin.Length + colon + 1)..(Begin.Length + end);
    }

    private static bool IsKnown(ReadOnlySpan<char> password)
    {
        foreach (var known in Known)
        {
            if (password.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        // A name in capitals is a variable that somebody fills in.
        return !password.ContainsAnyExcept(Capitals);
    }
}
