using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Simulation.Machines.Ssh;

/// <summary>
/// A key pair in the text formats of OpenSSH. Made-up ones have the right shape and are no keys: nobody can sign with
/// them. The format: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
/// </summary>
internal sealed record SshKey(string PrivateText, string PublicLine)
{
    private const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string End = "-----END OPENSSH PRIVATE KEY-----";
    private const string Magic = "openssh-key-v1\0";

    /// <summary>Type and base64, without the comment.</summary>
    public string Public => WithoutComment(PublicLine);

    /// <summary>A key that differs for each seed.</summary>
    /// <param name="type"><c>ed25519</c>, <c>ecdsa</c> or <c>rsa</c>.</param>
    public static SshKey Make(string type, string seed, string comment)
    {
        var random = SHA512.HashData(Encoding.UTF8.GetBytes($"{type} {seed}"));
        byte[] blob = type switch
        {
            "ed25519" => [.. Field("ssh-ed25519"), .. Field(random[..32])],
            "ecdsa" => [.. Field("ecdsa-sha2-nistp256"), .. Field("nistp256"), .. Field([4, .. random])],
            _ => [.. Field("ssh-rsa"), .. Field([1, 0, 1]),
                .. Field([0, .. Enumerable.Repeat(random, 4).SelectMany(part => part)])],
        };
        byte[] secret = [.. random[..4], .. random[..4], .. blob, .. Field(SHA256.HashData(random)), .. Field(comment)];
        byte[] file =
        [
            .. Encoding.ASCII.GetBytes(Magic), .. Field("none"), .. Field("none"), .. Field(""), .. Number(1),
            .. Field(blob), .. Field(secret),
        ];
        var lines = Convert.ToBase64String(file).Chunk(70).Select(line => new string(line));
        return new SshKey($"{Begin}\n{string.Join('\n', lines)}\n{End}\n", Line(blob, comment));
    }

    /// <summary>The public part of a private key's text, as type and base64; null where it cannot be read.</summary>
    public static string? PublicOf(string privateText)
    {
        try
        {
            return privateText.Contains(Begin, StringComparison.Ordinal) ? OfOpenSsh(privateText)
                : privateText.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? OfPem(privateText)
                : null;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException or ArgumentException)
        {
            // What is no key of these formats has no public part that anyone could offer.
            return null;
        }
    }

    /// <summary>For example <c>SHA256:…</c>, as <c>ssh-keygen -l</c> shows it.</summary>
    public static string Fingerprint(string publicLine) => "SHA256:"
        + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(publicLine.Split(' ')[1]))).TrimEnd('=');

    public static string WithoutComment(string line)
    {
        var parts = line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // Options may stand before the type in authorized_keys.
        var type = Array.FindIndex(parts, part => part.StartsWith("ssh-", StringComparison.Ordinal)
            || part.StartsWith("ecdsa-", StringComparison.Ordinal) || part.StartsWith("sk-", StringComparison.Ordinal));
        return type >= 0 && type + 1 < parts.Length ? $"{parts[type]} {parts[type + 1]}" : "";
    }

    private static string? OfOpenSsh(string text)
    {
        var start = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        var file = Convert.FromBase64String(
            string.Concat(text[start..end].Where(character => !char.IsWhiteSpace(character))));
        var rest = file.AsSpan(Magic.Length);
        for (var i = 0; i < 3; i++)
            rest = rest[(4 + BinaryPrimitives.ReadInt32BigEndian(rest))..];
        rest = rest[4..];
        return WithoutComment(Line(rest.Slice(4, BinaryPrimitives.ReadInt32BigEndian(rest)).ToArray(), ""));
    }

    private static string? OfPem(string text)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(text);
        var point = key.ExportParameters(false).Q;
        byte[] blob =
        [
            .. Field("ecdsa-sha2-nistp256"), .. Field("nistp256"), .. Field([4, .. point.X ?? [], .. point.Y ?? []]),
        ];
        return WithoutComment(Line(blob, ""));
    }

    private static string Line(byte[] blob, string comment)
    {
        var type = Encoding.ASCII.GetString(blob, 4, BinaryPrimitives.ReadInt32BigEndian(blob));
        return $"{type} {Convert.ToBase64String(blob)} {comment}".TrimEnd();
    }

    private static byte[] Field(string text) => Field(Encoding.UTF8.GetBytes(text));

    private static byte[] Field(byte[] content) => [.. Number(content.Length), .. content];

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
