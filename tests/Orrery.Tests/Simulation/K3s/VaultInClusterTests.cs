using System.Text;
using System.Text.Json.Nodes;
using Orrery.GitOps.Catalog;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Simulation.Worlds;
using Orrery.Tests.GitOps;
using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

/// <summary>OpenBao and External Secrets as they run in a simulated cluster, with what we deliver.</summary>
public sealed class VaultInClusterTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private const string KeptClass =
        """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: { name: kept }
        parameters: { pathPattern: "{{ .PVC.Namespace }}/{{ .PVC.Name }}" }
        provisioner: rancher.io/local-path
        reclaimPolicy: Retain
        volumeBindingMode: WaitForFirstConsumer
        """;

    [Fact]
    public void The_server_lets_our_account_in_and_nobody_else()
    {
        var scene = Boot();
        Vault(scene, "GET", "sys/health").Status.ShouldBe(200);
        Vault(scene, "GET", "sys/mounts").Status.ShouldBe(403);
        Login(scene, "orrery", "default", "openbao", "orrery").Status.ShouldBe(403, "another namespace");
        Login(scene, "orrery", "openbao", "openbao", "other").Status.ShouldBe(403, "another account");
        Login(scene, "orrery", "openbao", "somebody", "orrery").Status.ShouldBe(403, "another audience");
        var token = Text(Login(scene, "orrery", "openbao", "openbao", "orrery").Json, "auth", "client_token");
        Vault(scene, "POST", "sys/mounts/secret", Kv, token).Status.ShouldBe(204);
        Vault(scene, "POST", "sys/policies/acl/other", """{"policy":"#"}""", token).Status.ShouldBe(403);
    }

    [Theory]
    [InlineData("", 503, "no endpoints available for service \"http:openbao:8200\"")]
    [InlineData("not 32 bytes", 503, "error trying to reach service: dial tcp: connect: connection refused")]
    public void Without_its_key_nobody_answers(string key, int status, string message)
    {
        var reply = Vault(Boot(key), "GET", "sys/health");
        reply.Status.ShouldBe(status);
        Text(reply.Json, "message").ShouldBe(message);
    }

    [Fact]
    public void The_proxy_knows_no_other_service_and_needs_a_right()
    {
        var scene = Boot();
        Send(scene, "GET", "/api/v1/namespaces/openbao/services/http:other:8200/proxy/v1/sys/health").Status
            .ShouldBe(404);
        var api = scene.Cluster.Api;
        api.Handle(
            new WorldRequest
            {
                Method = "GET",
                Path = "/api/v1/namespaces/openbao/services/http:openbao:8200/proxy/v1/sys/health",
                Headers = ValueMap.Of(("authorization", "Bearer nobody")),
            },
            scene.Agenda.Now).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("kept", Key, 200)]
    [InlineData("kept", "BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 503)]
    [InlineData("local-path", Key, 501)]
    public void What_stands_on_the_volume_is_there_again_if_the_key_is_the_same(string kind, string key, int health)
    {
        var scene = Boot(kind: kind);
        Fill(scene);
        scene.Ssh("/usr/local/bin/k3s-killall.sh; rm -r /var/lib/rancher/k3s/server/db; systemctl start k3s");
        scene.Wait(120);
        Set(scene, key, kind);
        if (health == 501)
        {
            // Empty again: it lets us in again, and we fill it again.
            Fill(scene);
            return;
        }

        Vault(scene, "GET", "sys/health").Status.ShouldBe(health);
        if (health != 200)
            return;
        var token = Text(Login(scene, "orrery", "openbao", "openbao", "orrery").Json, "auth", "client_token");
        Text(Vault(scene, "GET", "secret/data/app", null, token).Json, "data", "data", "word").ShouldBe("planted");
    }

    [Fact]
    public void A_document_reaches_the_namespaces_that_ask_for_it()
    {
        var scene = Boot();
        Install(scene, "external-secrets");
        scene.Wait(60);
        Deliver(scene, "word");
        scene.Apply(Asking);
        scene.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: quiet}}");
        scene.Wait(20);
        var store = scene.Get("external-secrets.io/v1", "ClusterSecretStore", "", "vault");
        Condition(store, "Ready", "reason").ShouldBe("InvalidProviderConfig");
        Condition(store, "Ready", "message").ShouldContain("invalid role name \"external-secrets\"");
        Synced(scene, "message").ShouldContain("the desired SecretStore vault is not ready");

        Fill(scene);
        scene.Wait(60);
        Synced(scene, "reason").ShouldBe("SecretSynced");
        Text(scene.Get("v1", "Secret", "asks", "app"), "data", "word")
            .ShouldBe(Convert.ToBase64String("planted"u8));
        scene.Get("v1", "Secret", "quiet", "app").ShouldBeNull();

        scene.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: asks, labels: {}}}");
        scene.Wait(60);
        scene.Get("v1", "Secret", "asks", "app").ShouldBeNull("it does not ask any more");
    }

    [Fact]
    public void What_cannot_be_had_is_said_in_the_words_of_the_real_one()
    {
        var scene = Boot();
        Install(scene, "external-secrets");
        scene.Wait(60);
        Fill(scene);
        scene.Apply(Asking);
        Deliver(scene, "word", "missing");
        scene.Wait(60);
        Synced(scene, "reason").ShouldBe("SecretSyncedError");
        Synced(scene, "message").ShouldContain("cannot find secret data for key: \"missing\"");
        scene.Get("v1", "Secret", "asks", "app").ShouldBeNull();

        scene.Apply("{apiVersion: v1, kind: Secret, metadata: {name: app, namespace: asks}, stringData: {a: b}}");
        Deliver(scene, "word");
        scene.Wait(60);
        Synced(scene, "message").ShouldContain("target is owned by another ExternalSecret");
        Text(scene.Get("v1", "Secret", "asks", "app"), "data", "word").ShouldBe("");
    }

    private const string Asking =
        "{apiVersion: v1, kind: Namespace, metadata: {name: asks, labels: {secrets.orrery.dev/app: 'true'}}}";

    private const string Kv = """{"type":"kv","options":{"version":"2"}}""";

    private static string Synced(ClusterScene scene, string field) =>
        Condition(scene.Get("external-secrets.io/v1", "ExternalSecret", "asks", "app"), "Ready", field);

    /// <summary>As our resources do it: the engine, who may read, and a document.</summary>
    private static void Fill(ClusterScene scene)
    {
        var token = Text(Login(scene, "orrery", "openbao", "openbao", "orrery").Json, "auth", "client_token");
        Vault(scene, "POST", "sys/mounts/secret", Kv, token).Status.ShouldBe(204);
        Vault(
            scene, "POST", "sys/policies/acl/external-secrets",
            new JsonObject { ["policy"] = VaultAccess.ReaderPolicy }.ToJsonString(), token).Status.ShouldBe(204);
        Vault(
            scene, "POST", "auth/kubernetes/role/external-secrets",
            """
            {"bound_service_account_names":["external-secrets"],
            "bound_service_account_namespaces":["external-secrets"],"audience":"openbao",
            "token_policies":["external-secrets"],"token_ttl":"600s"}
            """,
            token).Status.ShouldBe(204);
        Vault(scene, "POST", "secret/data/app", """{"options":{"cas":0},"data":{"word":"planted"}}""", token).Status
            .ShouldBe(200);
    }

    private static void Deliver(ClusterScene scene, params string[] keys)
    {
        var platform = CosmosPlatform.With("secrets: { sealedSecrets: }", "secrets: { vault: }");
        var cluster = platform.Clusters["prod"] with
        {
            Documents = ValueMap.Of(("app.sops.yaml", string.Concat(keys.Select(key => $"{key}: ENC[x]\n")))),
        };
        var component = Components.Of(platform, cluster).Single(each => each.Name == "vault-secrets");
        foreach (var manifest in component.Objects.Values)
            scene.Apply(YamlText.Write(manifest));
    }

    private static ClusterScene Boot(string key = Key, string kind = "local-path")
    {
        var scene = new ClusterScene().Boot("default-local-storage-path: /data/k3s-storage\n");
        Set(scene, key, kind);
        return scene;
    }

    private static void Set(ClusterScene scene, string key, string kind)
    {
        scene.Apply(KeptClass);
        scene.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: openbao}}");
        scene.Apply("{apiVersion: v1, kind: Namespace, metadata: {name: external-secrets}}");
        foreach (var (space, account) in new[] { ("openbao", "orrery"), ("openbao", "other"), ("default", "orrery") })
            scene.Apply($"{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: {account}, namespace: {space}}}}}");
        if (key.Length > 0)
        {
            scene.Apply(
                "{apiVersion: v1, kind: Secret, metadata: {name: openbao-seal, namespace: openbao}, stringData: "
                + $"{{key: '{key}'}}}}");
        }

        Install(scene, "openbao", kind);
        scene.Wait(120);
    }

    private static void Install(ClusterScene scene, string name, string kind = "local-path")
    {
        var platform = CosmosPlatform.With("secrets: { sealedSecrets: }", "secrets: { vault: }");
        var component = Components.Of(platform, platform.Clusters["prod"]).Single(each => each.Name == name);
        var values = YamlText.Write(component.BaseValues)
            .Replace("server:\n", $"server:\n  dataStorage: {{storageClass: {kind}}}\n", StringComparison.Ordinal);
        scene.Apply($"""
            apiVersion: helm.cattle.io/v1
            kind: HelmChart
            metadata:
              name: {name}
              namespace: kube-system
            spec:
              chart: {component.Chart!.Name}
              repo: {component.Chart.Repository}
              version: {component.Chart.Version}
              targetNamespace: {component.Namespace}
              valuesContent: |
                {values.Replace("\n", "\n    ", StringComparison.Ordinal)}
            """);
    }

    private static (int Status, JsonNode? Json) Login(
        ClusterScene scene, string role, string space, string audience, string account)
    {
        var path = $"/api/v1/namespaces/{space}/serviceaccounts/{account}/token";
        var body = $$$"""
            {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":["{{{audience}}}"]}}
            """;
        var jwt = Text(Send(scene, "POST", path, body).Json, "status", "token");
        return Vault(scene, "POST", "auth/kubernetes/login", $$"""{"role":"{{role}}","jwt":"{{jwt}}"}""");
    }

    private static (int Status, JsonNode? Json) Vault(
        ClusterScene scene, string method, string path, string? body = null, string? token = null) =>
        Send(scene, method, $"/api/v1/namespaces/openbao/services/http:openbao:8200/proxy/v1/{path}", body, token);

    private static (int Status, JsonNode? Json) Send(
        ClusterScene scene, string method, string path, string? body = null, string? token = null)
    {
        var headers = ValueMap.Of(("content-type", "application/json"));
        var cluster = scene.Clusters.All.Last();
        var reply = cluster.Api.Handle(
            new WorldRequest
            {
                Method = method,
                Path = path,
                Headers = token is null ? headers : headers.With("x-vault-token", token),
                Body = body is null ? default : Encoding.UTF8.GetBytes(body),
            },
            scene.Agenda.Now);
        return (reply.Status, reply.Body.Length == 0 ? null : JsonNode.Parse(reply.Body.Span));
    }
}
