using System.Buffers;
using System.Text;

namespace Orrery.Secrets.Guard.Values;

/// <summary>Private keys as PEM has them, in clear and in base64. What has no key in it is text about keys.</summary>
internal static class PrivateKeys
{
    public const string Pem = "-----BEGIN ";
    public const string Putty = "PuTTY-User-Key-File-";

    /// <summary>What <see cref="Pem"/> and a capital are in base64.</summary>
    public const string EncodedPem = "LS0tLS1CRUdJTi";

    private static readonly SearchValues<char> Label = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ");

    private const string Dashes = "-----";

    /// <summary>Longer names of blocks there are none.</summary>
    private const int LabelMax = 64;

    /// <summary>As many letters of base64 are a key, and no word after the line.</summary>
    private const int BodyMin = 16;

    /// <summary>Headers of old PEM, line ends and what a programming language needs between them.</summary>
    private const int BeforeBodyMax = 512;

    /// <summary>What may be shown; null where there is no private key.</summary>
    public static string? Match(ReadOnlySpan<char> text)
    {
        var rest = text[Pem.Length..Math.Min(text.Length, Pem.Length + LabelMax)];
        var end = rest.IndexOf(Dashes);
        if (end < 0)
            return null;
        var label = rest[..end];
        if (label.ContainsAnyExcept(Label))
            return null;
        if (!label.EndsWith("PRIVATE KEY") && !label.SequenceEqual("PGP PRIVATE KEY BLOCK"))
            return null;
        return HasBody(text[(Pem.Length + end + Dashes.Length)..]) ? $"{Pem}{label}{Dashes}..." : null;
    }

    /// <summary>The same for what is encoded once more, as kubeconfigs and Secrets have it.</summary>
    public static string? MatchEncoded(ReadOnlySpan<char> text)
    {
        var run = text[..Alphabets.Run(text, Alphabets.Base64)];
        // Enough for the label, in whole groups.
        Span<char> begin = stackalloc char[96];
        run[..Math.Min(run.Length, begin.Length)].CopyTo(begin);
        Span<byte> bytes = stackalloc byte[72];
        var groups = begin[..(Math.Min(run.Length, begin.Length) / 4 * 4)];
        if (!Convert.TryFromBase64Chars(groups, bytes, out var length))
            return null;
        return Encoding.ASCII.GetString(bytes[..length]).Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            ? $"{EncodedPem}..., {run.Length} characters"
            : null;
    }

    /// <summary>
    /// Whether a line of base64 follows, after headers of old PEM and with whatever a program has at line ends.
    /// </summary>
    private static bool HasBody(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, BeforeBodyMax)];
        while (true)
        {
            text = text[BetweenLines(text)..];
            var run = Alphabets.Run(text, Alphabets.Base64);
            if (run >= BodyMin)
                return !Placeholder.Is(text[..BodyMin]);
            if (run >= text.Length || text[run] is not (':' or '-') || text.StartsWith(Dashes))
                return false;
            text = text[EndOfLine(text)..];
        }
    }

    private static int BetweenLines(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at += 2;
            else if (text[at] is ' ' or '\t' or '\r' or '\n' or '"' or '\'' or '`' or '+' or ',' or '#' or '|')
                at++;
            else
                break;
        }

        return at;
    }

    /// <summary>Also where it is written as an escape.</summary>
    private static int EndOfLine(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny('\n', '\\');
        return end < 0 ? text.Length : end;
    }
}
