using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s;

namespace Orrery.Tests.Simulation.K3s;

/// <summary>A cluster whose datastore is brought to another machine, and what K3s wants of it there.</summary>
public sealed class DatastoreTests
{
    private const string Config = "node-name: node\n";
    private const string Database = "/var/lib/rancher/k3s/server/db/state.db";
    private const string Password = "/etc/rancher/node/password";

    private const string Page = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: page, namespace: default }
        spec:
          selector: { matchLabels: { app: page } }
          template:
            metadata: { labels: { app: page } }
            spec:
              containers: [ { name: page, image: "docker.io/traefik/whoami:v1.11.0" } ]
        """;

    private readonly ClusterScene _scene = new();

    [Fact]
    public void A_cluster_goes_on_where_its_datastore_is_brought()
    {
        var uid = Begin();
        _scene.Ssh("systemctl stop k3s").ExitCode.ShouldBe(0);

        Bring(Read(Database), Read(Password));

        _scene.Clusters.Find("1").ShouldBeNull();
        var cluster = _scene.Clusters.Find("2").ShouldNotBeNull();
        cluster.IsRunning.ShouldBeTrue();
        UidOf(cluster).ShouldBe(uid);
        ClusterScene.Condition(Node(cluster), "Ready").ShouldBe("True");
        ClusterScene.Text(Node(cluster), "status", "addresses", "0", "address").ShouldBe("203.0.113.2");
        var pod = cluster.Api.Store.List("v1", "Pod", "default").ShouldHaveSingleItem();
        ClusterScene.Condition(pod, "Ready").ShouldBe("True");
        ClusterScene.Text(pod, "status", "containerStatuses", "0", "restartCount").ShouldBe("1");
    }

    [Fact]
    public void No_pod_is_ready_before_its_node_has_a_network_and_its_container_has_started()
    {
        Begin();
        _scene.Ssh("systemctl stop k3s");

        Bring(Read(Database), Read(Password));

        var cluster = _scene.Clusters.Find("2").ShouldNotBeNull();
        var pod = cluster.Api.Store.List("v1", "Pod", "default").ShouldHaveSingleItem();
        var latencies = new K3sLatencies();
        (MomentOf(pod) - MomentOf(Node(cluster))).ShouldBeGreaterThanOrEqualTo(
            latencies.ContainerStart + latencies.Readiness);
    }

    [Fact]
    public void A_copy_that_was_made_while_K3s_ran_starts_nothing()
    {
        Begin();

        Bring(Read(Database), Read(Password));

        _scene.Clusters.Find("2").ShouldBeNull();
        _scene.Park.Get("2")!.Journal.Of("k3s.service")
            .ShouldContain(line => line.Contains("database disk image is malformed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_copy_that_is_older_than_the_cluster_starts_nothing()
    {
        Begin();
        _scene.Ssh("systemctl stop k3s");
        var (database, password) = (Read(Database), Read(Password));
        _scene.Ssh("systemctl start k3s").ExitCode.ShouldBe(0);

        Bring(database, password);

        _scene.Clusters.Find("2").ShouldBeNull();
        _scene.Cluster.IsRunning.ShouldBeTrue();
    }

    [Fact]
    public void A_node_that_does_not_know_its_password_is_never_ready()
    {
        Begin();
        _scene.Ssh("systemctl stop k3s");

        Bring(Read(Database), "another");

        ClusterScene.Condition(Node(_scene.Clusters.Find("2").ShouldNotBeNull()), "Ready").ShouldBe("False");
    }

    /// <summary>A cluster with a page that runs; gives the uid by which it is known.</summary>
    private string Begin()
    {
        _scene.Boot(Config).Apply(Page);
        _scene.Wait(60);
        ClusterScene.Condition(_scene.Pod("default", "page-"), "Ready").ShouldBe("True");
        return UidOf(_scene.Cluster);
    }

    private void Bring(string database, string password)
    {
        var folders = "mkdir -p /var/lib/rancher/k3s/server/db /etc/rancher/node";
        _scene.Boot(Config, id: "2", setup:
            $"{folders} && echo '{database.Trim()}' > {Database} && echo '{password.Trim()}' > {Password}");
        _scene.Wait(60);
    }

    private string Read(string path) => _scene.Ssh($"cat {path}").Output;

    /// <summary>When it became ready.</summary>
    private static DateTimeOffset MomentOf(JsonObject? item) => DateTimeOffset.Parse(
        ClusterScene.Condition(item, "Ready", "lastTransitionTime"), CultureInfo.InvariantCulture);

    private static JsonObject? Node(SimulatedCluster cluster) =>
        cluster.Api.Store.Get("v1", "Node", "", "node");

    private static string UidOf(SimulatedCluster cluster) =>
        ClusterScene.Text(cluster.Api.Store.Get("v1", "Namespace", "", "kube-system"), "metadata", "uid");
}
