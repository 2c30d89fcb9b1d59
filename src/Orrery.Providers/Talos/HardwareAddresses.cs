using System.Security.Cryptography;
using System.Text;

namespace Orrery.Providers.Talos;

/// <summary>
/// Hardware addresses that stay: a machine made anew is known to DHCP servers as before, and its configuration finds
/// its card by it.
/// </summary>
public static class HardwareAddresses
{
    /// <summary>The prefix that Proxmox Server Solutions has registered at the IEEE.</summary>
    private const string Prefix = "bc:24:11";

    /// <summary>The same for the same node, and another one for each other node nearly always.</summary>
    public static string Of(string cluster, string node)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{cluster}/{node}"));
        return $"{Prefix}:{hash[0]:x2}:{hash[1]:x2}:{hash[2]:x2}";
    }
}
