using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Configuration;
using Orrery.Providers.Vault;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Tests.Providers.Vault;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>Kubeconfigs of many clusters, changed in memory and kept in documents.</summary>
public sealed class KubeconfigChangesTests
{
    private const string Three = """
        apiVersion: v1
        kind: Config
        preferences: {colors: true}
        current-context: prod
        clusters:
        - name: prod
          cluster: {server: "https://prod:6443"}
        - name: shared
          cluster: {server: "https://shared:6443", note: theirs}
        contexts:
        - name: prod
          context: {cluster: prod, user: admin, namespace: team}
        - name: one
          context: {cluster: shared, user: admin}
        - name: two
          context: {cluster: shared, user: two}
        users:
        - name: admin
          user: {token: planted-admin}
        - name: two
          user: {token: planted-two}
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    private static Kubeconfig Config => Kubeconfig.Read(Three, "/home/me/.kube/config");

    [Fact]
    public void One_context_is_taken_out_with_what_it_needs()
    {
        var one = Config.Extract("two");
        Names(one).ShouldBe("two | shared | two");
        one.CurrentContext.ShouldBe("two");
        one.ToText().ShouldContain("note: theirs");
        Config.Extract("one").Contexts.ShouldBe(["one"]);
    }

    [Fact]
    public void A_context_is_renamed_with_its_cluster_and_user_and_leaves_others_theirs()
    {
        var renamed = Config.Rename("prod", "pr-7");
        Names(renamed).ShouldBe("one two pr-7 | shared pr-7 | admin two pr-7");
        renamed.CurrentContext.ShouldBe("pr-7");
        var text = renamed.ToText();
        text.ShouldContain("namespace: team");
        text.ShouldContain("colors: true");
        Names(Config.Rename("two", "shared")).ShouldBe("prod one shared | prod shared | admin shared");
        Should.Throw<ProviderException>(() => Config.Rename("prod", "one")).Message
            .ShouldBe("/home/me/.kube/config has a cluster, user or context 'one' already");
        Should.Throw<ProviderException>(() => Config.Rename("gone", "x")).Message
            .ShouldBe("/home/me/.kube/config has no context 'gone': it has prod, one, two");
    }

    [Theory]
    [InlineData("prod", "one two | shared | admin two", "")]
    [InlineData("two", "prod one | prod shared | admin", "prod")]
    [InlineData("one", "prod two | prod shared | admin two", "prod")]
    public void What_others_use_outlives_a_context(string context, string left, string chosen)
    {
        var without = Config.Remove(context);
        Names(without).ShouldBe(left);
        without.CurrentContext.ShouldBe(chosen, "what is done next goes to no other cluster unasked");
        Names(Config).ShouldBe("prod one two | prod shared | admin two", "a change gives another one");
    }

    [Fact]
    public void A_context_is_chosen_only_if_it_is_there()
    {
        Config.Choose("two").CurrentContext.ShouldBe("two");
        Should.Throw<ProviderException>(() => Config.Choose("gone")).Code.ShouldBe(ProviderErrorCode.NotFound);
    }

    [Fact]
    public void What_a_merge_would_replace_is_named()
    {
        var other = Kubeconfig.Read(
            Three.Replace("planted-two", "planted-other").Replace("https://prod:6443", "https://new:6443"), "other");
        Config.Conflicts(other).ShouldBe(["clusters/prod", "users/two"]);
        Config.Conflicts(Config).ShouldBeEmpty();
        Config.Conflicts(Config.Extract("two")).ShouldBeEmpty();
    }

    [Fact]
    public void Credentials_say_when_they_end_and_what_says_nothing_is_left_out()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=admin", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(Now, Now.AddYears(1));
        var pem = Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate.ExportCertificatePem()));
        var end = Now.AddDays(3).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var claims = Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"exp":{{end}}}""")).TrimEnd('=');
        var config = Kubeconfig.Read(
            $$"""
            users:
            - name: admin
              user: {client-certificate-data: {{pem}}}
            - name: robot
              user: {token: "h.{{claims}}.s"}
            - name: other
              user: {token: opaque, client-certificate-data: "?"}
            - name: strange
              user: {token: "a.b.c"}
            """,
            "x");
        config.Expiries().Select(expiry => $"{expiry}").ShouldBe(
        [
            "the token of robot ends on 2026-11-05 00:00 UTC",
            "the client certificate of admin ends on 2027-11-02 00:00 UTC",
        ]);
    }

    /// <summary>Nothing is in clear but in memory, and only the one document is opened.</summary>
    [Fact]
    public void A_kept_kubeconfig_changes_alone_and_never_stands_in_clear()
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(3));
        var indented = Three.Replace("\n", "\n    ", StringComparison.Ordinal);
        var plain = $"OTHER: planted-sibling\nKUBECONFIG: |\n    {indented}\n";
        var file = new KubeconfigFile(
            KubeconfigDocument.PathOf("prod"),
            SopsFile.Encrypt(
                Encoding.UTF8.GetBytes(plain), SopsFormat.Yaml, CreationRule.For($"{identity.Recipient}"), Now,
                SeededRandom.From(4)),
            [identity]);

        var changed = KubeconfigDocument.Change(
            file, config => config.Rename("prod", "pr-7"), Now.AddDays(1), SeededRandom.From(5));

        file.Path.ShouldBe("secrets/prod/kubeconfig.sops.yaml");
        var (before, after) = (Text(file.Content.ToArray()), Text(changed));
        after.ShouldNotContain("planted");
        Line(after, "OTHER").ShouldBe(Line(before, "OTHER"), "a sibling is byte for byte as it was");
        Names(KubeconfigDocument.Read(changed, file.Path, file.Identities))
            .ShouldBe("one two pr-7 | shared pr-7 | admin two pr-7");
        KubeconfigDocument.Change(file, config => config, Now.AddDays(1), SeededRandom.From(5))
            .ShouldNotBeEmpty();
        $"{file}".ShouldNotContain("planted");
        Should.Throw<SopsException>(() => KubeconfigDocument.Read(
            changed, file.Path, [AgeIdentity.Generate(SeededRandom.From(9))]));
    }

    [Fact]
    public void In_a_Vault_it_is_one_field_beside_others()
    {
        using var scene = new VaultScene();
        scene.Overwrite("""{"TOKEN":"sibling"}""", "kubeconfig");
        scene.Before = () => scene.Overwrite("""{"TOKEN":"sibling","NEW":"1"}""", "kubeconfig");
        scene.Time.Run(() => KubeconfigDocument.PutAsync(scene.Document("kubeconfig"), Config, null, default));
        var fields = scene.World.Fields("secret", "kubeconfig").ShouldNotBeNull();
        fields.Select(field => field.Key).ShouldBe(["TOKEN", "NEW", "KUBECONFIG"]);
        scene.Requests.Where(request => request.Method == "PATCH")
            .ShouldAllBe(request => !Text(request.Body.ToArray()).Contains("sibling"));
    }

    private static string Names(Kubeconfig config)
    {
        var map = (Value.Map)YamlDocuments.Read(config.ToText())[0];
        return string.Join(" | ", new[] { "contexts", "clusters", "users" }.Select(
            list => string.Join(' ', map[list].AsList().Select(item => ((Value.Map)item)["name"].AsText()))));
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static string Line(string text, string key) =>
        text.Split('\n').Single(line => line.StartsWith($"{key}:", StringComparison.Ordinal));
}
