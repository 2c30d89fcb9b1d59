using System.Security.Cryptography;

namespace Orrery.Secrets.Certificates;

/// <summary>A certificate that says who somebody is, with its key. <c>ToString</c> never shows the key.</summary>
internal sealed class ClientCertificate
{
    private readonly string _privateKey;

    internal ClientCertificate(string pem, ECDsa key) =>
        (Pem, _privateKey) = (pem, $"{key.ExportECPrivateKeyPem()}\n");

    public string Pem { get; }

    /// <summary>The key as <c>-----BEGIN EC PRIVATE KEY-----</c>. Secret.</summary>
    public string ExportPrivateKey() => _privateKey;

    public override string ToString() => "(client certificate)";
}
