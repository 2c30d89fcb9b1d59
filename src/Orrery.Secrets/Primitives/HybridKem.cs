using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// MLKEM768-X25519, also called X-Wing (draft-ietf-hpke-pq): ML-KEM-768 and X25519 side by side, so that who breaks one
/// of them has nothing.
/// </summary>
internal sealed class HybridKem
{
    public const int SeedBytes = 32;
    public const int PublicKeyBytes = MlKem768.PublicKeyBytes + X25519.KeyBytes;
    public const int CipherBytes = MlKem768.CipherBytes + X25519.KeyBytes;

    /// <summary>Its number among the KEMs of HPKE.</summary>
    public const ushort Id = 0x647a;

    private readonly MlKem768 _lattice;
    private readonly byte[] _curve;
    private readonly byte[] _publicKey;

    public HybridKem(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedBytes);
        var expanded = Keccak.Shake256(seed).Read(MlKem768.SeedBytes + X25519.KeyBytes);
        _lattice = new MlKem768(expanded.AsSpan(0, MlKem768.SeedBytes));
        _curve = expanded[MlKem768.SeedBytes..];
        _publicKey = [.. _lattice.PublicKey, .. X25519.PublicKey(_curve)];
        CryptographicOperations.ZeroMemory(expanded);
    }

    public byte[] PublicKey => _publicKey;

    private static ReadOnlySpan<byte> Label => @"\.//^\"u8;

    public static bool IsPublicKey(ReadOnlySpan<byte> key) =>
        key.Length == PublicKeyBytes && MlKem768.IsPublicKey(key[..MlKem768.PublicKeyBytes]);

    /// <summary>A secret and its cipher; null where the public key's point is of low order.</summary>
    public static (byte[] Cipher, byte[] Secret)? Encapsulate(ReadOnlySpan<byte> publicKey, FillRandom random)
    {
        Span<byte> message = stackalloc byte[MlKem768.SecretBytes];
        var ephemeral = new byte[X25519.KeyBytes];
        random(message);
        random(ephemeral);
        var point = publicKey[MlKem768.PublicKeyBytes..];
        var (cipher, lattice) = MlKem768.Encapsulate(publicKey[..MlKem768.PublicKeyBytes], message);
        var share = X25519.PublicKey(ephemeral);
        var curve = X25519.Agree(ephemeral, point);
        CryptographicOperations.ZeroMemory(message);
        CryptographicOperations.ZeroMemory(ephemeral);
        return IsNothing(curve) ? null : ([.. cipher, .. share], Combine(lattice, curve, share, point));
    }

    /// <summary>The secret of a cipher; null where its share is of low order.</summary>
    public byte[]? Decapsulate(ReadOnlySpan<byte> cipher)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cipher.Length, CipherBytes);
        var share = cipher[MlKem768.CipherBytes..];
        var curve = X25519.Agree(_curve, share);
        if (IsNothing(curve))
            return null;
        var lattice = _lattice.Decapsulate(cipher[..MlKem768.CipherBytes]);
        return Combine(lattice, curve, share, _publicKey.AsSpan(MlKem768.PublicKeyBytes));
    }

    private static byte[] Combine(
        ReadOnlySpan<byte> lattice, ReadOnlySpan<byte> curve, ReadOnlySpan<byte> share, ReadOnlySpan<byte> point) =>
        Keccak.Sha3Of256Bits([.. lattice, .. curve, .. share, .. point, .. Label]);

    private static bool IsNothing(byte[] curve) =>
        CryptographicOperations.FixedTimeEquals(curve, new byte[X25519.KeyBytes]);
}
