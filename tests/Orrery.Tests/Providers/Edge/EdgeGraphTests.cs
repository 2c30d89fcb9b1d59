using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Spec;
using Orrery.Providers.Edge;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Providers.Edge;

/// <summary>What a cluster needs of the machine in front of it.</summary>
public sealed class EdgeGraphTests
{
    private static readonly Platform Platform = Read();

    [Fact]
    public void Names_and_zones_are_a_file_each_on_the_machine_that_is_declared()
    {
        var resources = Of(static edge => edge with { Tailnet = null });

        resources.Select(resource => $"{resource.Address}")
            .ShouldBe(["talos/edge/nginx/edge", "talos/edge/dns-secondary/edge"]);
        resources.ShouldAllBe(resource => resource.Desired["host"].AsText() == "root@example.org"
            && resource.Desired["name"].AsText() == "behind-talos");
        resources[0].Needs.ShouldBeEmpty();
        resources[1].Needs.Select(need => $"{need}").ShouldBe(["talos/secret/transfer-key/zones"]);
    }

    [Fact]
    public void What_is_not_declared_is_not_made()
    {
        Of(static edge => edge with { Tailnet = null, Names = [] }).Select(resource => resource.Type)
            .ShouldBe(["edge/dns-secondary"]);
        Of(static edge => edge with { Tailnet = null, Dns = null }).Select(resource => resource.Type)
            .ShouldBe(["edge/nginx"]);
        EdgeGraph.Of(Platform, Platform.Clusters["talos"] with { Edge = null }).ShouldBeEmpty();
    }

    /// <summary>Only what the machine passes on is behind the tailnet, and nothing else of the network.</summary>
    [Fact]
    public void Routes_are_the_addresses_that_the_machine_must_reach()
    {
        var edge = Platform.Clusters["talos"].Edge.ShouldNotBeNull();
        edge.Routes.ShouldBe(["10.2.3.2/32", "10.2.3.3/32"]);
        (edge with { Names = [] }).Routes.ShouldBe(["10.2.3.3/32"]);
        (edge with { Dns = null, Ingress = "fd00::2" }).Routes.ShouldBe(["fd00::2/128"]);
    }

    [Fact]
    public void A_machine_that_people_let_into_the_tailnet_stays_there()
    {
        var member = Of(static edge => edge with
        {
            Tailnet = new Headscale("https://headscale.example.org", "root@headscale.example.org"),
        })[0];

        member.Address.Type.ShouldBe("edge/tailnet-node");
        member.Lifecycle.Ownership.ShouldBe(Ownership.Shared);
        member.Desired["name"].AsText().ShouldBe("behind-talos-edge");
    }

    private static Resource[] Of(Func<ClusterEdge, ClusterEdge> altered)
    {
        var cluster = Platform.Clusters["talos"];
        return [.. EdgeGraph.Of(Platform, cluster with { Edge = altered(cluster.Edge.ShouldNotBeNull()) })];
    }

    private static Platform Read()
    {
        var text = SourceTree.Read("tests/Orrery.Tests/Rehearsal/Edge/platform.yaml");
        return Declaration.Read([new SourceFile("platform.yaml", text)], null).Value.ShouldNotBeNull();
    }
}
