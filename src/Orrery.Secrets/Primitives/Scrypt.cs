using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// scrypt (RFC 7914) with p = 1. Not constant-time, and meant so: which memory it reads depends on the passphrase. The
/// framework has only PBKDF2, which it begins and ends with.
/// </summary>
internal static class Scrypt
{
    private const int WordsPerBlock = 16;

    /// <param name="logN">The base-two logarithm of the cost; memory is 128 · r · 2^logN bytes.</param>
    /// <param name="r">The size of a block, in 128 bytes.</param>
    public static byte[] DeriveKey(
        ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int logN, int r, int length)
    {
        var words = 2 * r * WordsPerBlock;
        var bytes = Rfc2898DeriveBytes.Pbkdf2(
            passphrase, salt, iterations: 1, HashAlgorithmName.SHA256, words * sizeof(uint));
        var memory = GC.AllocateUninitializedArray<uint>(checked(words << logN));
        Mix(MemoryMarshal.Cast<byte, uint>(bytes.AsSpan()), memory, 1 << logN);
        Array.Clear(memory);
        var key = Rfc2898DeriveBytes.Pbkdf2(passphrase, bytes, iterations: 1, HashAlgorithmName.SHA256, length);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    // scryptROMix, RFC 7914, section 5; the words of all machines that .NET runs on are little-endian.
    private static void Mix(Span<uint> block, uint[] memory, int count)
    {
        var words = block.Length;
        var scratch = new uint[words];
        var last = words - WordsPerBlock;
        for (var i = 0; i < count; i++)
        {
            block.CopyTo(memory.AsSpan(i * words, words));
            MixBlock(block, scratch);
        }

        for (var i = 0; i < count; i++)
        {
            var at = (int)(block[last] & (uint)(count - 1)) * words;
            Combine(block, memory.AsSpan(at, words));
            MixBlock(block, scratch);
        }
    }

    // scryptBlockMix, section 4: even results in the first half, odd ones in the second.
    private static void MixBlock(Span<uint> block, Span<uint> scratch)
    {
        Span<uint> state = stackalloc uint[WordsPerBlock];
        block[^WordsPerBlock..].CopyTo(state);
        var half = block.Length / 2;
        for (var (at, target) = (0, 0); at < block.Length; at += WordsPerBlock)
        {
            Combine(state, block.Slice(at, WordsPerBlock));
            Salsa(state);
            state.CopyTo(scratch[target..]);
            target = target < half ? target + half : target - half + WordsPerBlock;
        }

        scratch.CopyTo(block);
    }

    private static void Combine(Span<uint> target, ReadOnlySpan<uint> source)
    {
        var wide = MemoryMarshal.Cast<uint, ulong>(target);
        var other = MemoryMarshal.Cast<uint, ulong>(source);
        for (var i = 0; i < wide.Length; i++)
            wide[i] ^= other[i];
    }

    // Salsa20/8, section 3: four times a round of columns and one of rows.
    private static void Salsa(Span<uint> state)
    {
        var (x0, x1, x2, x3) = (state[0], state[1], state[2], state[3]);
        var (x4, x5, x6, x7) = (state[4], state[5], state[6], state[7]);
        var (x8, x9, x10, x11) = (state[8], state[9], state[10], state[11]);
        var (x12, x13, x14, x15) = (state[12], state[13], state[14], state[15]);
        for (var round = 0; round < 4; round++)
        {
            Quarter(ref x0, ref x4, ref x8, ref x12);
            Quarter(ref x5, ref x9, ref x13, ref x1);
            Quarter(ref x10, ref x14, ref x2, ref x6);
            Quarter(ref x15, ref x3, ref x7, ref x11);
            Quarter(ref x0, ref x1, ref x2, ref x3);
            Quarter(ref x5, ref x6, ref x7, ref x4);
            Quarter(ref x10, ref x11, ref x8, ref x9);
            Quarter(ref x15, ref x12, ref x13, ref x14);
        }

        ReadOnlySpan<uint> added = [x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15];
        for (var i = 0; i < WordsPerBlock; i++)
            state[i] += added[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        b ^= BitOperations.RotateLeft(a + d, 7);
        c ^= BitOperations.RotateLeft(b + a, 9);
        d ^= BitOperations.RotateLeft(c + b, 13);
        a ^= BitOperations.RotateLeft(d + c, 18);
    }
}
