using Orrery.Cli.Terminal.Runs;
using Orrery.Engine;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Upgrades;
using Orrery.Simulation.ImageFactory;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Providers.Talos;

/// <summary>Which versions a cluster passes through, in which order, and where no way leads.</summary>
public sealed class UpgradeHopsTests
{
    private static readonly IReadOnlyList<string> Releases = new ImageFactoryWorldOptions().Versions;

    [Theory]
    [InlineData("v1.12.3", "v1.35.1", "")]
    [InlineData("v1.12.2", "v1.35.1", "Talos v1.12.2 to v1.12.3")]
    [InlineData("v1.11.6", "v1.34.2", "Talos v1.11.6 to v1.12.3; Kubernetes v1.34.2 to v1.35.1")]
    [InlineData("v1.10.9", "v1.33.0",
        "Talos v1.10.9 to v1.11.6; Talos v1.11.6 to v1.12.3; Kubernetes v1.33.0 to v1.34.0; "
        + "Kubernetes v1.34.0 to v1.35.1")]
    [InlineData("v1.9.2", "v1.27.16",
        "Kubernetes v1.27.16 to v1.28.15; Talos v1.9.2 to v1.10.9; Kubernetes v1.28.15 to v1.29.15; "
        + "Talos v1.10.9 to v1.11.6; Kubernetes v1.29.15 to v1.30.14; Talos v1.11.6 to v1.12.3; "
        + "Kubernetes v1.30.14 to v1.31.14; Kubernetes v1.31.14 to v1.32.0; Kubernetes v1.32.0 to v1.33.0; "
        + "Kubernetes v1.33.0 to v1.34.0; Kubernetes v1.34.0 to v1.35.1")]
    public void Minor_versions_are_taken_one_by_one_and_only_in_supported_pairs(
        string talos, string kubernetes, string hops)
    {
        var route = new UpgradeHops(Running(talos, kubernetes), Releases).Find();

        route.Problems.ShouldBeEmpty();
        string.Join("; ", route.Stages.Select(stage => stage.Title.Split(": ")[0]).Distinct()).ShouldBe(hops);
    }

    [Fact]
    public void API_servers_come_before_what_asks_them_and_kubelets_last()
    {
        var route = new UpgradeHops(Running("v1.12.3", "v1.34.0"), Releases).Find();

        route.Stages.Select(stage => $"{stage.Title.Split(": ")[1]} {stage.Nodes.Count}")
            .ShouldBe(["API servers 3", "controllers 3", "kubelets 5"]);
        route.Stages[0].Nodes.ShouldBe(["controlplane-0", "controlplane-1", "controlplane-2"]);
        route.Stages[0].Versions["controlplane-0"]
            .ShouldBe(new NodeVersions("v1.12.3", "v1.35.1", "v1.34.0", "v1.34.0"));
        route.Stages[0].Versions["worker-0"].ApiServer.ShouldBe("v1.34.0", "a worker has none");
    }

    [Fact]
    public void What_is_done_is_not_done_again()
    {
        var running = Running("v1.11.6", "v1.35.1");
        running = running with
        {
            Versions = running.Versions.With("controlplane-1", NodeVersions.Of("v1.12.3", "v1.35.1")),
        };

        var stage = new UpgradeHops(running, Releases).Find().Stages.ShouldHaveSingleItem();

        stage.Nodes.ShouldBe(["controlplane-0", "controlplane-2", "worker-0", "worker-1"]);
    }

    [Theory]
    [InlineData("v1.13.5", "v1.35.1", "TALOS013", "runs Talos v1.13.5, and v1.12.3 is declared")]
    [InlineData("v1.12.3", "v1.35.2", "TALOS013", "runs Kubernetes v1.35.2, and v1.35.1 is declared")]
    [InlineData("v1.8.4", "v1.31.0", "TALOS014", "neither Talos (no release is known) nor Kubernetes v1.33.0")]
    public void What_cannot_be_reached_is_refused_with_its_reason(
        string talos, string kubernetes, string code, string detail)
    {
        // In the last row the factory has no release of 1.10.
        IReadOnlyList<string> releases = talos == "v1.8.4" ? ["v1.9.6", "v1.12.3"] : Releases;
        var route = new UpgradeHops(Running(talos, kubernetes), releases).Find();

        route.Stages.ShouldBeEmpty();
        var problem = route.Problems.ShouldHaveSingleItem();
        problem.Code.ShouldBe(code);
        problem.Severity.ShouldBe(Severity.Error);
        problem.Detail.ShouldContain(detail);
    }

    [Fact]
    public void The_preview_shows_each_stage_and_its_nodes()
    {
        var route = new UpgradeHops(Running("v1.11.6", "v1.34.0"), Releases).Find();

        UpgradeText.Of("five", new UpgradePreview(route.Stages, [])).ShouldBe(
            """
            five: the upgrade of talos, one node at a time

              1. Talos v1.11.6 to v1.12.3
                 controlplane-0, controlplane-1, controlplane-2, worker-0, worker-1
              2. Kubernetes v1.34.0 to v1.35.1: API servers
                 controlplane-0, controlplane-1, controlplane-2
              3. Kubernetes v1.34.0 to v1.35.1: controllers
                 controlplane-0, controlplane-1, controlplane-2
              4. Kubernetes v1.34.0 to v1.35.1: kubelets
                 controlplane-0, controlplane-1, controlplane-2, worker-0, worker-1

            A snapshot of etcd is kept first, encrypted beside the state.

            """.ReplaceLineEndings("\n"));
    }

    /// <summary>The five machines of the rehearsal, which declare Talos 1.12.3 and Kubernetes 1.35.1.</summary>
    private static Cluster Running(string talos, string kubernetes)
    {
        const string file = "tests/Orrery.Tests/Rehearsal/Talos/platform.yaml";
        var platform = Declaration.Read([new SourceFile("platform.yaml", SourceTree.Read(file))], null).Value!;
        var cluster = platform.Clusters["talos"];
        return cluster with
        {
            Versions = cluster.NodePools.Values.SelectMany(pool => pool.NodeNames())
                .ToValueMap(node => node, _ => NodeVersions.Of(talos, kubernetes)),
        };
    }
}
