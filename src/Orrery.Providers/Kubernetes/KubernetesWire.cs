using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes;

/// <summary>
/// The wire to an API server: TLS that trusts the cluster's own authority and nobody else, and shows our certificate.
/// </summary>
public static class KubernetesWire
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);

    /// <summary>Sends nothing yet. Throws <see cref="ProviderErrorCode.Invalid"/> for what is no PEM.</summary>
    /// <param name="connect">
    /// Gives the connection below TLS where the server is not reached directly, for example through SSH.
    /// </param>
    public static HttpMessageHandler Direct(
        Connection connection, Func<CancellationToken, Task<Stream>>? connect = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = ConnectTimeout,
            SslOptions = SslOptionsOf(connection),
        };
        if (connect is not null)
            handler.ConnectCallback = async (_, cancellation) => await connect(cancellation);
        return handler;
    }

    private static SslClientAuthenticationOptions SslOptionsOf(Connection connection)
    {
        var options = new SslClientAuthenticationOptions();
        if (connection.ServerFingerprint is { } expected)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                IsExpected(expected, certificate as X509Certificate2);
        }
        else if (connection.CertificateAuthority is { } authority)
        {
            // The name is still checked by the framework; only whom to trust is ours to say. Clusters publish no
            // revocation lists.
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.AddRange(AuthoritiesOf(authority));
            options.CertificateChainPolicy = policy;
        }

        if (connection.ClientCertificate is { } certificate)
        {
            // A context, and no list to select from: the server's hints need not name our issuer.
            options.ClientCertificateContext = ContextOf(certificate, connection.ClientKey);
        }

        return options;
    }

    private static bool IsExpected(string expected, X509Certificate2? certificate)
    {
        var found = certificate is null
            ? ""
            : Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        // The failure of the handshake would say neither.
        return found.Length > 0 && found == expected ? true : throw new OtherServerException(expected, found);
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
            throw Invalid("the cluster's certificate authority is not readable PEM", exception);
        }

        return authorities.Count > 0
            ? authorities
            : throw Invalid("the cluster's certificate authority holds no certificate", null);
    }

    private static SslStreamCertificateContext ContextOf(string certificate, string? key)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificate);
            var own = X509Certificate2.CreateFromPem(certificate, key ?? "");
            // Windows' TLS takes keys from its own store only.
            if (OperatingSystem.IsWindows())
                own = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null);
            return SslStreamCertificateContext.Create(own, chain, offline: true);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // The inner message may quote the key.
            throw Invalid("our certificate for the cluster and its key do not fit together or are no PEM", null);
        }
    }

    private static ProviderException Invalid(string what, Exception? inner) =>
        new(ProviderErrorCode.Invalid, what, inner);
}
