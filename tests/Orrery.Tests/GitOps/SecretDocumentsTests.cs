using System.Text;
using Orrery.GitOps.Catalog;
using Orrery.GitOps.Delivery;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Tests.Contracts;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.GitOps;

/// <summary>SOPS documents of a cluster on their way into the tree, and KSOPS, which opens them.</summary>
public sealed class SecretDocumentsTests
{
    private const string Feature = "SopsSecrets";

    private const string Secret =
        "apiVersion: v1\nkind: Secret\nmetadata: { name: web, namespace: shop }\nstringData: { password: tulip }\n";

    private static readonly string Own = $"{AgeIdentity.Generate(SeededRandom.From(1)).Recipient}";
    private static readonly string Former = $"{AgeIdentity.Generate(SeededRandom.From(2)).Recipient}";
    private static readonly string Other = $"{AgeIdentity.Generate(SeededRandom.From(3)).Recipient}";

    private static SopsSelection OnlyData => SopsSelection.Of("encrypted_regex", "^(data|stringData)$");

    [Fact]
    public void The_tree_has_each_document_as_it_is_and_an_Application_for_each_namespace()
    {
        var (web, mail) = (Encrypted(Secret), Encrypted(Secret.Replace("name: web", "name: mail")));
        var grafana = Encrypted(Secret.Replace("namespace: shop", "namespace: monitoring"), recipient: Former);
        var platform = With(("grafana.sops.yaml", grafana), ("mail.sops.yaml", mail), ("web.sops.yaml", web));
        var files = GitOpsTree.Of(platform).Value.ShouldNotBeNull().Files;
        var ours = files.Where(file => file.Key.Contains("sops-secrets", StringComparison.Ordinal))
            .ToDictionary(file => file.Key, file => file.Value);
        ours["overlays/prod/sops-secrets-shop/web.sops.yaml"].ShouldBe(web);
        ours["overlays/prod/sops-secrets-shop/mail.sops.yaml"].ShouldBe(mail);
        ours["overlays/prod/sops-secrets-monitoring/grafana.sops.yaml"].ShouldBe(grafana);
        var rendered = ours.Where(file => !file.Key.EndsWith(".sops.yaml", StringComparison.Ordinal)).ToArray();
        foreach (var (path, text) in rendered)
            Golden.Match($"tests/Orrery.Tests/Golden/{Feature}/{path}", text);
        Golden.HasNothingBut(Feature, rendered.Select(file => file.Key).Append("values.yaml"));
        // What runs in the namespace comes after it.
        files["argocd/apps/kube-prometheus-stack.yaml"].ShouldContain("sync-wave: \"1\"");
        files["argocd/apps/monitoring-storage.yaml"].ShouldContain("sync-wave: \"0\"");
        files["argocd/apps/sops-secrets-monitoring.yaml"].ShouldContain("sync-wave: \"0\"");
        files["argocd/apps/sealed-secrets.yaml"].ShouldContain("sync-wave: \"0\"");
    }

    [Fact]
    public void Namespaces_of_people_are_left_to_Argo_CD()
    {
        var platform = With(("web.sops.yaml", Encrypted(Secret)));
        var bootstrap = Bootstrap.Of(platform, platform.Clusters["prod"]).ShouldNotBeNull();
        YamlText.WriteAll(bootstrap.Namespaces).ShouldNotContain("shop");
        bootstrap.Delivered.ShouldContain("sops-secrets-shop");
    }

    [Theory]
    [InlineData("RENDER008", "has no metadata of SOPS", "clear")]
    [InlineData("RENDER007", "is encrypted to others than the cluster prod", "other")]
    [InlineData("RENDER008", "Its data.user stands in clear", "partly")]
    [InlineData("RENDER009", "its kind is missing or encrypted", "all")]
    [InlineData("RENDER009", "its kind is missing or encrypted", "no-kind")]
    [InlineData("RENDER009", "Its kind is ConfigMap", "config-map")]
    [InlineData("RENDER009", "The name of its Secret is missing", "no-name")]
    [InlineData("RENDER009", "The namespace of its Secret is missing", "no-namespace")]
    [InlineData("RENDER009", "of the namespaces shop, post", "two-namespaces")]
    [InlineData("RENDER007", "is encrypted to others", "group-of-two")]
    public void What_must_not_or_cannot_be_delivered_is_refused_with_its_file(string code, string said, string what)
    {
        var problem = GitOpsTree.Of(With(("web.sops.yaml", Text(what)))).Diagnostics.ShouldHaveSingleItem();
        problem.Code.ShouldBe(code);
        problem.Detail.ShouldContain("secrets/prod/web.sops.yaml");
        problem.Detail.ShouldContain(said);
        $"{problem}".ShouldNotContain("tulip");
        problem.Hints.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_cluster_without_an_identity_opens_nothing()
    {
        var platform = With(("web.sops.yaml", Encrypted(Secret)));
        var cluster = platform.Clusters["prod"] with { Recipients = [] };
        SecretDocuments.ProblemsOf(cluster).ShouldHaveSingleItem().Detail.ShouldContain("has no identity yet");
    }

    [Theory]
    [InlineData("push.sops.json", "{\"token\": \"tulip\"}")]
    [InlineData("web.sops.env", "PASSWORD=tulip\n")]
    [InlineData("web.sops.bin", "tulip")]
    public void Documents_that_are_not_for_Kubernetes_stay_where_they_are(string name, string plain)
    {
        var text = Encrypted(plain, SopsSelection.Default, SopsFormats.OfPath(name), Other);
        var files = GitOpsTree.Of(With((name, text))).Value.ShouldNotBeNull().Files;
        files.Keys.ShouldAllBe(path => !path.Contains("sops", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_the_strategy_nothing_of_it_is_there()
    {
        var platform = With(("web.sops.yaml", Text("clear")));
        var cluster = platform.Clusters["prod"];
        platform = platform with
        {
            Clusters = ValueMap.Of(("prod", cluster with { Secrets = cluster.Secrets with { Sops = false } })),
        };
        GitOpsTree.Of(platform).Value.ShouldNotBeNull().Files.ShouldBe(
            GitOpsTree.Of(CosmosPlatform.Platform).Value!.Files);
    }

    [ContractFact]
    public void Argo_CD_is_told_where_KSOPS_and_its_keys_are()
    {
        var platform = With();
        var values = ArgoCdIn(platform.Clusters["prod"]).ClusterValues;
        Golden.Match($"tests/Orrery.Tests/Golden/{Feature}/values.yaml", YamlText.Write(values));
        var repoServer = (Value.Map)values["repoServer"];
        var (pod, container) = (Value.Map.Empty.Fields, Value.MapOf(("name", "c"), ("image", "i")).Fields);
        foreach (var part in (string[])["initContainers", "volumes"])
            pod = pod.With(part, repoServer[part]);
        foreach (var part in (string[])["env", "volumeMounts"])
            container = container.With(part, repoServer[part]);
        ObjectContract.Holds(Value.MapOf(
            ("apiVersion", "v1"), ("kind", "Pod"), ("metadata", Value.MapOf(("name", "p"))),
            ("spec", new Value.Map(pod.With("containers", Value.ListOf([new Value.Map(container)]))))));
    }

    [Fact]
    public void The_identity_before_is_mounted_where_there_was_one()
    {
        var cluster = With().Clusters["prod"];
        var text = YamlText.Write(ArgoCdIn(cluster).ClusterValues);
        text.ShouldNotContain("former");
        var rotated = cluster with { KeyGenerations = ValueMap.Of((KeyNames.ClusterIdentity, 2)) };
        YamlText.Write(ArgoCdIn(rotated).ClusterValues).ShouldContain("mountPath: /.config/sops/age");
    }

    private static CatalogComponent ArgoCdIn(Cluster cluster) =>
        Components.Of(CosmosPlatform.Platform, cluster).Single(component => component.Name == "argo-cd");

    private static Platform With(params ReadOnlySpan<(string Name, string Text)> documents)
    {
        var cluster = CosmosPlatform.With("sealedSecrets:", "sealedSecrets: , sops:").Clusters["prod"] with
        {
            Documents = ValueMap.Of(documents),
            Recipients = [Former, Own],
        };
        return CosmosPlatform.Platform with { Clusters = ValueMap.Of(("prod", cluster)) };
    }

    private static string Text(string what) => what switch
    {
        "clear" => Secret,
        "other" => Encrypted(Secret, recipient: Other),
        "partly" => Encrypted(
            Secret + "data: { user: eA== }\n", SopsSelection.Of("encrypted_regex", "^stringData$")),
        "all" => Encrypted(Secret, SopsSelection.Default),
        "no-kind" => Encrypted(Secret.Replace("kind: Secret\n", "")),
        "config-map" => Encrypted(Secret.Replace("kind: Secret", "kind: ConfigMap")),
        "no-name" => Encrypted(Secret.Replace("name: web, ", "")),
        "no-namespace" => Encrypted(Secret.Replace(", namespace: shop", "")),
        "two-namespaces" => Encrypted($"{Secret}---\n{Secret.Replace("shop", "post")}"),
        _ => Encrypted(
            Secret, CreationRule.ForGroups(2, [Own], [Other]) with { Selection = OnlyData }, SopsFormat.Yaml),
    };

    private static string Encrypted(
        string plain, SopsSelection? selection = null, SopsFormat format = SopsFormat.Yaml, string? recipient = null) =>
        Encrypted(
            plain, CreationRule.For(recipient ?? Own) with { Selection = selection ?? OnlyData }, format);

    private static string Encrypted(string plain, CreationRule rule, SopsFormat format) =>
        Encoding.UTF8.GetString(SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(plain),
            format,
            rule,
            DateTimeOffset.UnixEpoch,
            SeededRandom.From(5)));
}
