using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Providers.Clusters;
using Orrery.Providers.Kubernetes;

namespace Orrery.Tests.Providers.Clusters;

/// <summary>
/// A kubelet gets the serving certificate of a declared node, of its own name and addresses, and nobody gets another.
/// </summary>
public sealed class KubeletServingTests
{
    private const string Node = "system:node:worker-0";
    private const string Subject = "O=system:nodes, CN=system:node:worker-0";
    private const string Own = "10.2.2.1";

    private static readonly ValueMap<ValueList<string>> Nodes = ValueMap.Of<ValueList<string>>(
        ("worker-0", ["10.2.2.1"]), ("worker-1", ["10.2.2.2"]), ("worker-2", []));

    [Fact]
    public void The_request_of_a_declared_node_for_its_own_names_may_be_approved() =>
        KubeletServing.Refusal(Request(), Nodes).ShouldBeNull();

    [Fact]
    public void Addresses_that_a_DHCP_server_gives_are_not_known_beforehand() => KubeletServing.Refusal(
        Request(user: "system:node:worker-2", subject: "O=system:nodes, CN=system:node:worker-2", dns: "worker-2",
            address: "10.2.9.77"),
        Nodes).ShouldBeNull();

    [Theory]
    [InlineData("system:node:worker-9", "O=system:nodes, CN=system:node:worker-9", "worker-9", Own, "no declared node")]
    [InlineData("system:serviceaccount:x:y", Subject, "worker-0", Own, "no node")]
    [InlineData(Node, "O=system:nodes, CN=system:node:worker-1", "worker-0", Own, "in the name of")]
    [InlineData(Node, "O=system:masters, CN=system:node:worker-0", "worker-0", Own, "in the name of")]
    [InlineData(Node, Subject, "kubernetes.default", Own, "asks for the name")]
    [InlineData(Node, Subject, "worker-0", "10.2.3.1", "asks for the address 10.2.3.1")]
    public void Names_of_somebody_else_are_refused(
        string user, string subject, string dns, string address, string reason) =>
        KubeletServing.Refusal(Request(user, subject, dns, address), Nodes).ShouldNotBeNull().ShouldContain(reason);

    [Theory]
    [InlineData("client auth", "server auth")]
    [InlineData("digital signature")]
    public void Other_uses_are_refused(params string[] usages) =>
        KubeletServing.Refusal(Request(usages: usages), Nodes).ShouldNotBeNull().ShouldContain("other usages");

    [Fact]
    public void A_name_of_another_kind_is_refused() => KubeletServing.Refusal(
        Request(more: names => names.AddUri(new Uri("spiffe://cluster/ns/kube-system/sa/admin"))), Nodes)
        .ShouldNotBeNull().ShouldContain("other kinds");

    [Fact]
    public void A_user_that_is_in_no_group_of_nodes_is_refused()
    {
        var request = Request();
        request.Json["spec"]!["groups"] = new JsonArray("system:authenticated");
        KubeletServing.Refusal(request, Nodes).ShouldNotBeNull().ShouldContain("no node");
    }

    [Theory]
    [InlineData("")]
    [InlineData("bm90IGEgcmVxdWVzdA==")]
    [InlineData("%")]
    public void What_cannot_be_read_is_refused(string text)
    {
        var request = Request();
        request.Json["spec"]!["request"] = text;
        KubeletServing.Refusal(request, Nodes).ShouldNotBeNull().ShouldContain("cannot be read");
    }

    [Fact]
    public void One_that_was_changed_after_it_was_signed_is_refused()
    {
        var request = Request();
        var text = request.Json["spec"]!["request"]!.GetValue<string>();
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(text));
        var fields = PemEncoding.Find(pem);
        var bytes = Convert.FromBase64String(pem[fields.Base64Data]);
        bytes[^1] ^= 1;
        request.Json["spec"]!["request"] = Convert.ToBase64String(
            Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE REQUEST", bytes)));
        KubeletServing.Refusal(request, Nodes).ShouldNotBeNull().ShouldContain("cannot be read");
    }

    [Theory]
    [InlineData("kubernetes.io/kubelet-serving", null, true)]
    [InlineData("kubernetes.io/kube-apiserver-client-kubelet", null, false)]
    [InlineData("kubernetes.io/kubelet-serving", "Approved", false)]
    [InlineData("kubernetes.io/kubelet-serving", "Denied", false)]
    public void Only_what_nobody_has_answered_is_looked_at(string signer, string? condition, bool expected)
    {
        var request = Request();
        request.Json["spec"]!["signerName"] = signer;
        if (condition is not null)
        {
            request.Json["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = condition, ["status"] = "True" }),
            };
        }

        KubeletServing.IsPending(request).ShouldBe(expected);
    }

    private static KubernetesObject Request(
        string user = Node, string subject = Subject, string dns = "worker-0", string address = Own,
        string[]? usages = null, Action<SubjectAlternativeNameBuilder>? more = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dns);
        names.AddIpAddress(IPAddress.Parse(address));
        more?.Invoke(names);
        var asked = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        asked.CertificateExtensions.Add(names.Build());
        return new KubernetesObject(new JsonObject
        {
            ["apiVersion"] = "certificates.k8s.io/v1",
            ["kind"] = "CertificateSigningRequest",
            ["metadata"] = new JsonObject { ["name"] = "csr-1" },
            ["spec"] = new JsonObject
            {
                ["request"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(asked.CreateSigningRequestPem())),
                ["signerName"] = KubeletServing.Signer,
                ["username"] = user,
                ["groups"] = new JsonArray("system:nodes", "system:authenticated"),
                ["usages"] = new JsonArray([.. (usages ?? ["digital signature", "server auth"]).Select(
                    usage => (JsonNode)usage)]),
            },
        });
    }
}
