using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>
/// Private keys as OpenSSH keeps them: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key, and RSA
/// keys in the older PEM form. Those with a passphrase are recognised and not opened.
/// </summary>
internal static class SshPrivateKey
{
    private const string OpenSsh = "OPENSSH PRIVATE KEY";
    private const string Pkcs1 = "RSA PRIVATE KEY";

    /// <summary>Whether a file looks like one, even if it is none that can be read.</summary>
    public static bool IsOne(string text) =>
        text.TrimStart().StartsWith($"-----BEGIN {OpenSsh}-----", StringComparison.Ordinal)
        || text.TrimStart().StartsWith($"-----BEGIN {Pkcs1}-----", StringComparison.Ordinal);

    /// <summary>The key, or null and what stands in the way, which never quotes the text.</summary>
    public static IKeyHolder? Read(string text, out string? problem)
    {
        problem = "it is damaged, or of a type that age has no use for: "
            + "it takes ssh-ed25519, and ssh-rsa from 2048 bits";
        if (!PemEncoding.TryFind(text, out var fields))
            return null;
        if (text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            problem = Locked;
            return null;
        }

        var content = new byte[fields.DecodedDataLength];
        if (!Convert.TryFromBase64String(text[fields.Base64Data], content, out var length))
            return null;
        try
        {
            var key = text[fields.Label] == Pkcs1
                ? ReadPkcs1(content.AsSpan(0, length))
                : ReadOpenSsh(content.AsSpan(0, length), ref problem);
            problem = key is null ? problem : null;
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static string Locked =>
        "it is protected by a passphrase; make a copy without one: "
        + "ssh-keygen -p -N '' -f COPY, and delete it afterwards";

    private static IKeyHolder? ReadPkcs1(ReadOnlySpan<byte> content)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportRSAPrivateKey(content, out _);
            var key = rsa.ExportParameters(includePrivateParameters: true);
            return RsaOf(key);
        }
        catch (CryptographicException)
        {
            // Not a key; the caller says so.
            return null;
        }
    }

    private static IKeyHolder? ReadOpenSsh(ReadOnlySpan<byte> content, ref string? problem)
    {
        var magic = "openssh-key-v1\0"u8;
        if (!content.StartsWith(magic))
            return null;
        var file = new SshReader(content[magic.Length..]);
        if (!file.TryReadBytes(out var cipher) || !file.TryReadBytes(out _) || !file.TryReadBytes(out _)
            || !file.TryReadNumber(out var count) || count != 1
            || !file.TryReadBytes(out var blob) || !file.TryReadBytes(out var secrets))
            return null;
        if (!cipher.AsSpan().SequenceEqual("none"u8))
        {
            problem = Locked;
            return null;
        }

        var reader = new SshReader(secrets);
        if (!reader.TryReadNumber(out var check) || !reader.TryReadNumber(out var again) || check != again
            || !reader.TryReadBytes(out var type))
            return null;
        return Encoding.ASCII.GetString(type) switch
        {
            SshKeyText.Ed25519 => ReadEd25519(ref reader, blob),
            SshKeyText.Rsa => ReadRsa(ref reader),
            _ => null,
        };
    }

    private static IKeyHolder? ReadEd25519(ref SshReader reader, byte[] blob)
    {
        // The private part is the seed with the public key behind it.
        if (!reader.TryReadBytes(out var key) || !reader.TryReadBytes(out var secret) || secret.Length != 64
            || !secret.AsSpan(32).SequenceEqual(key)
            || SshKeyText.ReadBlob(blob) is not SshEd25519Recipient recipient)
            return null;
        return new SshEd25519Identity(secret.AsSpan(0, 32), recipient);
    }

    private static IKeyHolder? ReadRsa(ref SshReader reader)
    {
        if (!reader.TryReadPositive(out var n) || !reader.TryReadPositive(out var e)
            || !reader.TryReadPositive(out var d) || !reader.TryReadPositive(out var inverse)
            || !reader.TryReadPositive(out var p) || !reader.TryReadPositive(out var q))
            return null;
        BigInteger Less(byte[] prime) => ModularNumbers.FromBytes(prime) - 1;
        var exponent = ModularNumbers.FromBytes(d);
        if (Less(p).IsZero || Less(q).IsZero)
            return null;
        return RsaOf(new RSAParameters
        {
            Modulus = n,
            Exponent = e,
            D = d,
            P = p,
            Q = q,
            DP = (exponent % Less(p)).ToByteArray(isUnsigned: true, isBigEndian: true),
            DQ = (exponent % Less(q)).ToByteArray(isUnsigned: true, isBigEndian: true),
            InverseQ = inverse,
        });
    }

    private static SshRsaIdentity? RsaOf(RSAParameters key)
    {
        var blob = new Ssh.SshWriter();
        blob.Text(SshKeyText.Rsa);
        blob.MultiPrecision(key.Exponent);
        blob.MultiPrecision(key.Modulus);
        return SshRsaRecipient.Of(key, blob.ToArray()) is { } recipient ? new SshRsaIdentity(key, recipient) : null;
    }
}
