using System.Security.Cryptography;
using System.Text;

namespace Orrery.Providers.Git;

/// <summary>How git names contents: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects.</summary>
internal static class GitBlob
{
    /// <summary>40 hexadecimal characters, the same everywhere for the same content.</summary>
    public static string IdOf(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
#pragma warning disable CA5350 // Git names contents by their SHA-1; we compare only what git has named so itself.
        var header = Encoding.ASCII.GetBytes($"blob {bytes.Length}\0");
        return Convert.ToHexStringLower(SHA1.HashData([.. header, .. bytes]));
#pragma warning restore CA5350
    }
}
