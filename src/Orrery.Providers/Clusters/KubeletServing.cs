using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;

namespace Orrery.Providers.Clusters;

/// <summary>
/// Decides whether a kubelet may have the certificate that it asks for. Whoever has it can pretend to be that node to
/// the API server, and so signer, requester, usages and every name must be those of a declared node. Pure.
/// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
/// </summary>
internal static class KubeletServing
{
    public const string Signer = "kubernetes.io/kubelet-serving";

    private const string Prefix = "system:node:";
    private const string Group = "system:nodes";

    private static readonly string[] UsagesAllowed = ["digital signature", "key encipherment", "server auth"];

    /// <summary>Asked for, and nobody has answered yet.</summary>
    public static bool IsPending(KubernetesObject request) =>
        request.Json.Object("spec")?.Text("signerName") == Signer
        && request.Condition("Approved") is null && request.Condition("Denied") is null;

    /// <summary>Null where it may be approved; else why not, for people.</summary>
    /// <param name="request">One that is pending.</param>
    /// <param name="nodes">The declared addresses of each node, by its name; none where DHCP gives them.</param>
    public static string? Refusal(KubernetesObject request, ValueMap<ValueList<string>> nodes)
    {
        if (request.Json.Object("spec") is not { } spec)
            return "it asks for nothing";
        var user = spec.Text("username") ?? "";
        var node = user.StartsWith(Prefix, StringComparison.Ordinal) ? user[Prefix.Length..] : null;
        if (node is null || !spec.Array("groups").Any(group => group.AsText() == Group))
            return $"'{user}' asks, which is no node";
        if (!nodes.TryGetValue(node, out var addresses))
            return $"'{node}' asks, which is no declared node";
        var usages = spec.Array("usages").Select(usage => usage.AsText() ?? "").ToList();
        if (!usages.Contains("server auth") || usages.Except(UsagesAllowed).FirstOrDefault() is { } other)
            return $"'{node}' asks for other usages: {string.Join(", ", usages)}";
        return Read(spec.Text("request") ?? "") is { } certificate
            ? RefusalOf(certificate, node, addresses)
            : $"what '{node}' asks for cannot be read, or is not signed with its key";
    }

    private static string? RefusalOf(CertificateRequest certificate, string node, ValueList<string> addresses)
    {
        var subject = new X500DistinguishedName($"O={Group}, CN={Prefix}{node}");
        if (!Parts(certificate.SubjectName).SetEquals(Parts(subject)))
            return $"'{node}' asks in the name of {certificate.SubjectName.Name}";
        var extension = certificate.CertificateExtensions
            .FirstOrDefault(each => each.Oid?.Value == "2.5.29.17");
        if (extension is null || !HasOnlyHosts(extension.RawData))
            return $"'{node}' asks for no name, or for names of other kinds than hosts";
        var names = new X509SubjectAlternativeNameExtension(extension.RawData);
        if (names.EnumerateDnsNames().FirstOrDefault(name => name != node) is { } foreign)
            return $"'{node}' asks for the name {foreign}";
        var own = addresses.Select(IPAddress.Parse).ToHashSet();
        return own.Count > 0 && names.EnumerateIPAddresses().FirstOrDefault(each => !own.Contains(each)) is { } odd
            ? $"'{node}' asks for the address {odd}, and has {string.Join(", ", own)}"
            : null;
    }

    private static HashSet<(string?, string?)> Parts(X500DistinguishedName name) =>
        [.. name.EnumerateRelativeDistinguishedNames().Select(
            part => (part.GetSingleElementType().Value, part.GetSingleElementValue()))];

    private static CertificateRequest? Read(string text)
    {
        try
        {
            return CertificateRequest.LoadSigningRequestPem(
                Encoding.ASCII.GetString(Convert.FromBase64String(text)), HashAlgorithmName.SHA256,
                CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        }
        catch (Exception refusal) when (refusal is FormatException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>DNS names and addresses: the tags 2 and 7 of RFC 5280, 4.2.1.6.</summary>
    private static bool HasOnlyHosts(byte[] encoded)
    {
        try
        {
            var names = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag() is not { TagClass: TagClass.ContextSpecific, TagValue: 2 or 7 })
                    return false;
                names.ReadEncodedValue();
            }

            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
