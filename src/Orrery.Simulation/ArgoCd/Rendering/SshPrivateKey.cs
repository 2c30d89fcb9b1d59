using System.Buffers.Binary;
using System.Text;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>The public half that an SSH private key file in OpenSSH's own format carries in clear.</summary>
internal static class SshPrivateKey
{
    private const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string End = "-----END OPENSSH PRIVATE KEY-----";

    /// <summary>As <c>ssh-ed25519 AAAA…</c>; null for what is no such file.</summary>
    public static string? PublicKeyOf(string text)
    {
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            return null;
        try
        {
            var body = text[(begin + Begin.Length)..end].ReplaceLineEndings("").Trim();
            ReadOnlySpan<byte> rest = Convert.FromBase64String(body);
            // The mark, cipher, derivation and its options, the number of keys, and the first public key.
            rest = rest["openssh-key-v1\0".Length..];
            for (var i = 0; i < 3; i++)
                Take(ref rest);
            rest = rest[sizeof(int)..];
            var blob = Take(ref rest);
            var inside = blob;
            return $"{Encoding.ASCII.GetString(Take(ref inside))} {Convert.ToBase64String(blob)}";
        }
        catch (Exception problem) when (problem is FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(rest);
        var taken = rest.Slice(sizeof(int), length);
        rest = rest[(sizeof(int) + length)..];
        return taken;
    }
}
