using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Talos.Api;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Talos;

namespace Orrery.Tests.Simulation.Talos;

/// <summary>What an etcd holds goes to another one as a snapshot, or nothing does.</summary>
public sealed class EtcdRecoveryTests
{
    private readonly TalosMachineScene _scene = new();

    private ClusterStore Store => _scene.Park.Clusters.Single().Api.Store;

    [Fact]
    public void A_snapshot_is_whole_blocks_with_their_hash_behind_them()
    {
        Begin(_scene.Configured("11", "10.0.0.11"));

        var snapshot = Snapshot();

        (snapshot.Length % 512).ShouldBe(32);
        SHA256.HashData(snapshot.AsSpan()[..^32]).ShouldBe(snapshot[^32..]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_etcd_holds_what_the_snapshot_held_only_if_it_is_asked_to(bool recovers)
    {
        var node = _scene.Configured("11", "10.0.0.11");
        Begin(node);
        Store.Create(Word());
        Store.Create(Definition());
        _scene.Pass(TimeSpan.FromSeconds(10));
        Store.Create(JsonNode.Parse("""
            { "apiVersion": "example.org/v1", "kind": "Thing", "metadata": { "name": "one" }, "spec": {} }
            """)!.AsObject());
        var (word, version) = (Store.Get("v1", "ConfigMap", "default", "word")!.ToJsonString(), Store.Version);
        var system = Store.Get("v1", "Namespace", "", "kube-system")!.ToJsonString();
        var snapshot = Snapshot();
        Store.Create(Word("later"));
        Wipe(node);

        _scene.Time.Run(() => _scene.Client("10.0.0.11").EtcdRecoverAsync(snapshot, default));
        Begin(node, recovers);

        var after = Store.Get("v1", "ConfigMap", "default", "word")?.ToJsonString();
        after.ShouldBe(recovers ? word : null);
        (Store.Get("v1", "Namespace", "", "kube-system")!.ToJsonString() == system).ShouldBe(recovers);
        (Store.Get("example.org/v1", "Thing", "", "one") is not null).ShouldBe(recovers);
        Store.Get("v1", "ConfigMap", "default", "later").ShouldBeNull();
        (Store.Version >= version).ShouldBe(recovers);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("cut")]
    [InlineData("changed")]
    public void What_is_no_snapshot_lets_no_etcd_begin_and_a_better_one_does(string problem)
    {
        var node = _scene.Configured("11", "10.0.0.11");
        Begin(node);
        var snapshot = Snapshot();
        Wipe(node);
        var client = _scene.Client("10.0.0.11");
        byte[] bad = problem == "cut" ? snapshot[..^512] : [.. snapshot[..^1], (byte)(snapshot[^1] ^ 1)];
        if (problem != "nothing")
            _scene.Time.Run(() => client.EtcdRecoverAsync(bad, default));

        _scene.Time.Run(() => client.BootstrapAsync(true, default));
        _scene.Pass(TimeSpan.FromMinutes(2));
        node.EtcdMemberId.ShouldBeNull();
        node.ConsoleText.ShouldContain("error verifying snapshot");

        _scene.Time.Run(() => client.EtcdRecoverAsync(snapshot, default));
        Begin(node, recovers: true);
        node.EtcdMemberId.ShouldNotBeNull();
    }

    [Fact]
    public void A_snapshot_goes_to_control_planes_alone_once_their_volumes_are_there()
    {
        _scene.Configured("21", "10.0.0.21", "worker");
        Refusal("10.0.0.21").ShouldContain("(FAILED_PRECONDITION)");

        var node = _scene.Start("11", "10.0.0.11");
        _scene.Pass(TimeSpan.FromSeconds(25));
        _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(
            _scene.Configuration("a"), ApplyMode.Auto, false, null, default));
        while (!node.Answers || node.Settings is null)
            _scene.Pass(TimeSpan.FromSeconds(1));
        Refusal("10.0.0.11").ShouldContain("etcd service is not ready for recovery yet (FAILED_PRECONDITION)");
    }

    /// <summary>An answer that is lost keeps nobody waiting longer than a slow line takes.</summary>
    [Theory]
    [InlineData(0, 30)]
    [InlineData(4 << 20, 62)]
    [InlineData(64 << 20, 542)]
    [InlineData(1 << 30, 600)]
    public void How_long_an_upload_may_take_is_by_its_size(int bytes, int seconds) =>
        TalosMethods.EtcdRecover(bytes).Deadline.ShouldBe(TimeSpan.FromSeconds(seconds));

    private string Refusal(string address) => Should.Throw<ProviderException>(() => _scene.Time.Run(
        () => _scene.Client(address).EtcdRecoverAsync(new byte[544], default))).Message;

    private void Begin(TalosNode node, bool recovers = false)
    {
        _scene.Time.Run(() => _scene.Client(node.Address!).BootstrapAsync(recovers, default));
        _scene.Pass(TimeSpan.FromMinutes(2));
    }

    private void Wipe(TalosNode node)
    {
        _scene.Time.Run(() => _scene.Client(node.Address!).ResetAsync(
            new ResetOrder { IsGraceful = false, Reboots = true, Partitions = ["EPHEMERAL"] },
            default));
        _scene.Pass(TimeSpan.FromMinutes(2));
    }

    private byte[] Snapshot() => _scene.Time.Run(async () =>
    {
        using var snapshot = new MemoryStream();
        await _scene.Client("10.0.0.11").EtcdSnapshotAsync(snapshot, default);
        return snapshot.ToArray();
    });

    private static JsonObject Word(string name = "word") => JsonNode.Parse($$"""
        { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "{{name}}", "namespace": "default" } }
        """)!.AsObject();

    private static JsonObject Definition() => JsonNode.Parse("""
        { "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": { "name": "things.example.org" },
          "spec": { "group": "example.org", "scope": "Cluster", "names": { "plural": "things", "kind": "Thing" },
            "versions": [ { "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": {
              "type": "object", "x-kubernetes-preserve-unknown-fields": true } } } ] } }
        """)!.AsObject();
}
