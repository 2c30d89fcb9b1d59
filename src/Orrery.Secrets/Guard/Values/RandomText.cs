namespace Orrery.Secrets.Guard.Values;

/// <summary>Tells what chance wrote from what people wrote, as well as that can be told.</summary>
internal static class RandomText
{
    private const int LengthMin = 12;

    /// <summary>Shorter ones of hexadecimal digits are numbers, colours and short hashes.</summary>
    private const int HexLengthMin = 20;

    /// <summary>More than this says nothing new.</summary>
    private const int LengthLookedAt = 256;

    /// <summary>How near to the most that a text of its length can have.</summary>
    private const double EntropyShare = 0.8;

    /// <summary>Base64 of any length has at most six.</summary>
    private const double EntropyEnough = 4.5;

    /// <summary>Of sixteen digits, three bits of four.</summary>
    private const double HexEntropyEnough = 3.0;

    /// <summary>
    /// How often chance goes from one kind of letter to another. Names in camel case do so once a word.
    /// </summary>
    private const double ChangesShare = 0.22;

    public static bool Is(ReadOnlySpan<char> value)
    {
        value = value[..Math.Min(value.Length, LengthLookedAt)];
        if (value.Length < LengthMin || value.ContainsAnyExceptInRange('!', '~') || IsName(value))
            return false;
        var (digits, letters, changes) = (0, 0, 0);
        for (var i = 0; i < value.Length; i++)
        {
            digits += char.IsAsciiDigit(value[i]) ? 1 : 0;
            letters += char.IsAsciiLetter(value[i]) ? 1 : 0;
            changes += i > 0 && KindOf(value[i]) != KindOf(value[i - 1]) ? 1 : 0;
        }

        if (digits == 0 || letters == 0 || changes < ChangesShare * value.Length)
            return false;
        var isHex = !value.ContainsAnyExcept(Alphabets.Hex);
        if (isHex && value.Length < HexLengthMin)
            return false;
        var enough = isHex ? HexEntropyEnough : Math.Min(EntropyEnough, EntropyShare * Math.Log2(value.Length));
        return Entropy(value) >= enough;
    }

    /// <summary>Eight, four, four, four and twelve hexadecimal digits: names of things, mostly.</summary>
    public static bool IsUuid(ReadOnlySpan<char> value) =>
        value.Length == 36 && !value.ContainsAnyExcept(Alphabets.HexWithDashes)
        && value[8] == '-' && value[13] == '-' && value[18] == '-' && value[23] == '-';

    /// <summary>Bits for each character, by how often each occurs (Shannon).</summary>
    public static double Entropy(ReadOnlySpan<char> value)
    {
        Span<int> counts = stackalloc int[128];
        foreach (var character in value)
            counts[character & 127]++;
        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
                bits -= (double)count / value.Length * Math.Log2((double)count / value.Length);
        }

        return bits;
    }

    /// <summary>UUIDs, addresses, paths, and words or numbers with signs between them.</summary>
    private static bool IsName(ReadOnlySpan<char> value)
    {
        if (IsUuid(value) || value[0] is '/' or '~' or '.' || value.Contains("://", StringComparison.Ordinal)
            || value.Contains('(') || value.Contains('['))
            return true;
        foreach (var part in value.SplitAny("-_./:@,"))
        {
            if (!IsWord(value[part].TrimEnd("0123456789")))
                return false;
        }

        return true;
    }

    /// <summary>Letters of one kind, or a capital and small ones.</summary>
    private static bool IsWord(ReadOnlySpan<char> part) =>
        part.IsEmpty || !part.ContainsAnyExceptInRange('A', 'Z')
        || (char.IsAsciiLetter(part[0]) && !part[1..].ContainsAnyExceptInRange('a', 'z'));

    private static int KindOf(char character) =>
        char.IsAsciiDigit(character) ? 0 : char.IsAsciiLetterLower(character) ? 1
        : char.IsAsciiLetterUpper(character) ? 2 : 3;
}
