using System.Text;
using Orrery.GitOps.Delivery;
using Orrery.GitOps.Trees;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Age;
using Orrery.Secrets.Guard;
using Orrery.Secrets.Guard.Documents;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Tests.Contracts;
using Orrery.Tests.Model;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.GitOps;

/// <summary>What Flux follows, and what is applied before it.</summary>
public sealed class FluxTreeTests
{
    private const string Feature = "FluxTree";
    private static readonly string Recipient = $"{AgeIdentity.Generate(SeededRandom.From(1)).Recipient}";

    private static Platform WithSecret { get; } = FluxPlatform.With(Recipient, ("web.sops.yaml", Encrypted()));

    private static RenderedTree Tree => GitOpsTree.Of(WithSecret).Value.ShouldNotBeNull();

    private static Bootstrap HandOff => Bootstrap.Of(WithSecret, WithSecret.Clusters["prod"]).ShouldNotBeNull();

    [Fact]
    public void The_tree_is_as_it_was_read()
    {
        var files = Tree.Files.Where(file => !file.Key.EndsWith(".sops.yaml", StringComparison.Ordinal)).ToArray();
        foreach (var (path, text) in files)
            Golden.Match($"tests/Orrery.Tests/Golden/{Feature}/cosmos/{path}", text);
        foreach (var (name, objects) in (IEnumerable<(string, ValueList<Value.Map>)>)
            [("engine", HandOff.Engine), ("namespaces", HandOff.Namespaces), ("root", HandOff.Root)])
            Golden.Match($"tests/Orrery.Tests/Golden/{Feature}/bootstrap/{name}.yaml", YamlText.WriteAll(objects));
        Golden.HasNothingBut(
            Feature,
            [
                .. files.Select(file => $"cosmos/{file.Key}"), "bootstrap/engine.yaml", "bootstrap/namespaces.yaml",
                "bootstrap/root.yaml",
            ]);
        Tree.Files["overlays/prod/sops-secrets-shop/web.sops.yaml"].ShouldBe(
            WithSecret.Clusters["prod"].Documents["web.sops.yaml"]);
    }

    [ContractFact]
    public void Every_object_holds_its_contract()
    {
        var objects = Tree.Files.Where(file => !file.Key.EndsWith(".sops.yaml", StringComparison.Ordinal))
            .SelectMany(file => YamlDocuments.Read(file.Value)).OfType<Value.Map>()
            .Where(document => document["apiVersion"].AsText() != "kustomize.config.k8s.io/v1beta1")
            .Concat(HandOff.Engine).Concat(HandOff.Namespaces).Concat(HandOff.Root).ToList();
        foreach (var kind in (string[])["HelmRelease", "HelmRepository", "GitRepository", "Kustomization"])
            objects.ShouldContain(each => each["kind"].AsText() == kind);
        foreach (var manifest in objects)
            ObjectContract.Holds(manifest);
    }

    [Fact]
    public void All_that_must_become_ready_is_named() => HandOff.Delivered.ShouldBe(
        [
            "HelmRelease kube-system/sealed-secrets", "HelmRelease monitoring/kube-prometheus-stack",
            "Kustomization flux-system/cosmos", "Kustomization flux-system/grafana-ingress",
            "Kustomization flux-system/kube-prometheus-stack", "Kustomization flux-system/monitoring-storage",
            "Kustomization flux-system/sealed-secrets", "Kustomization flux-system/sops-secrets-shop",
        ]);

    /// <summary>With Argo CD the monitoring waits for its volumes; here its claims do so by themselves.</summary>
    [Fact]
    public void One_waits_for_another_only_where_the_API_server_would_refuse_it()
    {
        Tree.Orders["prod"].Edges.ShouldBeEmpty();
        Tree.Files.Values.ShouldAllBe(text => !text.Contains("dependsOn", StringComparison.Ordinal));
        var vault = FluxPlatform.With("sops: }", "sops: , vault: { externalSecrets: true } }");
        var rendered = GitOpsTree.Of(vault).Value.ShouldNotBeNull();
        rendered.Orders["prod"].Edges.Select(edge => $"{edge.After} {edge.Because}").ShouldBe(
            [
                "vault-secrets custom resource clustersecretstores.external-secrets.io",
                "vault-secrets custom resource clusterexternalsecrets.external-secrets.io",
                "vault-secrets webhook clustersecretstores.external-secrets.io",
            ]);
        Specs(rendered).Where(spec => spec.Value["dependsOn"] is not Value.Null)
            .Select(spec => $"{spec.Key} {YamlText.Write((Value.Map)spec.Value["dependsOn"].AsList()[0])}")
            .ShouldBe(["clusters/prod/vault-secrets.yaml name: external-secrets\n"]);
    }

    /// <summary>How their machines come up says nothing about what is delivered there.</summary>
    [Theory]
    [InlineData("cloudlab", "cloudlab")]
    [InlineData("ducktape", "talos")]
    public void The_trees_of_clusters_of_Talos_render(string example, string cluster)
    {
        var rendered = GitOpsTree.Of(TalosPlatformTests.Meant(example));
        rendered.Diagnostics.ShouldBeEmpty();
        var files = rendered.Value.ShouldNotBeNull().Files;
        files.Keys.ShouldContain($"clusters/{cluster}/namespace.yaml");
        files.Keys.Where(path => path.StartsWith("clusters/", StringComparison.Ordinal)).ShouldAllBe(
            path => path.StartsWith($"clusters/{cluster}/", StringComparison.Ordinal));
        files.Keys.ShouldAllBe(path => !path.StartsWith("argocd/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_root_has_something_to_follow_where_nothing_is_delivered()
    {
        var cluster = FluxPlatform.Cluster with
        {
            Components = ValueMap<Component>.Empty,
            Secrets = ClusterSecrets.None,
        };
        var platform = FluxPlatform.Platform with { Clusters = ValueMap.Of(("prod", cluster)) };
        GitOpsTree.Of(platform).Value.ShouldNotBeNull().Files.Keys.ShouldBe(["clusters/prod/namespace.yaml"]);
        Bootstrap.Of(platform, cluster).ShouldNotBeNull().Delivered.ShouldBe(["Kustomization flux-system/cosmos"]);
    }

    [Fact]
    public void A_host_that_nobody_serves_is_told_here_too()
    {
        var cluster = FluxPlatform.Cluster with { Components = FluxPlatform.Cluster.Components.Without("traefik") };
        var platform = FluxPlatform.Platform with { Clusters = ValueMap.Of(("prod", cluster)) };
        GitOpsTree.Of(platform).Diagnostics.ShouldHaveSingleItem().Detail.ShouldContain("ingress class");
    }

    /// <summary>Encrypted files that Flux would apply as they are are what the guard looks for.</summary>
    [Fact]
    public void Whoever_builds_encrypted_files_decrypts_them_with_provider_and_Secret()
    {
        Guarded(Tree.Files).ShouldBeEmpty();
        var root = (Value.Map)HandOff.Root[^1]["spec"];
        foreach (var spec in Specs(Tree).Values.Append(root))
        {
            if (spec["decryption"] is not Value.Map decryption)
                continue;
            decryption["provider"].AsText().ShouldBe("sops");
            ((Value.Map)decryption["secretRef"])["name"].AsText().ShouldBe("sops-age");
        }

        root["decryption"].ShouldBeOfType<Value.Map>();
        Specs(Tree).Single(spec => spec.Value["decryption"] is Value.Map).Key
            .ShouldBe("clusters/prod/sops-secrets-shop.yaml");
        // The check can fail: without the wiring the guard finds the file.
        const string path = "clusters/prod/sops-secrets-shop.yaml";
        Guarded(Tree.Files.With(path, Tree.Files[path].Replace("provider: sops", "provider: none"))).ShouldNotBeEmpty();
    }

    [Fact]
    public void Without_SOPS_nobody_asks_for_keys_that_are_not_there()
    {
        var platform = FluxPlatform.With(", sops: }", " }");
        var root = Bootstrap.Of(platform, platform.Clusters["prod"]).ShouldNotBeNull().Root;
        YamlText.WriteAll(root).ShouldNotContain("decryption");
    }

    [ContractFact]
    public void Secrets_are_for_Flux_and_stay_sensitive()
    {
        var planted = new Value.Sensitive("planted-secret-7f3a");
        var engine = new GitOpsEngine.Flux();
        Value.Map[] secrets =
        [
            BootstrapSecrets.Repository(engine, WithSecret.Repository, planted, "ssh-ed25519 AAAA"),
            BootstrapSecrets.SopsAge(engine, planted, planted),
        ];
        secrets.Select(secret => string.Join(' ', ((Value.Map)secret["stringData"]).Fields.Keys)).ShouldBe(
            ["identity identity.pub known_hosts", "former.agekey identity.agekey"]);
        foreach (var secret in secrets)
        {
            ObjectContract.Holds(secret);
            secret.ToString().ShouldNotContain("planted");
            ((Value.Map)secret["metadata"])["namespace"].AsText().ShouldBe("flux-system");
        }
    }

    [Theory]
    [InlineData("https://github.com/example/moonrepo", "ssh://git@github.com/example/moonrepo.git")]
    [InlineData("git@github.com:example/moonrepo.git", "ssh://git@github.com/example/moonrepo.git")]
    public void Flux_wants_an_address_with_a_scheme_and_the_keys_of_its_host(string url, string expected)
    {
        var repository = new Repository { Url = url };
        RepositoryAddress.SshUrl(repository).ShouldBe(expected);
        RepositoryAddress.KnownHosts(repository).ShouldNotBeNull().ShouldStartWith("github.com ssh-ed25519 AAAA");
        RepositoryAddress.KnownHosts(new Repository { Url = "git@git.example.org:a/b" }).ShouldBeNull();
    }

    [Fact]
    public void Two_clusters_with_different_engines_share_no_file()
    {
        var second = CosmosPlatform.Cluster with { Name = "dev" };
        var platform = WithSecret with { Clusters = WithSecret.Clusters.With("dev", second) };
        var files = GitOpsTree.Of(platform).Value.ShouldNotBeNull().Files;
        foreach (var (path, text) in Tree.Files)
            files[path].ShouldBe(text);
        files.Keys.ShouldContain("argocd/apps/sealed-secrets.yaml");
        files.Keys.ShouldContain("base/sealed-secrets/values.yaml");
    }

    private static ValueMap<Value.Map> Specs(RenderedTree tree) => ValueMap.From(
        from file in tree.Files
        where file.Key.StartsWith("clusters/", StringComparison.Ordinal)
            && !file.Key.EndsWith("/namespace.yaml", StringComparison.Ordinal)
        select KeyValuePair.Create(file.Key, (Value.Map)((Value.Map)YamlDocuments.Read(file.Value)[0])["spec"]));

    private static IReadOnlyList<Finding> Guarded(ValueMap<string> files) => TreeSearch.Of(
        [
            .. files.Select(file => FileSearch.Of(
                $"cosmos/{file.Key}", Encoding.UTF8.GetBytes(file.Value), Covering.Read([]))),
        ],
        null);

    private static string Encrypted() => Encoding.UTF8.GetString(SopsFile.Encrypt(
        "apiVersion: v1\nkind: Secret\nmetadata: { name: web, namespace: shop }\nstringData: { password: tulip }\n"u8
            .ToArray(),
        SopsFormat.Yaml,
        CreationRule.For(Recipient) with { Selection = SopsSelection.Of("encrypted_regex", "^(data|stringData)$") },
        DateTimeOffset.UnixEpoch,
        SeededRandom.From(5)));
}
