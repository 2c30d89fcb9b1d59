using System.Text.Json.Nodes;
using Orrery.Simulation.K3s;
using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

/// <summary>cert-manager in the world, with a name server of the cluster's own and a page that has a name.</summary>
public sealed class CertManagerTests
{
    private const string Host = "shop.example.org";

    private readonly ClustersOptions _world = new();
    private readonly ClusterScene _scene;

    public CertManagerTests() => _scene = Begin();

    [Fact]
    public void A_page_with_a_name_gets_one_certificate_once_the_name_is_proved_by_the_zone()
    {
        Ask("letsencrypt");
        Reason().ShouldContain("DNS update failed: dial udp: lookup powerdns.dns.svc: no such host");
        NameServer("c2VjcmV0");
        _scene.Wait(60);

        Condition(Certificate(), "Ready").ShouldBe("True");
        _world.LetsEncrypt.OrdersOf(Host).ShouldBe(1);
        _world.LetsEncrypt.Accounts.ShouldBe(1);
        Text(Secret(), "metadata", "annotations", "cert-manager.io/issuer-name").ShouldBe("letsencrypt");
        _scene.Wait(3600);
        _world.LetsEncrypt.OrdersOf(Host).ShouldBe(1);
    }

    [Fact]
    public void A_zone_that_takes_changes_by_another_key_proves_nothing()
    {
        NameServer("b3RoZXI=");
        Ask("letsencrypt");
        Reason().ShouldContain("dns: bad authentication");
        _world.LetsEncrypt.Orders.ShouldBeEmpty();
    }

    [Fact]
    public void A_certificate_is_renewed_after_two_thirds_of_its_time()
    {
        NameServer("c2VjcmV0");
        Ask("letsencrypt");
        _scene.Wait(59 * 86400.0);
        _world.LetsEncrypt.OrdersOf(Host).ShouldBe(1);
        _scene.Wait(2 * 86400.0);
        _world.LetsEncrypt.OrdersOf(Host).ShouldBe(2);
        Condition(Certificate(), "Ready").ShouldBe("True");
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("cert-manager.io/issuer-name", 2)]
    [InlineData("cert-manager.io/alt-names", 2)]
    public void Another_cluster_with_the_same_Secret_orders_nothing_and_with_one_of_others_it_does(
        string damaged, int orders)
    {
        NameServer("c2VjcmV0");
        Ask("letsencrypt");
        var kept = Secret();
        var account = _scene.Get("v1", "Secret", "cert-manager", "letsencrypt-account").ShouldNotBeNull();

        var next = Begin(kept, account, damaged);
        NameServer("c2VjcmV0", next);
        Ask("letsencrypt", next);
        next.Wait(60);
        Condition(next.Get("cert-manager.io/v1", "Certificate", "default", "shop-tls"), "Ready").ShouldBe("True");
        _world.LetsEncrypt.OrdersOf(Host).ShouldBe(orders);
        _world.LetsEncrypt.Accounts.ShouldBe(1);
    }

    [Fact]
    public void The_sixth_of_a_week_is_refused_and_asked_for_again_an_hour_later()
    {
        NameServer("c2VjcmV0");
        for (var i = 0; i < 6; i++)
        {
            Ask("letsencrypt");
            _scene.Store.Delete("v1", "Secret", "default", "shop-tls");
            _scene.Wait(60);
        }

        Reason().ShouldContain("too many certificates (5)");
        _world.LetsEncrypt.OrdersOf(Host).ShouldBe(5);
        _scene.Wait(8 * 86400.0);
        _world.LetsEncrypt.OrdersOf(Host).ShouldBe(6);
    }

    private ClusterScene Begin(JsonObject? kept = null, JsonObject? account = null, string damaged = "")
    {
        var scene = new ClusterScene(_world).Boot();
        scene.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: cert-manager}}");
        scene.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: dns}}");
        foreach (var secret in (JsonObject?[])[kept, account])
        {
            if (secret?.DeepClone() is not JsonObject own)
                continue;
            foreach (var said in (string[])["uid", "resourceVersion", "creationTimestamp", "managedFields"])
                (own["metadata"] as JsonObject)?.Remove(said);
            if (damaged.Length > 0 && own["metadata"]?["annotations"] is JsonObject annotations)
                annotations[damaged] = "another";
            scene.Store.Create(own);
        }

        scene.Apply("""
            apiVersion: v1
            kind: Secret
            metadata: {name: update-key, namespace: cert-manager}
            data: {key: c2VjcmV0}
            """);
        scene.Apply("""
            apiVersion: helm.cattle.io/v1
            kind: HelmChart
            metadata: {name: cert-manager, namespace: kube-system}
            spec:
              chart: cert-manager
              repo: https://charts.jetstack.io
              targetNamespace: cert-manager
              valuesContent: "crds: {enabled: true}"
              version: v1.21.1
            """);
        scene.Wait(60);
        scene.Apply("""
            apiVersion: cert-manager.io/v1
            kind: ClusterIssuer
            metadata: {name: letsencrypt}
            spec:
              acme:
                email: ops@example.org
                privateKeySecretRef: {name: letsencrypt-account}
                server: https://acme-v02.api.letsencrypt.org/directory
                solvers:
                - dns01:
                    rfc2136:
                      nameserver: powerdns.dns.svc:53
                      tsigSecretSecretRef: {name: update-key, key: key}
            """);
        scene.Wait(5);
        return scene;
    }

    private void NameServer(string key, ClusterScene? where = null)
    {
        var scene = where ?? _scene;
        scene.Apply($$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: powerdns-update-key, namespace: dns}
            data: {key: {{key}}}
            """);
        scene.Apply("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: powerdns, namespace: dns}
            spec:
              selector: {matchLabels: {app: powerdns}}
              template:
                metadata: {labels: {app: powerdns}}
                spec:
                  containers:
                  - name: main
                    image: docker.io/powerdns/pdns-auth-49:4.9.14
                    env: [{name: UPDATE_KEY, valueFrom: {secretKeyRef: {name: powerdns-update-key, key: key}}}]
            """);
        scene.Apply("""
            apiVersion: v1
            kind: Service
            metadata: {name: powerdns, namespace: dns}
            spec: {ports: [{port: 53}], selector: {app: powerdns}}
            """);
        scene.Wait(30);
    }

    private void Ask(string issuer, ClusterScene? where = null)
    {
        var scene = where ?? _scene;
        scene.Apply($$"""
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: shop
              namespace: default
              annotations: {cert-manager.io/cluster-issuer: {{issuer}}}
            spec:
              tls: [{hosts: [{{Host}}], secretName: shop-tls}]
              rules:
              - host: {{Host}}
                http:
                  paths:
                  - path: /
                    pathType: Prefix
                    backend: {service: {name: shop, port: {number: 80} } }
            """);
        scene.Wait(30);
    }

    private JsonObject? Certificate() => _scene.Get("cert-manager.io/v1", "Certificate", "default", "shop-tls");

    private JsonObject Secret() => _scene.Get("v1", "Secret", "default", "shop-tls").ShouldNotBeNull();

    private string Reason() => Condition(Certificate(), "Ready", "message");
}
