using System.Net;
using System.Net.Sockets;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Talos.Api;

/// <summary>How the machine API of one node is reached, and by what each side knows the other.</summary>
public sealed record TalosAccess
{
    /// <summary>Of <c>apid</c>, and in maintenance mode of the machine itself.</summary>
    public const int Port = 50000;

    private TalosAccess()
    {
    }

    /// <summary>The node's own IP address.</summary>
    public required string Address { get; init; }

    /// <summary>Where it is reached, for example <c>https://10.0.0.1:50000</c>.</summary>
    public Uri Server => new(
        IPAddress.TryParse(Address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6
            ? $"https://[{Address}]:{Port}"
            : $"https://{Address}:{Port}");

    /// <summary>The machine has no configuration yet, and knows nobody.</summary>
    public bool IsMaintenance => Fingerprint is not null;

    /// <summary>See <see cref="Connection.ServerFingerprint"/>; null where the machine has a configuration.</summary>
    public string? Fingerprint { get; private init; }

    private string? Authority { get; init; }

    private TalosIdentity? Identity { get; init; }

    /// <summary>A machine that has its configuration: both sides show certificates of the same authority.</summary>
    /// <param name="address">The node's own IP address.</param>
    /// <param name="authority">The certificate of the cluster's Talos authority, as PEM.</param>
    public static TalosAccess Configured(string address, string authority, TalosIdentity identity) =>
        new() { Address = address, Authority = authority, Identity = identity };

    /// <summary>A machine in maintenance mode: known by what it prints on its console.</summary>
    /// <param name="address">The node's own IP address.</param>
    /// <param name="fingerprint">
    /// As <see cref="ConsoleFingerprint"/> finds it; empty where it is not known, and then any is refused and named.
    /// </param>
    public static TalosAccess Maintenance(string address, string fingerprint) =>
        new() { Address = address, Fingerprint = fingerprint };

    /// <summary>Only where it leads: the rest holds a key.</summary>
    public override string ToString() => $"{Server}";

    internal Connection ToConnection() => new()
    {
        Server = Server,
        CertificateAuthority = Authority,
        ServerFingerprint = Fingerprint,
        ClientCertificate = Identity?.Certificate,
        ClientKey = Identity?.Key,
    };
}

/// <summary>
/// Who we are to the machines of a cluster: a certificate of its Talos authority for <c>os:admin</c>.
/// </summary>
/// <param name="Certificate">As PEM.</param>
/// <param name="Key">As PEM. Secret.</param>
public sealed record TalosIdentity(string Certificate, string Key)
{
    /// <summary>Says nothing of the key.</summary>
    public override string ToString() => "(sensitive)";
}
