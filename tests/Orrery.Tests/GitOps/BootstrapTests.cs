using Orrery.GitOps.Catalog;
using Orrery.GitOps.Delivery;
using Orrery.GitOps.K3s;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.GitOps;

public sealed class BootstrapTests
{
    private static readonly Value.Sensitive Planted = new("planted-secret-7f3a");

    private static Bootstrap Cosmos => Bootstrap.Of(CosmosPlatform.Platform, CosmosPlatform.Cluster).ShouldNotBeNull();

    private static GitOpsEngine ArgoCd => CosmosPlatform.Cluster.GitOps.ShouldNotBeNull();

    private static IEnumerable<Value.Map> Secrets =>
    [
        BootstrapSecrets.SealedSecretsKey("sealed-secrets-key", "PEM", Planted),
        BootstrapSecrets.Repository(ArgoCd, CosmosPlatform.Platform.Repository, Planted, "ssh-ed25519 AAAA"),
        BootstrapSecrets.ImagePull("argocd", "ghcr.io", "bot", Planted),
        BootstrapSecrets.ImageUpdaterWriteBack("bot", Planted),
        .. Cosmos.Secrets.Select(each => BootstrapSecrets.Of(each.Secret, each.Namespace, _ => Planted)),
        BootstrapSecrets.SopsAge(ArgoCd, Planted, Planted),
    ];

    [Fact]
    public void The_hand_off_of_cosmos_is_as_it_was_read()
    {
        Match("namespaces", Cosmos.Namespaces);
        Match("engine", Cosmos.Engine);
        Match("root", Cosmos.Root);
        foreach (var (name, text) in K3sManifests.Of(CosmosPlatform.Platform, CosmosPlatform.Cluster))
            Golden.Match($"tests/Orrery.Tests/Golden/Bootstrap/machine/{name}", text);
        Golden.HasNothingBut(
            "Bootstrap",
            [
                "namespaces.yaml", "engine.yaml", "root.yaml", "machine/orrery-local-path-provisioner.yaml",
                "machine/orrery-traefik.yaml",
            ]);
    }

    /// <summary>A claim and a secret are of use only in the namespace of the pods.</summary>
    [Fact]
    public void Another_namespace_of_the_monitoring_is_the_same_everywhere()
    {
        const string Component = "    kube-prometheus-stack:\n";
        var platform = CosmosPlatform.With(Component, Component + "      namespace: watch\n");
        var cluster = platform.Clusters["prod"];
        var bootstrap = Bootstrap.Of(platform, cluster).ShouldNotBeNull();
        bootstrap.Secrets.ShouldHaveSingleItem().Namespace.ShouldBe("watch");
        YamlText.WriteAll(bootstrap.Namespaces).ShouldContain("name: watch\n");
        var files = GitOpsTree.Of(platform).Value.ShouldNotBeNull().Files;
        files["overlays/prod/monitoring-storage/grafana-claim.yaml"].ShouldContain("namespace: watch\n");
        files.Values.ShouldAllBe(text => !text.Contains("namespace: monitoring", StringComparison.Ordinal));
    }

    [Fact]
    public void All_that_must_become_healthy_is_named() => Cosmos.Delivered.ShouldBe(
        [
            "argocd-image-updater", "argocd-ingress", "cosmos", "grafana-ingress", "image-updates",
            "kube-prometheus-stack", "monitoring-storage", "sealed-secrets",
        ]);

    [ContractFact]
    public void Every_object_of_the_hand_off_holds_its_contract()
    {
        var onMachine = K3sManifests.Of(CosmosPlatform.Platform, CosmosPlatform.Cluster).Values
            .SelectMany(YamlDocuments.Read);
        foreach (var manifest in Cosmos.Namespaces.Concat(Cosmos.Engine).Concat(Cosmos.Root).Concat(Secrets))
            ObjectContract.Holds(manifest);
        foreach (var manifest in onMachine)
            ObjectContract.Holds(manifest);
    }

    [ContractFact]
    public void Traefik_is_told_what_its_chart_understands()
    {
        var traefik = Components.Of(CosmosPlatform.Platform, CosmosPlatform.Cluster).Single(c => c.Name == "traefik");
        ObjectContract.HoldsAsValuesOf("traefik", traefik.ClusterValues);
    }

    [Fact]
    public void Directories_have_their_owners_and_are_open_to_nobody_else()
    {
        var paths = MachineDirectories.Of(CosmosPlatform.Platform, CosmosPlatform.Cluster);
        paths.Select(path => $"{path.Path} {path.Owner}:{path.Group} {path.Mode}").ShouldBe(
            [
                "/data/alertmanager 1000:2000 0770", "/data/alertmanager/alertmanager-db 1000:2000 0770",
                "/data/grafana 472:472 0770",
                "/data/k3s-storage 0:0 0700",
                "/data/prometheus 1000:2000 0770", "/data/prometheus/prometheus-db 1000:2000 0770",
                "/data/traefik 65532:65532 0700",
                "/data/traefik/acme.json 65532:65532 0600",
            ]);
        paths.Where(path => path.IsFile).ShouldHaveSingleItem().Path.ShouldEndWith("acme.json");
    }

    /// <summary>Two default classes would leave it to chance where a claim's data end up.</summary>
    [Fact]
    public void The_class_of_k3s_is_switched_off_where_ours_takes_its_place()
    {
        AddOns.DisabledIn(CosmosPlatform.Cluster).ShouldBe(["local-storage"]);
        AddOns.DisabledIn(CosmosPlatform.Cluster with { Components = ValueMap<Component>.Empty }).ShouldBeEmpty();
    }

    [Fact]
    public void Staging_certificates_come_from_the_staging_authority()
    {
        var platform = CosmosPlatform.With("environment: production", "environment: staging");
        var text = K3sManifests.Of(platform, platform.Clusters["prod"])["orrery-traefik.yaml"];
        text.ShouldContain("caServer: https://acme-staging-v02.api.letsencrypt.org/directory");
    }

    [Fact]
    public void What_is_secret_stays_sensitive()
    {
        foreach (var secret in Secrets)
        {
            secret.ToString().ShouldNotContain("planted");
            Should.Throw<InvariantException>(() => YamlText.Write(secret)).Message.ShouldNotContain("planted");
        }
    }

    [Theory]
    [InlineData("https://github.com/example/moonrepo", "git@github.com:example/moonrepo.git")]
    [InlineData("https://github.com/example/moonrepo.git", "git@github.com:example/moonrepo.git")]
    [InlineData("git@github.com:example/moonrepo.git", "git@github.com:example/moonrepo.git")]
    public void A_cluster_reads_with_a_deploy_key(string url, string expected) =>
        RepositoryAddress.Ssh(new Repository { Url = url }).ShouldBe(expected);

    private static void Match(string name, IEnumerable<Value.Map> objects) =>
        Golden.Match($"tests/Orrery.Tests/Golden/Bootstrap/{name}.yaml", YamlText.WriteAll(objects));
}
