using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

public class SimulatedClusterTests
{
    private static readonly string[] Addons = ["coredns", "local-storage", "metrics-server", "traefik"];

    [Fact]
    public void A_machine_that_starts_K3s_is_a_cluster_whose_node_gets_ready()
    {
        var scene = new ClusterScene().Boot();
        scene.Cluster.IsRunning.ShouldBeTrue();
        scene.Clusters.ApiOf(scene.Cluster.Machine).ShouldBe(scene.Cluster.Api);
        scene.Cluster.ServerAuthority.ShouldContain("server-ca");
        scene.Cluster.ClientAuthority.ShouldContain("client-ca");
        var node = scene.Get("v1", "Node", "", "node-1").ShouldNotBeNull();
        Condition(node, "Ready").ShouldBe("True");
        Text(node, "status", "addresses", "0", "address").ShouldBe("203.0.113.1");
        Text(node, "status", "nodeInfo", "kubeletVersion").ShouldBe("v1.34.3+k3s3");
        scene.Get("v1", "Secret", "kube-system", "node-1.node-password.k3s").ShouldNotBeNull();
        scene.Store.List("k3s.cattle.io/v1", "Addon").Select(addon => Text(addon, "metadata", "name"))
            .ShouldBe(Addons);
    }

    [Theory]
    [InlineData("coredns", "apps/v1", "Deployment", "kube-system", "coredns")]
    [InlineData("local-storage", "storage.k8s.io/v1", "StorageClass", "", "local-path")]
    [InlineData("metrics-server", "apps/v1", "Deployment", "kube-system", "metrics-server")]
    [InlineData("traefik", "helm.cattle.io/v1", "HelmChart", "kube-system", "traefik")]
    public void A_packaged_component_is_there_unless_it_is_disabled(
        string component, string apiVersion, string kind, string ns, string name)
    {
        new ClusterScene().Boot().Get(apiVersion, kind, ns, name).ShouldNotBeNull();
        var without = new ClusterScene().Boot($"disable:\n- {component}\n");
        without.Get(apiVersion, kind, ns, name).ShouldBeNull();
        without.Get("v1", "Node", "", "node-1").ShouldNotBeNull();
    }

    [Fact]
    public void The_folder_for_local_volumes_is_the_one_of_the_configuration()
    {
        var scene = new ClusterScene().Boot("default-local-storage-path: /data/k3s-storage\n");
        Text(scene.Get("v1", "ConfigMap", "kube-system", "local-path-config"), "data", "config.json")
            .ShouldContain("\"/data/k3s-storage\"");
    }

    [Fact]
    public void Manifests_of_the_machine_are_applied_as_soon_as_what_they_need_is_there()
    {
        var scene = new ClusterScene().Boot(manifests:
        [
            ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: later\n"),
            ("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n---\n"
                + "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: later\n"),
        ]);
        scene.Get("v1", "ConfigMap", "later", "a").ShouldNotBeNull();
        var addon = scene.Get("k3s.cattle.io/v1", "Addon", "kube-system", "b");
        Text(addon, "spec", "source").ShouldBe("/var/lib/rancher/k3s/server/manifests/b.yaml");
        Text(addon, "spec", "checksum").Length.ShouldBe(64);
        Text(scene.Get("v1", "ConfigMap", "default", "b"), "metadata", "annotations",
            "objectset.rio.cattle.io/owner-name").ShouldBe("b");
    }

    [Fact]
    public void A_file_that_changes_is_applied_again_and_one_that_goes_leaves_its_objects()
    {
        const string Path = "/var/lib/rancher/k3s/server/manifests/a.yaml";
        const string Text1 = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: one\n";
        var scene = new ClusterScene().Boot(manifests: [("a.yaml", Text1)]);
        scene.Cluster.Machine.WriteFile(
            Path, System.Text.Encoding.UTF8.GetBytes(Text1.Replace("one", "two", StringComparison.Ordinal)), 0x180, 0);
        scene.Wait(20);
        Text(scene.Get("v1", "ConfigMap", "default", "a"), "data", "x").ShouldBe("two");
        scene.Ssh("rm " + Path);
        scene.Wait(20);
        scene.Get("v1", "ConfigMap", "default", "a").ShouldNotBeNull();
    }

    [Fact]
    public void A_restart_brings_the_same_cluster_back()
    {
        var scene = new ClusterScene().Boot();
        var (cluster, uid) = (scene.Cluster, Uid(scene));
        scene.Ssh("systemctl stop k3s");
        cluster.IsRunning.ShouldBeFalse();
        scene.Clusters.ApiOf(cluster.Machine).ShouldBeNull();
        scene.Ssh("systemctl start k3s");
        scene.Wait(60);
        scene.Cluster.ShouldBe(cluster);
        cluster.IsRunning.ShouldBeTrue();
        Uid(scene).ShouldBe(uid);
        scene.Park.Reset("1");
        scene.Wait(120);
        scene.Cluster.ShouldBe(cluster);
        Condition(scene.Get("v1", "Node", "", "node-1"), "Ready").ShouldBe("True");
    }

    [Fact]
    public void Another_machine_and_a_lost_datastore_are_new_clusters()
    {
        var scene = new ClusterScene().Boot().Boot(id: "2");
        var uid = Uid(scene);
        Text(scene.Clusters.Find("2")?.Api.Store.Get("v1", "Namespace", "", "kube-system"), "metadata", "uid")
            .ShouldNotBe(uid);
        scene.Clusters.All.Count().ShouldBe(2);
        scene.Ssh("systemctl stop k3s; rm -r /var/lib/rancher/k3s/server/db; systemctl start k3s");
        scene.Wait(60);
        Uid(scene).ShouldNotBe(uid);
    }

    [Fact]
    public void The_same_seed_gives_the_same_cluster() =>
        Uid(new ClusterScene().Boot()).ShouldBe(Uid(new ClusterScene().Boot()));

    [Fact]
    public void The_kubectl_of_the_machine_asks_the_API()
    {
        var scene = new ClusterScene().Boot();
        scene.Ssh("kubectl get --raw /readyz").Output.ShouldBe("ok");
        scene.Ssh("kubectl get namespace kube-system -o jsonpath={.metadata.uid}").Output.ShouldBe(Uid(scene));
        scene.Ssh("kubectl get nodes").Output.ShouldContain("node-1         Ready");
        var missing = scene.Ssh("kubectl get namespace nowhere -o jsonpath={.metadata.uid}");
        missing.ExitCode.ShouldBe(1);
        missing.Error.ShouldBe("Error from server (NotFound): namespaces \"nowhere\" not found\n");
        scene.Ssh("kubectl drain node-1").Error.ShouldContain("does not know");
    }

    private static string Uid(ClusterScene scene) =>
        Text(scene.Get("v1", "Namespace", "", "kube-system"), "metadata", "uid");
}
