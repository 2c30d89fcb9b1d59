using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Age.Encodings;

namespace Orrery.Secrets.Age.Kinds;

/// <summary>The types of SSH's wire format (RFC 4251, section 5), each false where there is none.</summary>
internal ref struct SshReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryReadNumber(out uint number)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out number))
            return false;
        _rest = _rest[sizeof(uint)..];
        return true;
    }

    public bool TryReadBytes(out byte[] value)
    {
        value = [];
        if (!TryReadNumber(out var length) || length > _rest.Length)
            return false;
        value = _rest[..(int)length].ToArray();
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>A positive number, without leading zeros.</summary>
    public bool TryReadPositive(out byte[] value)
    {
        if (!TryReadBytes(out value) || value is [] or [>= 0x80, ..])
            return false;
        value = [.. value.SkipWhile(digit => digit == 0)];
        return value.Length > 0;
    }
}

/// <summary>Public keys of SSH that age knows, as OpenSSH writes them, and what names them in a stanza.</summary>
internal static class SshKeyText
{
    public const string Ed25519 = "ssh-ed25519";
    public const string Rsa = "ssh-rsa";

    private const int TagBytes = 4;

    /// <summary>Reads <c>ssh-ed25519 AAAA… comment</c> or <c>ssh-rsa …</c>; null where it is neither.</summary>
    public static IRecipient? ReadPublic(string line)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var blob = new byte[line.Length];
        if (words is not [Ed25519 or Rsa, var text, ..] || !Convert.TryFromBase64String(text, blob, out var length))
            return null;
        // The word before the key must be the one within it.
        var recipient = ReadBlob(blob[..length]);
        return $"{recipient}".StartsWith($"{words[0]} ", StringComparison.Ordinal) ? recipient : null;
    }

    public static IRecipient? ReadBlob(byte[] blob)
    {
        var reader = new SshReader(blob);
        if (!reader.TryReadBytes(out var type))
            return null;
        return Encoding.ASCII.GetString(type) switch
        {
            Ed25519 when reader.TryReadBytes(out var key) && reader.IsAtEnd => SshEd25519Recipient.Of(key, blob),
            Rsa when reader.TryReadPositive(out var exponent) && reader.TryReadPositive(out var modulus)
                && reader.IsAtEnd => SshRsaRecipient.Of(
                    new RSAParameters { Exponent = exponent, Modulus = modulus }, blob),
            _ => null,
        };
    }

    /// <summary>Four bytes of the key's hash: the same for every file, and not to be told from a few others'.</summary>
    public static string TagOf(ReadOnlySpan<byte> blob) =>
        UnpaddedBase64.Encode(SHA256.HashData(blob).AsSpan(0, TagBytes));
}
