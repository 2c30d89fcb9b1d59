using System.Text;
using System.Text.Json.Nodes;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Tests.Secrets;
using static Orrery.Tests.Simulation.ArgoCd.ArgoScene;

namespace Orrery.Tests.Simulation.ArgoCd;

/// <summary>What the simulated Argo CD makes of SOPS documents, with KSOPS wired well and otherwise.</summary>
public sealed class KsopsTests
{
    private const string Kustomization = "generators: [ksops.yaml]";

    private const string Generator = """
        apiVersion: viaduct.ai/v1
        kind: ksops
        metadata:
          name: secrets
          annotations:
            config.kubernetes.io/function: |
              exec:
                path: ksops
        files: [./web.sops.yaml]
        """;

    private const string Container = """
        env:
        - { name: SOPS_AGE_KEY_FILE, value: /app/config/age/keys.txt }
        - { name: XDG_CONFIG_HOME, value: /.config }
        volumeMounts:
        - { name: custom-tools, mountPath: /usr/local/bin/ksops, subPath: ksops }
        - { name: sops-age, mountPath: /app/config/age, readOnly: true }
        - { name: sops-age-former, mountPath: /.config/sops/age, readOnly: true }
        """;

    private const string Pod = """
        initContainers:
        - name: install-ksops
          image: docker.io/viaductoss/ksops:v4.5.1
          command: [/usr/local/bin/ksops, install, /custom-tools]
          volumeMounts: [{ name: custom-tools, mountPath: /custom-tools }]
        volumes:
        - { name: custom-tools, emptyDir: {} }
        - { name: sops-age, secret: { secretName: sops-age, items: [{ key: keys.txt, path: keys.txt }] } }
        - { name: sops-age-former, secret: { secretName: sops-age, items: [{ key: former.txt, path: keys.txt }] } }
        """;

    private static readonly IIdentity Key = AgeIdentity.Generate(SeededRandom.From(1));
    private static readonly IIdentity Other = AgeIdentity.Generate(SeededRandom.From(2));

    [Fact]
    public void A_document_for_the_cluster_becomes_its_Secret()
    {
        var scene = Play();
        scene.State("web").ShouldBe("Synced Healthy Succeeded", scene.Conditions("web"));
        PasswordIn(scene).ShouldBe("tulip");
    }

    [Fact]
    public void A_document_for_the_key_before_opens_too()
    {
        var scene = Play(keys: $"keys.txt: {Other.Export()}, former.txt: {Key.Export()}");
        scene.State("web").ShouldBe("Synced Healthy Succeeded", scene.Conditions("web"));
        PasswordIn(scene).ShouldBe("tulip");
    }

    [Theory]
    [InlineData("keys.txt: OTHER", null, null, null, "Error getting data key: 0 successful groups required, got 0")]
    [InlineData("key.txt: KEY", null, null, null, "Error getting data key: 0 successful groups required, got 0")]
    [InlineData(null, "mountPath: /app/config/age", "mountPath: /elsewhere", null, "Error getting data key")]
    [InlineData(null, "value: /app/config/age/keys.txt", "value: /none", null, "Error getting data key")]
    [InlineData(null, "subPath: ksops", "subPath: other", null, "exec: \"ksops\": executable file not found in $PATH")]
    [InlineData(null, "install, /custom-tools", "version", null, "executable file not found in $PATH")]
    [InlineData(null, null, null, "", "external plugins disabled; unable to load external plugin 'ksops'")]
    [InlineData(null, null, null, "--enable-exec", "external plugins disabled; unable to load external plugin")]
    public void What_is_not_wired_is_a_ComparisonError_that_says_why(
        string? keys, string? old, string? with, string? options, string said)
    {
        var scene = Play(
            keys?.Replace("OTHER", Other.Export()).Replace("KEY", Key.Export()), (old, with), options);
        scene.State("web").ShouldStartWith("Unknown ");
        scene.Conditions("web").ShouldStartWith("ComparisonError: Failed to load target state: failed to generate");
        scene.Conditions("web").ShouldContain(said);
        scene.Conditions("web").ShouldNotContain("tulip");
        PasswordIn(scene).ShouldBeNull();
    }

    [Theory]
    [InlineData("apps/web/ksops.yaml", "apps/web/other.yaml", "ksops.yaml: no such file or directory")]
    [InlineData("apps/web/web.sops.yaml", "apps/web/other.yaml", "open ./web.sops.yaml: no such file or directory")]
    public void A_file_that_is_missing_is_named(string path, string other, string said)
    {
        var scene = Play(move: (path, other));
        scene.Conditions("web").ShouldContain(said);
    }

    [Fact]
    public void A_document_that_was_changed_is_refused_by_its_MAC()
    {
        var scene = Play(change: text => text.Replace("type: Opaque", "type: other/kind"));
        scene.Conditions("web").ShouldContain("trouble decrypting file: failed to verify data integrity");
    }

    /// <summary>kustomize passes over the generator in silence, and nothing of it is there.</summary>
    [Fact]
    public void Without_enable_exec_nothing_is_generated_and_nothing_said()
    {
        var scene = Play(options: "--enable-alpha-plugins");
        scene.Conditions("web").ShouldBeEmpty();
        PasswordIn(scene).ShouldBeNull();
    }

    [Fact]
    public void An_encrypted_file_among_the_resources_is_refused_by_the_API_server()
    {
        var scene = Play(kustomization: "resources: [web.sops.yaml]");
        scene.State("web").ShouldBe("OutOfSync Missing Failed");
        scene.Message("web").ShouldContain(".sops: field not declared in schema");
        PasswordIn(scene).ShouldBeNull();
    }

    [Fact]
    public void The_key_that_comes_later_is_found()
    {
        var scene = Play(keys: $"keys.txt: {Other.Export()}");
        scene.Store.Delete("v1", "Secret", "argocd", "sops-age");
        scene.Make(Keys($"keys.txt: {Key.Export()}"));
        scene.Wait(130);
        scene.State("web").ShouldBe("Synced Healthy Succeeded", scene.Conditions("web"));
    }

    private static ArgoScene Play(
        string? keys = null, (string? Old, string? With) wiring = default, string? options = null,
        string kustomization = Kustomization, (string From, string To)? move = null,
        Func<string, string>? change = null)
    {
        var scene = new ArgoScene();
        scene.Install();
        Wire(scene, wiring);
        var settings = scene.Store.Get("v1", "ConfigMap", "argocd", "argocd-cm")!;
        settings["data"]!["kustomize.buildOptions"] = options ?? "--enable-alpha-plugins --enable-exec";
        scene.Store.Update(settings, new());
        scene.Make(Keys(keys ?? $"keys.txt: {Key.Export()}"));
        (string Path, string Content)[] files =
        [
            ("apps/web/kustomization.yaml", kustomization), ("apps/web/ksops.yaml", Generator),
            ("apps/web/web.sops.yaml", (change ?? (static text => text))(Document())),
        ];
        scene.Push([.. files.Select(file => (file.Path == move?.From ? move.Value.To : file.Path, file.Content))]);
        scene.Make(Application("web", "path: apps/web"));
        scene.Wait(120);
        return scene;
    }

    private static string Keys(string data) =>
        $"{{apiVersion: v1, kind: Secret, metadata: {{name: sops-age, namespace: argocd}}, stringData: {{{data}}}}}";

    private static void Wire(ArgoScene scene, (string? Old, string? With) wiring)
    {
        var deployment = scene.Store.Get("apps/v1", "Deployment", "argocd", "argocd-repo-server")!;
        var pod = (JsonObject)deployment["spec"]!["template"]!["spec"]!;
        Merge(pod, Pod);
        Merge((JsonObject)pod["containers"]![0]!, Container);
        scene.Store.Update(deployment, new());
        scene.Ready("Deployment", "argocd", "argocd-repo-server");

        void Merge(JsonObject into, string text)
        {
            if (wiring is ({ } old, var with))
                text = text.Replace(old, with);
            foreach (var (name, value) in (JsonObject)YamlDocuments.Parse(text)!)
                into[name] = value?.DeepClone();
        }
    }

    private static string Document() => Encoding.UTF8.GetString(SopsFile.Encrypt(
        """
        apiVersion: v1
        kind: Secret
        metadata: { name: web }
        type: Opaque
        stringData: { password: tulip }
        """u8,
        SopsFormat.Yaml,
        CreationRule.For($"{Key.Recipient}") with
        {
            Selection = SopsSelection.Of("encrypted_regex", "^(data|stringData)$"),
        },
        DateTimeOffset.UnixEpoch,
        SeededRandom.From(3)));

    private static string? PasswordIn(ArgoScene scene) =>
        scene.Store.Get("v1", "Secret", "shop", "web")?["data"]?["password"] is { } password
            ? Encoding.UTF8.GetString(Convert.FromBase64String($"{password}"))
            : null;
}
