using System.Numerics;
using System.Security.Cryptography;
using Orrery.Secrets.Primitives;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// A key on the curve P-256 whose signatures are the same each time, in the manner of RFC 6979: the framework's own
/// draw fresh randomness. Its time depends on the key, so it is for throw-away keys only.
/// </summary>
internal sealed class RepeatableEcdsa : ECDsa
{
    private const int NumberBytes = 32;

    // The order of the curve's group: FIPS 186-4, D.1.2.3.
    private static readonly BigInteger Order = ModularNumbers.FromBytes(
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"));

    private readonly byte[] _scalar;
    private readonly ECParameters _public;

    /// <param name="seed">Any bytes; the same give the same key.</param>
    public RepeatableEcdsa(ReadOnlySpan<byte> seed)
    {
        KeySizeValue = 8 * NumberBytes;
        _scalar = ScalarOf(SHA256.HashData(seed));
        _public = PointOf(_scalar);
    }

    // A copy: the framework wipes what it is given once it has exported it.
    public override ECParameters ExportParameters(bool includePrivateParameters) => includePrivateParameters
        ? _public with { D = [.. _scalar] }
        : _public;

    public override byte[] SignHash(byte[] hash)
    {
        // FIPS 186-4, 6.4, with a number that only who has the key can compute, and another one for each hash.
        var nonce = ScalarOf(HMACSHA256.HashData(_scalar, hash));
        var r = ModularNumbers.FromBytes(PointOf(nonce).Q.X) % Order;
        var message = ModularNumbers.FromBytes(hash.AsSpan(0, Math.Min(hash.Length, NumberBytes)));
        var inverse = ModularNumbers.Inverse(ModularNumbers.FromBytes(nonce), Order);
        var s = inverse * (message + (r * ModularNumbers.FromBytes(_scalar))) % Order;
        return [.. ModularNumbers.ToBytes(r, NumberBytes), .. ModularNumbers.ToBytes(s, NumberBytes)];
    }

    public override bool VerifyHash(byte[] hash, byte[] signature)
    {
        using var key = Create(_public);
        return key.VerifyHash(hash, signature);
    }

    /// <summary>At least 1, less than the order.</summary>
    private static byte[] ScalarOf(byte[] bytes) =>
        ModularNumbers.ToBytes((ModularNumbers.FromBytes(bytes) % (Order - 1)) + 1, NumberBytes);

    private static ECParameters PointOf(byte[] scalar)
    {
        using var key = Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        return key.ExportParameters(includePrivateParameters: false);
    }
}
