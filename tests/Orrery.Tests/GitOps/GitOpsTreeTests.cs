using System.Globalization;
using Orrery.GitOps.Catalog;
using Orrery.GitOps.Delivery;
using Orrery.GitOps.Trees;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.GitOps;

public sealed class GitOpsTreeTests
{
    private const string Feature = "GitOpsTree";

    private static RenderedTree Cosmos => GitOpsTree.Of(CosmosPlatform.Platform).Value.ShouldNotBeNull();

    [Fact]
    public void The_tree_of_cosmos_is_as_it_was_read()
    {
        foreach (var (path, text) in Cosmos.Files.With(RenderedTree.ListName, Cosmos.List))
            Golden.Match($"tests/Orrery.Tests/Golden/{Feature}/cosmos/{path}", text);
        Golden.HasNothingBut(Feature, Cosmos.Files.Keys.Append(RenderedTree.ListName).Select(path => $"cosmos/{path}"));
    }

    [Fact]
    public void It_is_the_same_bytes_again_and_where_numbers_are_written_otherwise()
    {
        var first = Cosmos;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NegativeSign, culture.NumberFormat.NumberDecimalSeparator) = ("~", ",");
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            Cosmos.Files.ShouldBe(first.Files);
            Cosmos.List.ShouldBe(first.List);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [ContractFact]
    public void Every_object_holds_its_contract()
    {
        var objects = Cosmos.Files.Values.SelectMany(YamlDocuments.Read).OfType<Value.Map>()
            .Where(document => document["kind"].AsText() is not (null or "Kustomization")).ToList();
        objects.Count.ShouldBeGreaterThanOrEqualTo(10);
        foreach (var manifest in objects)
            ObjectContract.Holds(manifest);
    }

    /// <summary>A version is pinned in one place, and it is one that exists.</summary>
    [ContractFact]
    public void Every_chart_is_pinned_to_a_version_that_its_repository_has()
    {
        var known = ObjectContract.Read("charts.json").EnumerateArray()
            .Where(chart => chart.TryGetProperty("version", out _))
            .ToLookup(chart => chart.GetProperty("chart").GetString()!);
        var charts = Components.Of(CosmosPlatform.Platform, CosmosPlatform.Cluster)
            .Select(component => component.Chart).OfType<Chart>().ToList();
        charts.Count.ShouldBe(5);
        foreach (var chart in charts)
        {
            known[chart.Name].Select(entry => entry.GetProperty("version").GetString()).ShouldContain(chart.Version);
            known[chart.Name].Any(e => e.GetProperty("repository").GetString()!.StartsWith(
                chart.Repository, StringComparison.Ordinal)).ShouldBeTrue(chart.Name);
        }
    }

    [Fact]
    public void A_declared_version_and_values_are_laid_over_the_catalogs()
    {
        var platform = CosmosPlatform.With(
            "      persistence: { prometheus:",
            "      version: 88.0.0\n      values: { grafana: { replicas: 2 }, prometheus: { enabled: false } }\n"
            + "      persistence: { prometheus:");
        var files = GitOpsTree.Of(platform).Value.ShouldNotBeNull().Files;
        files["argocd/apps/kube-prometheus-stack.yaml"].ShouldContain("targetRevision: 88.0.0");
        var values = (Value.Map)YamlDocuments.Read(files["overlays/prod/kube-prometheus-stack/values.yaml"])[0];
        var grafana = (Value.Map)values["grafana"];
        grafana["replicas"].AsNumber().ShouldBe(2);
        grafana["persistence"].ShouldNotBe(Value.Null.Instance);
        ((Value.Map)values["prometheus"])["enabled"].AsBool().ShouldBeFalse();
    }

    [Fact]
    public void A_platform_without_an_engine_has_no_tree()
    {
        var cluster = CosmosPlatform.Cluster with { GitOps = null };
        var platform = CosmosPlatform.Platform with { Clusters = ValueMap.Of(("prod", cluster)) };
        GitOpsTree.Of(platform).Diagnostics.ShouldHaveSingleItem().Code.ShouldBe("RENDER006");
        Bootstrap.Of(platform, cluster).ShouldBeNull();
    }

    [Fact]
    public void A_host_that_nobody_serves_is_told()
    {
        var cluster = CosmosPlatform.Cluster with { Components = ValueMap<Component>.Empty };
        var platform = CosmosPlatform.Platform with { Clusters = ValueMap.Of(("prod", cluster)) };
        GitOpsTree.Of(platform).Diagnostics.ShouldHaveSingleItem().Detail.ShouldContain("ingress class");
    }

    [Fact]
    public void Two_clusters_share_what_is_the_same_and_follow_folders_of_their_own()
    {
        var components = CosmosPlatform.Cluster.Components.Without("kube-prometheus-stack");
        var second = CosmosPlatform.Cluster with { Name = "dev", Components = components };
        var platform = CosmosPlatform.Platform with
        {
            Clusters = CosmosPlatform.Platform.Clusters.With("dev", second),
        };
        var files = GitOpsTree.Of(platform).Value.ShouldNotBeNull().Files;
        files.Keys.ShouldContain("argocd/apps/dev/sealed-secrets.yaml");
        files.Keys.ShouldContain("argocd/apps/prod/sealed-secrets.yaml");
        files.Keys.ShouldContain("argocd/apps/prod/kube-prometheus-stack.yaml");
        files.Keys.ShouldNotContain("argocd/apps/dev/kube-prometheus-stack.yaml");
        files["argocd/apps/dev/sealed-secrets.yaml"].ShouldContain("cosmos/base/sealed-secrets/values.yaml");
    }
}
