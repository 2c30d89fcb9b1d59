using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orrery.Simulation.Sops;

/// <summary>
/// AES-GCM with a nonce of any length (NIST SP 800-38D), as SOPS has it with 32 bytes; the framework takes 12 only.
/// </summary>
internal static class LongGcm
{
    private const int Block = 16;

    /// <summary>The contents, or null where they are not authentic.</summary>
    public static byte[]? Open(byte[] key, byte[] nonce, byte[] cipherText, byte[] tag, byte[] associated)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var hashKey = Number(aes.EncryptEcb(new byte[Block], PaddingMode.None));
        var first = Hash(hashKey, [], nonce);
        var mask = aes.EncryptEcb(Bytes(first), PaddingMode.None);
        var expected = Bytes(Hash(hashKey, associated, cipherText) ^ Number(mask));
        if (!CryptographicOperations.FixedTimeEquals(expected, tag))
            return null;
        var plain = new byte[cipherText.Length];
        var counter = Bytes(first);
        for (var at = 0; at < plain.Length; at += Block)
        {
            var number = BinaryPrimitives.ReadUInt32BigEndian(counter.AsSpan(12));
            BinaryPrimitives.WriteUInt32BigEndian(counter.AsSpan(12), number + 1);
            var stream = aes.EncryptEcb(counter, PaddingMode.None);
            for (var i = 0; i < Block && at + i < plain.Length; i++)
                plain[at + i] = (byte)(cipherText[at + i] ^ stream[i]);
        }

        return plain;
    }

    /// <summary>GHASH over both, each filled up to whole blocks, and their lengths in bits.</summary>
    private static UInt128 Hash(UInt128 key, byte[] associated, byte[] text)
    {
        var sum = UInt128.Zero;
        foreach (var part in (byte[][])[associated, text])
        {
            for (var at = 0; at < part.Length; at += Block)
            {
                var block = new byte[Block];
                part.AsSpan(at, Math.Min(Block, part.Length - at)).CopyTo(block);
                sum = Times(sum ^ Number(block), key);
            }
        }

        return Times(sum ^ new UInt128((ulong)associated.Length * 8, (ulong)text.Length * 8), key);
    }

    private static UInt128 Times(UInt128 x, UInt128 y)
    {
        var reduction = new UInt128(0xE100000000000000, 0);
        var product = UInt128.Zero;
        for (var bit = 127; bit >= 0; bit--)
        {
            if (((x >> bit) & 1) == 1)
                product ^= y;
            y = (y & 1) == 1 ? (y >> 1) ^ reduction : y >> 1;
        }

        return product;
    }

    private static UInt128 Number(byte[] block) => BinaryPrimitives.ReadUInt128BigEndian(block);

    private static byte[] Bytes(UInt128 number)
    {
        var bytes = new byte[Block];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return bytes;
    }
}
