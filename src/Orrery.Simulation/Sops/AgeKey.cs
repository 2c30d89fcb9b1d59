namespace Orrery.Simulation.Sops;

/// <summary>An age identity as a cluster's programs read it: <c>AGE-SECRET-KEY-1…</c>, for X25519.</summary>
internal sealed record AgeKey
{
    private const string Prefix = "age-secret-key-";
    private const string Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    private static readonly uint[] Generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    private AgeKey(byte[] secret) => (Secret, Public) = (secret, Curve25519.PublicOf(secret));

    public byte[] Secret { get; }

    public byte[] Public { get; }

    public override string ToString() => "(an age key)";

    /// <summary>
    /// All keys of a file; null where a line is neither empty, nor a comment, nor such a key.
    /// </summary>
    public static IReadOnlyList<AgeKey>? ReadAll(string file)
    {
        var keys = new List<AgeKey>();
        foreach (var line in file.Split('\n').Select(line => line.Trim()))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (Decode(line.ToLowerInvariant()) is not { } secret)
                return null;
            keys.Add(new AgeKey(secret));
        }

        return keys;
    }

    // https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki
    private static byte[]? Decode(string text)
    {
        if (!text.StartsWith(Prefix + "1", StringComparison.Ordinal))
            return null;
        var values = text[(Prefix.Length + 1)..].Select(letter => Letters.IndexOf(letter)).ToArray();
        const int checksum = 6;
        if (values.Length < checksum || values.Any(value => value < 0))
            return null;
        var all = Prefix.Select(letter => letter >> 5).Append(0).Concat(Prefix.Select(letter => letter & 31))
            .Concat(values);
        if (Sum(all) != 1)
            return null;
        var (bits, count, bytes) = (0, 0, new List<byte>());
        foreach (var value in values[..^checksum])
        {
            (bits, count) = (((bits << 5) | value) & 0xFFF, count + 5);
            if (count < 8)
                continue;
            count -= 8;
            bytes.Add((byte)(bits >> count));
        }

        return bytes.Count == Curve25519.Bytes ? [.. bytes] : null;
    }

    private static uint Sum(IEnumerable<int> values)
    {
        var sum = 1u;
        foreach (var value in values)
        {
            var top = sum >> 25;
            sum = ((sum & 0x1ffffff) << 5) ^ (uint)value;
            for (var i = 0; i < Generators.Length; i++)
                sum ^= ((top >> i) & 1) == 1 ? Generators[i] : 0;
        }

        return sum;
    }
}
