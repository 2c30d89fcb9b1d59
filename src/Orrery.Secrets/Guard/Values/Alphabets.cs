using System.Buffers;

namespace Orrery.Secrets.Guard.Values;

/// <summary>The letters that tokens are written with.</summary>
internal static class Alphabets
{
    private const string Digits = "0123456789";
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public static readonly SearchValues<char> Alphanumeric = SearchValues.Create(Digits + Lower + Upper);
    public static readonly SearchValues<char> Word = SearchValues.Create(Digits + Lower + Upper + "_");
    public static readonly SearchValues<char> Url = SearchValues.Create(Digits + Lower + Upper + "_-");
    public static readonly SearchValues<char> Dotted = SearchValues.Create(Digits + Lower + Upper + "_-.");
    public static readonly SearchValues<char> Path = SearchValues.Create(Digits + Lower + Upper + "_-/");
    public static readonly SearchValues<char> Base64 = SearchValues.Create(Digits + Lower + Upper + "+/=");
    public static readonly SearchValues<char> Base32 = SearchValues.Create("234567" + Upper);
    public static readonly SearchValues<char> Hex = SearchValues.Create(Digits + "abcdefABCDEF");
    public static readonly SearchValues<char> HexWithDashes = SearchValues.Create(Digits + "abcdefABCDEF-");

    /// <summary>Of age identities: Bech32 in capitals (BIP 173).</summary>
    public static readonly SearchValues<char> Bech32 = SearchValues.Create("023456789ACDEFGHJKLMNPQRSTUVWXYZ");

    /// <summary>Of age plugins' identities: their name, <c>1</c>, and Bech32.</summary>
    public static readonly SearchValues<char> Plugin = SearchValues.Create(Digits + Upper + "-+._");

    /// <summary>How many letters of an alphabet a text begins with.</summary>
    public static int Run(ReadOnlySpan<char> text, SearchValues<char> alphabet)
    {
        var end = text.IndexOfAnyExcept(alphabet);
        return end < 0 ? text.Length : end;
    }

    public static bool IsWord(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';
}
