using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// Shamir's secret sharing over GF(2^8) with the polynomial of AES, byte by byte; a share is its values and then its x,
/// as in HashiCorp Vault and SOPS. Constant-time in the secret and in the shares' values.
/// </summary>
internal static class SecretSharing
{
    private const int SharesMax = 255;
    private const int ThresholdMin = 2;

    /// <summary><paramref name="count"/> shares, of which any <paramref name="threshold"/> give the secret.</summary>
    public static IReadOnlyList<byte[]> Split(ReadOnlySpan<byte> secret, int count, int threshold, FillRandom random)
    {
        if (threshold < ThresholdMin || count < threshold || count > SharesMax)
            throw new ArgumentOutOfRangeException(nameof(threshold), "2 <= threshold <= shares <= 255");

        var shares = new byte[count][];
        for (var share = 0; share < count; share++)
        {
            shares[share] = new byte[secret.Length + 1];
            shares[share][^1] = (byte)(share + 1);
        }

        var coefficients = new byte[threshold - 1];
        for (var at = 0; at < secret.Length; at++)
        {
            random(coefficients);
            foreach (var share in shares)
            {
                byte value = 0;
                foreach (var coefficient in coefficients)
                    value = Multiply((byte)(value ^ coefficient), share[^1]);
                share[at] = (byte)(value ^ secret[at]);
            }
        }

        CryptographicOperations.ZeroMemory(coefficients);
        return shares;
    }

    /// <summary>The secret, or null where these are no shares of one secret: other lengths, or one x twice.</summary>
    public static byte[]? Combine(IReadOnlyList<byte[]> shares)
    {
        if (shares.Count < ThresholdMin
            || shares[0].Length < 2
            || shares.Any(share => share.Length != shares[0].Length)
            || shares.DistinctBy(share => share[^1]).Count() != shares.Count)
            return null;

        var secret = new byte[shares[0].Length - 1];
        foreach (var share in shares)
        {
            byte weight = 1;
            foreach (var other in shares.Where(other => other != share))
                weight = Multiply(weight, Multiply(other[^1], Inverse((byte)(share[^1] ^ other[^1]))));
            for (var at = 0; at < secret.Length; at++)
                secret[at] ^= Multiply(share[at], weight);
        }

        return secret;
    }

    /// <summary>x^254, which is 1/x, as every x but 0 to the power of 255 is 1.</summary>
    private static byte Inverse(byte x)
    {
        byte result = 1;
        for (var i = 0; i < 7; i++)
        {
            x = Multiply(x, x);
            result = Multiply(result, x);
        }

        return result;
    }

    private static byte Multiply(byte left, byte right)
    {
        var (product, factor) = (0, (int)left);
        for (var bit = 0; bit < 8; bit++)
        {
            product ^= factor & -((right >> bit) & 1);
            factor = (factor << 1) ^ (0x11B & -((factor >> 7) & 1));
        }

        return (byte)product;
    }
}
