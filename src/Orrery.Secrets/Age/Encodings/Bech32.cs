using System.Text;

namespace Orrery.Secrets.Age.Encodings;

/// <summary>Bech32 (BIP 173) without its limit on length: prefix, <c>1</c>, data in 5-bit letters, checksum.</summary>
internal static class Bech32
{
    private const string Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLetters = 6;

    private static readonly uint[] Generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Lower case; the checksum is the same in upper case.</summary>
    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        var groups = Regroup(data, from: 8, to: 5, pad: true) ?? [];
        var checksum = Checksum(prefix, [.. groups, .. new byte[ChecksumLetters]]) ^ 1;
        var text = new StringBuilder(prefix).Append('1');
        foreach (var group in groups)
            text.Append(Letters[group]);
        for (var i = ChecksumLetters - 1; i >= 0; i--)
            text.Append(Letters[(int)(checksum >> (5 * i)) & 31]);
        return text.ToString();
    }

    /// <summary>The prefix in lower case and the data, or null where the text is not Bech32.</summary>
    public static (string Prefix, byte[] Data)? Decode(string text)
    {
        if (text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper))
            return null;
        var lower = text.ToLowerInvariant();

        var separator = lower.LastIndexOf('1');
        if (separator < 1 || separator + ChecksumLetters >= lower.Length
            || lower.AsSpan(0, separator).ContainsAnyExceptInRange('!', '~'))
            return null;

        var groups = new byte[lower.Length - separator - 1];
        for (var i = 0; i < groups.Length; i++)
        {
            var letter = Letters.IndexOf(lower[separator + 1 + i], StringComparison.Ordinal);
            if (letter < 0)
                return null;
            groups[i] = (byte)letter;
        }

        if (Checksum(lower[..separator], groups) != 1)
            return null;
        var data = Regroup(groups.AsSpan(0, groups.Length - ChecksumLetters), from: 5, to: 8, pad: false);
        return data is null ? null : (lower[..separator], data);
    }

    private static byte[]? Regroup(ReadOnlySpan<byte> groups, int from, int to, bool pad)
    {
        var result = new List<byte>((groups.Length * from / to) + 1);
        var (pending, bits) = (0, 0);
        foreach (var group in groups)
        {
            pending = ((pending << from) | group) & 0xfff;
            for (bits += from; bits >= to;)
            {
                bits -= to;
                result.Add((byte)((pending >> bits) & ((1 << to) - 1)));
            }
        }

        var rest = (pending << (to - bits)) & ((1 << to) - 1);
        if (pad && bits > 0)
            result.Add((byte)rest);
        // What is left when reading must be the padding that writing makes: less than a group, all zero.
        return !pad && (bits >= from || rest != 0) ? null : [.. result];
    }

    private static uint Checksum(string prefix, ReadOnlySpan<byte> groups)
    {
        var sum = 1u;
        foreach (var c in prefix)
            sum = Step(sum, (uint)c >> 5);
        sum = Step(sum, 0);
        foreach (var c in prefix)
            sum = Step(sum, (uint)c & 31);
        foreach (var group in groups)
            sum = Step(sum, group);
        return sum;
    }

    private static uint Step(uint sum, uint group)
    {
        var top = sum >> 25;
        sum = ((sum & 0x1ffffff) << 5) ^ group;
        for (var i = 0; i < Generators.Length; i++)
            sum ^= ((top >> i) & 1) * Generators[i];
        return sum;
    }
}
