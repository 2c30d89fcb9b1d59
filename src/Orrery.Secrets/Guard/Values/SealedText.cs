using System.Buffers.Binary;

namespace Orrery.Secrets.Guard.Values;

/// <summary>Values of SealedSecrets: encrypted, and as random as any secret.</summary>
internal static class SealedText
{
    /// <summary>For keys of 2048, 3072, 4096 and 8192 bits.</summary>
    private static readonly ushort[] BlockLengths = [256, 384, 512, 1024];

    /// <summary>Whether it begins as sealed values do, and is as long as that says at least.</summary>
    public static bool Is(ReadOnlySpan<char> value)
    {
        Span<byte> begin = stackalloc byte[3];
        return value.Length > 4 && Convert.TryFromBase64Chars(value[..4], begin, out _)
            && BinaryPrimitives.ReadUInt16BigEndian(begin) is var length && Array.IndexOf(BlockLengths, length) >= 0
            && value.Length * 3L / 4 >= length + 16;
    }
}
