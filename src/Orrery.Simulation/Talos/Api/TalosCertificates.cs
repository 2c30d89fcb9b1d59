using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Simulation.Talos.Clusters;

namespace Orrery.Simulation.Talos.Api;

/// <summary>By what a node is known, and by what it knows others.</summary>
internal static class TalosCertificates
{
    private const string Organisation = "2.5.4.10"; // RFC 4519, 2.19: o.

    /// <summary>
    /// What the node shows: signed by itself in maintenance mode, by its authority and for as long as that afterwards,
    /// since a month may pass in hours. The latter needs an authority on P-256: the framework has no keys on Ed25519.
    /// </summary>
    public static X509Certificate2 Of(TalosNode node)
    {
        using var key = node.ServerKey();
        var request = new CertificateRequest(
            new X500DistinguishedName($"CN={node.HostName}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node.HostName);
        foreach (var address in node.Addresses.Append("127.0.0.1"))
            names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        var serial = SHA256.HashData(Encoding.UTF8.GetBytes(node.Fingerprint))[..15];
        if (node.Settings is not { } settings)
        {
            var now = node.Park.Options.Epoch + node.Park.Agenda.Now;
            using var own = request.Create(
                request.SubjectName, DrawnKey.Signer(key), now.AddMinutes(-1), now.AddYears(1), serial);
            return own.CopyWithPrivateKey(key);
        }

        using var authority = X509Certificate2.CreateFromPem(settings.OsAuthority);
        using var authorityKey = ECDsa.Create();
        authorityKey.ImportFromPem(settings.OsAuthorityKey);
        using var signed = request.Create(
            authority.SubjectName, DrawnKey.Signer(authorityKey), new DateTimeOffset(authority.NotBefore),
            new DateTimeOffset(authority.NotAfter), serial);
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>The first organisation of a certificate that its authority has signed; null for any other.</summary>
    public static string? RoleOf(TalosNode node, X509Certificate2 shown)
    {
        using var signer = X509Certificate2.CreateFromPem(node.Settings!.OsAuthority);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(signer);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = (node.Park.Options.Epoch + node.Park.Agenda.Now).UtcDateTime;
        return chain.Build(shown)
            ? shown.SubjectName.EnumerateRelativeDistinguishedNames()
                .Where(name => name.GetSingleElementType().Value == Organisation)
                .Select(name => name.GetSingleElementValue()).FirstOrDefault() ?? ""
            : null;
    }
}

/// <summary>The machine API of a node for one client, for who serves it on a socket of its own.</summary>
internal sealed class TalosNodeApi(TalosNode node, string role) : Worlds.IWorld
{
    public string Name => "talos";

    public IReadOnlyList<Worlds.ServiceRecord> Service => [];

    public Worlds.WorldReply Handle(Worlds.WorldRequest request, TimeSpan now)
    {
        node.Park.Agenda.AdvanceTo(now);
        return new TalosApi(node, role).Handle(request);
    }
}
