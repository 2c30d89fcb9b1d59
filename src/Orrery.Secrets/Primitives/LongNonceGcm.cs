using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// AES-256 in Galois/Counter mode (NIST SP 800-38D) with a nonce of any length; the framework's takes 12 bytes only,
/// and
/// SOPS has 32. The cipher is the framework's; our part, GHASH, is constant-time: it has no table and no branch on
/// secrets. One instance is one key.
/// </summary>
internal sealed class LongNonceGcm : IDisposable
{
    public const int KeyBytes = 32;
    public const int TagBytes = 16;
    private const int BlockBytes = 16;

    /// <summary>The nonce that needs no hash: SP 800-38D, section 7.1, step 2.</summary>
    private const int ShortNonceBytes = 12;

    private readonly Aes _aes = Aes.Create();
    private readonly Block _hashKey;

    public LongNonceGcm(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyBytes)
            throw new ArgumentException("an AES-256 key has 32 bytes");
        _aes.SetKey(key);
        Span<byte> block = stackalloc byte[BlockBytes];
        block.Clear();
        _aes.EncryptEcb(block, block, PaddingMode.None);
        _hashKey = Block.Read(block);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>The ciphertext, as long as the plain text, and the tag.</summary>
    public (byte[] Cipher, byte[] Tag) Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> additional)
    {
        var stream = KeyStream(nonce, plain.Length);
        var cipher = new byte[plain.Length];
        Xor(plain, stream.AsSpan(BlockBytes), cipher);
        var tag = Tag(stream, cipher, additional);
        CryptographicOperations.ZeroMemory(stream);
        return (cipher, tag);
    }

    /// <summary>The plain text, or null where the tag does not belong to it.</summary>
    public byte[]? Decrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> additional)
    {
        if (nonce.IsEmpty || tag.Length != TagBytes)
            return null;
        var stream = KeyStream(nonce, cipher.Length);
        byte[]? plain = null;
        if (CryptographicOperations.FixedTimeEquals(Tag(stream, cipher, additional), tag))
        {
            plain = new byte[cipher.Length];
            Xor(cipher, stream.AsSpan(BlockBytes), plain);
        }

        CryptographicOperations.ZeroMemory(stream);
        return plain;
    }

    public void Dispose() => _aes.Dispose();

    /// <summary>The encrypted counters: the first masks the tag, the others the text. One call, for speed.</summary>
    private byte[] KeyStream(ReadOnlySpan<byte> nonce, int length)
    {
        var blocks = (length + BlockBytes - 1) / BlockBytes;
        var stream = new byte[(blocks + 1) * BlockBytes];
        FirstCounter(nonce, stream.AsSpan(0, BlockBytes));
        var counter = BinaryPrimitives.ReadUInt32BigEndian(stream.AsSpan(ShortNonceBytes));
        for (var block = 1; block <= blocks; block++)
        {
            var at = stream.AsSpan(block * BlockBytes, BlockBytes);
            stream.AsSpan(0, ShortNonceBytes).CopyTo(at);
            BinaryPrimitives.WriteUInt32BigEndian(at[ShortNonceBytes..], unchecked(counter + (uint)block));
        }

        _aes.EncryptEcb(stream, stream, PaddingMode.None);
        return stream;
    }

    private void FirstCounter(ReadOnlySpan<byte> nonce, Span<byte> counter)
    {
        if (nonce.Length == ShortNonceBytes)
        {
            nonce.CopyTo(counter);
            BinaryPrimitives.WriteUInt32BigEndian(counter[ShortNonceBytes..], 1);
            return;
        }

        var hash = Hash(default, nonce);
        hash = (hash ^ new Block(0, (ulong)nonce.Length * 8)).Multiply(_hashKey);
        hash.Write(counter);
    }

    private byte[] Tag(ReadOnlySpan<byte> stream, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> additional)
    {
        var hash = Hash(Hash(default, additional), cipher);
        hash = (hash ^ new Block((ulong)additional.Length * 8, (ulong)cipher.Length * 8)).Multiply(_hashKey);
        var tag = new byte[TagBytes];
        (hash ^ Block.Read(stream[..BlockBytes])).Write(tag);
        return tag;
    }

    private Block Hash(Block hash, ReadOnlySpan<byte> data)
    {
        Span<byte> last = stackalloc byte[BlockBytes];
        while (!data.IsEmpty)
        {
            var size = Math.Min(BlockBytes, data.Length);
            last.Clear();
            data[..size].CopyTo(last);
            hash = (hash ^ Block.Read(last)).Multiply(_hashKey);
            data = data[size..];
        }

        return hash;
    }

    private static void Xor(ReadOnlySpan<byte> text, ReadOnlySpan<byte> stream, Span<byte> output)
    {
        for (var i = 0; i < text.Length; i++)
            output[i] = (byte)(text[i] ^ stream[i]);
    }

    /// <summary>An element of GF(2^128): the coefficient of 1 is the highest bit (SP 800-38D, section 6.3).</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Block(ulong High, ulong Low)
    {
        // x^128 = 1 + x + x^2 + x^7.
        private const ulong Reduction = 0xE1UL << 56;

        public static Block operator ^(Block left, Block right) => new(left.High ^ right.High, left.Low ^ right.Low);

        public static Block Read(ReadOnlySpan<byte> bytes) => new(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

        public void Write(Span<byte> bytes)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        }

        public Block Multiply(Block by)
        {
            var (productHigh, productLow) = (0UL, 0UL);
            var (high, low) = (by.High, by.Low);
            for (var bit = 0; bit < 128; bit++)
            {
                var word = bit < 64 ? High : Low;
                var isSet = 0 - ((word >> (63 - (bit & 63))) & 1);
                productHigh ^= high & isSet;
                productLow ^= low & isSet;
                var isCarried = 0 - (low & 1);
                low = (low >> 1) | (high << 63);
                high = (high >> 1) ^ (Reduction & isCarried);
            }

            return new Block(productHigh, productLow);
        }
    }
}
