using System.Security.Cryptography;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// The key encapsulation ML-KEM-768 (FIPS 203), constant-time in all that is secret. The framework has it only on
/// OpenSSL 3.5 and newer; see docs/decisions/0002.
/// </summary>
internal sealed class MlKem768
{
    public const int SeedBytes = 64;
    public const int PublicKeyBytes = (Rank * VectorBytes) + 32;
    public const int CipherBytes = (Rank * VectorCipherBytes) + (32 * ScalarBits);
    public const int SecretBytes = 32;

    // FIPS 203, table 2: three polynomials; coefficients of a cipher have 10 and 4 bits.
    private const int Rank = 3;
    private const int VectorBits = 10;
    private const int ScalarBits = 4;
    private const int CoefficientBits = 12;
    private const int VectorBytes = 32 * CoefficientBits;
    private const int VectorCipherBytes = 32 * VectorBits;

    // From so many bytes come the small coefficients of one polynomial.
    private const int NoiseBytes = 128;

    private readonly LatticePolynomial[] _secret;
    private readonly byte[] _publicKey;
    private readonly byte[] _rejection;

    /// <summary>The key pair of a seed: 32 bytes that make it, and 32 that answer ciphers of somebody else.</summary>
    public MlKem768(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedBytes);
        var expanded = Keccak.Sha3Of512Bits([.. seed[..32], Rank]);
        var matrixSeed = expanded.AsSpan(0, 32);
        var noiseSeed = expanded.AsSpan(32);
        _rejection = seed[32..].ToArray();
        _secret = Noise(noiseSeed, 0);
        var error = Noise(noiseSeed, Rank);
        foreach (var polynomial in _secret.Concat(error))
            polynomial.Transform();

        _publicKey = new byte[PublicKeyBytes];
        for (var row = 0; row < Rank; row++)
        {
            var sum = error[row];
            for (var column = 0; column < Rank; column++)
                sum += MatrixAt(matrixSeed, row, column) * _secret[column];
            sum.Encode(_publicKey.AsSpan(row * VectorBytes), CoefficientBits);
        }

        matrixSeed.CopyTo(_publicKey.AsSpan(Rank * VectorBytes));
        CryptographicOperations.ZeroMemory(expanded);
    }

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Whether it is the public key of somebody: its length, and every number below the modulus.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != PublicKeyBytes)
            return false;
        for (var row = 0; row < Rank; row++)
        {
            if (!LatticePolynomial.Decode(key.Slice(row * VectorBytes, VectorBytes), CoefficientBits).IsReduced)
                return false;
        }

        return true;
    }

    /// <summary>A secret, and the cipher from which only the key's holder gets it; made of 32 random bytes.</summary>
    public static (byte[] Cipher, byte[] Secret) Encapsulate(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> random)
    {
        if (!IsPublicKey(publicKey))
            throw new ArgumentException("this is no public key of ML-KEM-768");
        var expanded = Keccak.Sha3Of512Bits([.. random, .. Keccak.Sha3Of256Bits(publicKey)]);
        var cipher = Encrypt(publicKey, random, expanded.AsSpan(32));
        return (cipher, expanded[..32]);
    }

    /// <summary>The secret; of a cipher that nobody made for this key, another one that means nothing.</summary>
    public byte[] Decapsulate(ReadOnlySpan<byte> cipher)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cipher.Length, CipherBytes);
        var message = Decrypt(cipher);
        var expanded = Keccak.Sha3Of512Bits([.. message, .. Keccak.Sha3Of256Bits(_publicKey)]);
        var rejected = Keccak.Shake256([.. _rejection, .. cipher]).Read(SecretBytes);
        var again = Encrypt(_publicKey, message, expanded.AsSpan(32));

        // Which of the two it is must not show: both are made, and one is taken by a mask.
        var isSame = CryptographicOperations.FixedTimeEquals(again, cipher);
        var mask = (byte)-Convert.ToInt32(isSame);
        var secret = new byte[SecretBytes];
        for (var i = 0; i < SecretBytes; i++)
            secret[i] = (byte)((expanded[i] & mask) | (rejected[i] & ~mask));
        CryptographicOperations.ZeroMemory(expanded);
        CryptographicOperations.ZeroMemory(message);
        return secret;
    }

    private static byte[] Encrypt(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> random)
    {
        var matrixSeed = publicKey[(Rank * VectorBytes)..];
        var mask = Noise(random, 0);
        var error = Noise(random, Rank);
        foreach (var polynomial in mask)
            polynomial.Transform();

        var cipher = new byte[CipherBytes];
        var scalar = new LatticePolynomial();
        for (var row = 0; row < Rank; row++)
        {
            var sum = new LatticePolynomial();
            for (var column = 0; column < Rank; column++)
                sum += MatrixAt(matrixSeed, column, row) * mask[column];
            (sum.TransformBack() + error[row]).Compress(cipher.AsSpan(row * VectorCipherBytes), VectorBits);
            scalar += LatticePolynomial.Decode(publicKey.Slice(row * VectorBytes, VectorBytes), CoefficientBits)
                * mask[row];
        }

        scalar = scalar.TransformBack() + NoiseOf(random, 2 * Rank) + LatticePolynomial.Decompress(message, bits: 1);
        scalar.Compress(cipher.AsSpan(Rank * VectorCipherBytes), ScalarBits);
        return cipher;
    }

    private byte[] Decrypt(ReadOnlySpan<byte> cipher)
    {
        var product = new LatticePolynomial();
        for (var row = 0; row < Rank; row++)
        {
            var part = cipher.Slice(row * VectorCipherBytes, VectorCipherBytes);
            product += LatticePolynomial.Decompress(part, VectorBits).Transform() * _secret[row];
        }

        var scalar = LatticePolynomial.Decompress(cipher[(Rank * VectorCipherBytes)..], ScalarBits);
        var message = new byte[32];
        (scalar - product.TransformBack()).Compress(message, bits: 1);
        return message;
    }

    private static LatticePolynomial MatrixAt(ReadOnlySpan<byte> seed, int row, int column) =>
        LatticePolynomial.SampleUniform(Keccak.Shake128([.. seed, (byte)column, (byte)row]));

    private static LatticePolynomial[] Noise(ReadOnlySpan<byte> seed, int first) =>
        [NoiseOf(seed, first), NoiseOf(seed, first + 1), NoiseOf(seed, first + 2)];

    private static LatticePolynomial NoiseOf(ReadOnlySpan<byte> seed, int number) =>
        LatticePolynomial.SampleSmall(Keccak.Shake256([.. seed, (byte)number]).Read(NoiseBytes));
}
