using System.Security.Cryptography;

namespace Orrery.Secrets.Ssh;

/// <summary>Public keys as OpenSSH writes them: <c>ecdsa-sha2-nistp256 AAAA… comment</c>.</summary>
public static class SshPublicKey
{
    /// <summary>Type and key without the comment, which says nothing about the key.</summary>
    public static string WithoutComment(string line) =>
        string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(2));

    /// <summary>As ssh shows it, <c>SHA256:…</c>. Throws <see cref="FormatException"/> where it is no key.</summary>
    public static string Fingerprint(string line)
    {
        var parts = WithoutComment(line).Split(' ');
        if (parts.Length < 2)
            throw new FormatException("an SSH public key is of the form 'TYPE BASE64'");
        var hash = SHA256.HashData(Convert.FromBase64String(parts[1]));
        return $"SHA256:{Convert.ToBase64String(hash).TrimEnd('=')}";
    }
}
