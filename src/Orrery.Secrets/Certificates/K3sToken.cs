using System.Security.Cryptography;
using System.Text;

namespace Orrery.Secrets.Certificates;

/// <summary>
/// The token with which servers and agents join a K3s cluster, in its secure form: it also tells the joining node by
/// which authority it knows the cluster.
/// </summary>
/// <remarks>https://docs.k3s.io/cli/token#token-format</remarks>
public static class K3sToken
{
    private const string Prefix = "K10";
    private const string User = "server";
    private const int PasswordBytes = 32;

    /// <summary>
    /// A fresh token, <c>K10…::server:…</c>. Secret. A first server may be given it too, since its authorities are
    /// there before it starts.
    /// </summary>
    /// <param name="serverAuthority">The bytes of <c>server-ca.crt</c> as they are on the machine.</param>
    public static string Make(string serverAuthority, FillRandom random)
    {
        var password = new byte[PasswordBytes];
        random(password);
        return $"{Prefix}{HashOf(serverAuthority)}::{User}:{Convert.ToHexStringLower(password)}";
    }

    /// <summary>Whether a node that joins with this token accepts a server of this authority.</summary>
    public static bool Accepts(string token, string serverAuthority) =>
        token.StartsWith($"{Prefix}{HashOf(serverAuthority)}::", StringComparison.Ordinal);

    /// <summary>
    /// K3s hashes the file itself where it holds one certificate, as ours does: hashCA in
    /// https://github.com/k3s-io/k3s/blob/master/pkg/clientaccess/token.go
    /// </summary>
    private static string HashOf(string serverAuthority) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(serverAuthority)));
}
