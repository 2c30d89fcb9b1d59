using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Cli.Access;

/// <summary>
/// Ports of this machine's loopback. What is forwarded has always the same one, so that kubeconfigs and bookmarks stay
/// right; it follows from the names of what is forwarded, so that platforms seldom meet. Pure.
/// </summary>
internal static class LocalPort
{
    /// <summary>
    /// Below what Linux gives to outgoing connections (32768, ip_local_port_range in
    /// https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html) and to node ports of Kubernetes (30000).
    /// </summary>
    private const int First = 20_000;

    private const int Count = 10_000;

    /// <summary>Where a cluster's API server is forwarded to.</summary>
    public static int Of(string platformId, string cluster) => At($"{platformId}/{cluster}");

    /// <summary>Where a page of a cluster's component is forwarded to.</summary>
    public static int Of(string platformId, string cluster, string page) => At($"{platformId}/{cluster}/{page}");

    public static Uri Url(string scheme, int port) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{port}"));

    private static int At(string name) =>
        First + (int)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) % Count);
}
