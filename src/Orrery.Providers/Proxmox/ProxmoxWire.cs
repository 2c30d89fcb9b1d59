using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// The wire to a Proxmox VE host: TLS that trusts one certificate by its SHA-256 fingerprint, or one authority, and
/// nobody else; with neither, whom the system trusts.
/// </summary>
public static class ProxmoxWire
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Sends nothing yet. Throws <see cref="ProviderErrorCode.Invalid"/> for what is neither.</summary>
    /// <param name="fingerprint">
    /// 64 hexadecimal digits, with or without colons, as the web interface shows them; null where there is none.
    /// </param>
    /// <param name="authority">PEM, for example of <c>/etc/pve/pve-root-ca.pem</c>; null where there is none.</param>
    public static HttpMessageHandler Direct(string? fingerprint, string? authority) => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = ConnectTimeout,
        SslOptions = SslOptionsOf(fingerprint, authority),
    };

    private static SslClientAuthenticationOptions SslOptionsOf(string? fingerprint, string? authority)
    {
        var options = new SslClientAuthenticationOptions();
        if (fingerprint is not null)
        {
            var pinned = PinOf(fingerprint);
            // The pin is the whole trust: a node's own certificate names its host, not the address it is reached by.
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null
                && CryptographicOperations.FixedTimeEquals(
                    certificate.GetCertHash(HashAlgorithmName.SHA256), pinned);
        }
        else if (authority is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.AddRange(AuthoritiesOf(authority));
            options.CertificateChainPolicy = policy;
        }

        return options;
    }

    private static byte[] PinOf(string fingerprint)
    {
        try
        {
            var pin = Convert.FromHexString(fingerprint.Replace(":", "", StringComparison.Ordinal).Trim());
            if (pin.Length == SHA256.HashSizeInBytes)
                return pin;
        }
        catch (FormatException)
        {
            // Told below.
        }

        throw new ProviderException(
            ProviderErrorCode.Invalid,
            "the fingerprint of the Proxmox VE host is not a SHA-256 (64 hexadecimal digits, with or without colons)");
    }

    private static X509Certificate2Collection AuthoritiesOf(string pem)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, "the authority of the Proxmox VE host is not readable PEM", exception);
        }

        return authorities.Count > 0
            ? authorities
            : throw new ProviderException(
                ProviderErrorCode.Invalid, "the authority of the Proxmox VE host holds no certificate");
    }
}
