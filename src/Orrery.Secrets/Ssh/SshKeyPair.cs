using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orrery.Secrets.Ssh;

/// <summary>
/// A key pair for SSH on the curve P-256, in the formats of OpenSSH: for machines, for users and for deploy keys.
/// </summary>
public sealed class SshKeyPair
{
    private const string Type = "ecdsa-sha2-nistp256";
    private const string Curve = "nistp256";
    private const int ScalarBytes = 32;

    // Unencrypted keys are padded to eight bytes: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
    private const int BlockBytes = 8;
    private const int LineCharacters = 70;

    // How often a number above the curve's order may be drawn: the chance of one is 2^-32.
    private const int DrawsMax = 16;

    private readonly byte[] _scalar;
    private readonly byte[] _point;
    private readonly uint _check;

    private SshKeyPair(byte[] scalar, byte[] point, uint check, string comment)
    {
        _scalar = scalar;
        _point = point;
        _check = check;
        Comment = comment;
    }

    /// <summary>For people, for example <c>orrery prod</c>.</summary>
    public string Comment { get; }

    /// <summary>Type, key and comment: <c>ecdsa-sha2-nistp256 AAAA… orrery prod</c>.</summary>
    public string PublicKey => $"{Type} {Convert.ToBase64String(PublicBlob())} {Comment}".TrimEnd();

    /// <summary>As ssh shows it: <c>SHA256:</c> and 43 characters of base64.</summary>
    public string Fingerprint => SshPublicKey.Fingerprint(PublicKey);

    /// <summary>The same randomness gives the same pair.</summary>
    public static SshKeyPair Generate(FillRandom random, string comment)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(comment.Any(char.IsControl), false, nameof(comment));
        var scalar = new byte[ScalarBytes];
        for (var draws = 0; draws < DrawsMax; draws++)
        {
            random(scalar);
            if (PointOf(scalar) is not { } point)
                continue;
            var check = new byte[sizeof(uint)];
            random(check);
            return new SshKeyPair(scalar, point, BinaryPrimitives.ReadUInt32BigEndian(check), comment);
        }

        throw new CryptographicException("the given randomness yields no key: it is not random");
    }

    /// <summary>The private key as <c>-----BEGIN OPENSSH PRIVATE KEY-----</c>, without a passphrase. Secret.</summary>
    public string ExportPrivateKey()
    {
        var secrets = new SshWriter();
        secrets.UInt32(_check);
        secrets.UInt32(_check);
        WriteKey(secrets);
        // An mpint has a leading zero where its highest bit is set, and none otherwise.
        secrets.MultiPrecision(_scalar);
        secrets.Text(Comment);
        for (byte padding = 1; secrets.Length % BlockBytes != 0; padding++)
            secrets.Byte(padding);

        var file = new SshWriter();
        file.Raw("openssh-key-v1\0"u8);
        file.Text("none");
        file.Text("none");
        file.Text("");
        file.UInt32(1);
        file.Bytes(PublicBlob());
        file.Bytes(secrets.ToArray());

        var lines = Convert.ToBase64String(file.ToArray()).Chunk(LineCharacters).Select(line => new string(line));
        return $"-----BEGIN OPENSSH PRIVATE KEY-----\n{string.Join('\n', lines)}\n-----END OPENSSH PRIVATE KEY-----\n";
    }

    public override string ToString() => $"(key pair of {Fingerprint})";

    private byte[] PublicBlob()
    {
        var blob = new SshWriter();
        WriteKey(blob);
        return blob.ToArray();
    }

    private void WriteKey(SshWriter writer)
    {
        writer.Text(Type);
        writer.Text(Curve);
        writer.Bytes(_point);
    }

    // The public point in its long form, or null where the number is none of the curve's.
    private static byte[]? PointOf(byte[] scalar)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            return point is { X: { } x, Y: { } y } ? [4, .. x, .. y] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
