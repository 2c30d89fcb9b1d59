using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Talos;
using Orrery.Providers.Talos.Api;
using Orrery.Providers.Talos.Kinds;
using Orrery.Providers.Talos.Upgrades;
using Orrery.Simulation.Talos;
using Orrery.Tests.Simulation.Talos;

namespace Orrery.Tests.Providers.Talos;

/// <summary>Machines and clusters of Talos as resources, and what happens where replies are lost.</summary>
public sealed class TalosKindsTests
{
    private readonly TalosMachineScene _scene = new();
    private readonly List<WaitState> _waits = [];
    private string? _printed;
    private readonly MachineHandler _machines;
    private readonly BootstrapHandler _bootstraps;
    private readonly EtcdSnapshots _etcd;

    public TalosKindsTests()
    {
        var nodes = new TalosNodes(_scene.Environment, _scene);
        var fleet = new TalosFleet(nodes, []);
        _machines = new MachineHandler(nodes, new SceneConsole(this), text => text.AsText() ?? "", fleet);
        _etcd = new EtcdSnapshots(nodes, fleet, static plain => plain, static content => content.ToArray());
        _bootstraps = new BootstrapHandler(nodes, _etcd);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cluster_comes_up_from_nothing_also_where_every_first_reply_is_lost(bool losesReplies)
    {
        var node = Boot("11");
        _scene.LosesNextReply = losesReplies;
        var machine = Make(_machines, MachineOf(node));

        machine.IsReady.ShouldBeTrue();
        machine.Id.ShouldBe("11");
        node.Stage.ShouldBe(TalosStage.Running);
        if (!losesReplies)
            _waits.ShouldContain(wait => wait.Condition == "the machine answers with its configuration");

        _scene.LosesNextReply = losesReplies;
        var begun = Make(_bootstraps, ClusterOf("10.0.0.11"));
        begun.Id.ShouldBe("prod");
        _scene.Park.Clusters.Count().ShouldBe(1);
        $"{machine}{begun}".ShouldNotContain("PRIVATE KEY");
    }

    [Fact]
    public void A_machine_that_its_console_does_not_name_gets_nothing()
    {
        var node = Boot("11");
        var other = "rMWhs9V9Y30sbs9W5KNCgVRReKGrfvV0FwMtqEX4OW8=";

        _printed = other;

        var refusal = Should.Throw<ProviderException>(() => Make(_machines, MachineOf(node)));

        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.Message.ShouldContain($"{node.Fingerprint}, and not {other}");
        node.Stage.ShouldBe(TalosStage.Maintenance);
    }

    [Fact]
    public void A_machine_that_is_off_is_waited_for_and_what_was_seen_is_told()
    {
        var node = Boot("11");
        var desired = MachineOf(node);
        node.PowerOff();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20), _scene.Time);

        Should.Throw<OperationCanceledException>(() => _scene.Time.Run(
            () => _machines.CreateAsync(RequestOf(_machines, desired), Operation(_machines), deadline.Token)));

        _waits[^1].Condition.ShouldBe("the machine takes its configuration");
        _waits[^1].LastSeen.ShouldContain("connection refused");
    }

    [Fact]
    public void A_machine_without_a_record_is_found_and_told_apart_by_its_configuration()
    {
        var node = Boot("11");
        var desired = MachineOf(node);
        Find(_machines, desired).ShouldBeNull();
        Make(_machines, desired);

        Find(_machines, desired).ShouldNotBeNull().Properties.ShouldBe(desired);
        var changed = new Value.Map(desired.Fields.With(
            "configuration", new Value.Sensitive(_scene.Configuration("node-11", vip: "10.0.0.6"))));
        Find(_machines, changed).ShouldNotBeNull().Properties["configuration"].ShouldBe((Value)"");
        var updated = _scene.Time.Run(() => _machines.UpdateAsync(
            new UpdateRequest("11", null, desired, changed), Operation(_machines), default));
        updated.IsReady.ShouldBeTrue();
        node.Settings!.Text.ShouldBe(changed["configuration"].AsText());
    }

    [Fact]
    public void A_change_that_needs_a_reboot_is_over_when_the_machine_answers_again()
    {
        var node = Boot("11");
        var desired = MachineOf(node);
        Make(_machines, desired);
        var changed = new Value.Map(desired.Fields.With(
            "configuration", new Value.Sensitive(_scene.Configuration("renamed"))));

        _scene.Time.Run(() => _machines.UpdateAsync(
            new UpdateRequest("11", null, desired, changed), Operation(_machines), default));

        node.HostName.ShouldBe("renamed");
        node.Stage.ShouldBe(TalosStage.Running);
        node.Answers.ShouldBeTrue();
    }

    [Fact]
    public void A_cluster_that_has_begun_is_never_begun_again()
    {
        var (first, second) = (Boot("11"), Boot("12"));
        Make(_machines, MachineOf(first));
        Make(_machines, MachineOf(second));
        Find(_bootstraps, ClusterOf("10.0.0.11", "10.0.0.12")).ShouldBeNull();
        Make(_bootstraps, ClusterOf("10.0.0.11", "10.0.0.12"));
        _scene.Pass(TimeSpan.FromMinutes(1));

        // Another machine is the first one now, or the state is lost.
        Make(_bootstraps, ClusterOf("10.0.0.12", "10.0.0.11"));
        Find(_bootstraps, ClusterOf("10.0.0.12")).ShouldNotBeNull().Id.ShouldBe("prod");

        _scene.Requests.Count(path => path.EndsWith("/Bootstrap", StringComparison.Ordinal)).ShouldBe(1);
        _scene.Park.Clusters.Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cluster_begins_with_what_was_kept_also_where_every_first_reply_is_lost(bool losesReplies)
    {
        var node = Boot("11");
        Make(_machines, MachineOf(node));
        Make(_bootstraps, ClusterOf("10.0.0.11"));
        _scene.Pass(TimeSpan.FromMinutes(1));
        _scene.Park.Clusters.Single().Api.Store.Create(JsonNode.Parse("""
            { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "word", "namespace": "default" } }
            """)!.AsObject());
        var snapshot = Snapshot();
        _scene.Time.Run(() => _scene.Client("10.0.0.11").ResetAsync(
            new ResetOrder { IsGraceful = false, Reboots = true, Partitions = ["EPHEMERAL"] }, default));
        _scene.Pass(TimeSpan.FromMinutes(2));

        _etcd.BeginWith(snapshot);
        _scene.LosesNextReply = losesReplies;
        Make(_bootstraps, ClusterOf("10.0.0.11")).Id.ShouldBe("prod");

        _scene.Park.Clusters.Single().Api.Store.Get("v1", "ConfigMap", "default", "word").ShouldNotBeNull();
    }

    [Fact]
    public void What_was_kept_and_is_damaged_begins_nothing()
    {
        var node = Boot("11");
        Make(_machines, MachineOf(node));
        Make(_bootstraps, ClusterOf("10.0.0.11"));
        _scene.Pass(TimeSpan.FromMinutes(1));
        var snapshot = Snapshot();

        Refusal(snapshot[..^1]).ShouldContain("and that is not whole blocks with their hash");
        snapshot[100] ^= 1;
        Refusal(snapshot).ShouldContain("has another hash than it says");
        Refusal([]).ShouldContain("has 0 bytes");

        string Refusal(byte[] content)
        {
            var refusal = Should.Throw<ProviderException>(() => _etcd.BeginWith(content));
            refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
            return refusal.Message;
        }
    }

    [Fact]
    public void A_machine_that_says_goodbye_leaves_etcd_and_the_last_one_only_goes_off()
    {
        var (first, second) = (Boot("11"), Boot("12"));
        Make(_machines, MachineOf(first));
        Make(_machines, MachineOf(second));
        Make(_bootstraps, ClusterOf("10.0.0.11", "10.0.0.12"));
        _scene.Pass(TimeSpan.FromMinutes(1));

        Goodbye("12");
        second.Stage.ShouldBe(TalosStage.Off);
        second.Hardware.Disks[0].Installation!.Configuration.ShouldBeNull();
        _scene.Time.Run(() => _scene.Client("10.0.0.11").EtcdMembersAsync(default))
            .ShouldHaveSingleItem().Hostname.ShouldBe("node-11");

        Goodbye("11");
        first.Stage.ShouldBe(TalosStage.Off);
        first.Hardware.Disks[0].Installation!.Etcd.ShouldNotBeNull();
    }

    [Fact]
    public void A_machine_out_of_reach_does_not_hold_up_who_stops_it()
    {
        var node = Boot("11");
        Make(_machines, MachineOf(node));
        node.PowerOff();
        var before = _scene.Time.Now;

        Goodbye("11");

        (_scene.Time.Now - before).ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    private byte[] Snapshot() => _scene.Time.Run(async () =>
    {
        using var snapshot = new MemoryStream();
        await _scene.Client("10.0.0.11").EtcdSnapshotAsync(snapshot, default);
        return snapshot.ToArray();
    });

    private TalosNode Boot(string id)
    {
        var node = _scene.Start(id, $"10.0.0.{id}");
        _scene.Pass(TimeSpan.FromSeconds(25));
        return node;
    }

    private Value.Map MachineOf(TalosNode node) => new(Access().Fields
        .With("server", node.Id)
        .With("address", node.Address!)
        .With("configuration", new Value.Sensitive(_scene.Configuration($"node-{node.Id}"))));

    private Value.Map ClusterOf(params string[] addresses) => new(Access().Fields
        .With("cluster", "prod")
        .With("addresses", Value.ListOf(addresses.Select(address => (Value)address))));

    private Value.Map Access()
    {
        var identity = _scene.Administrator;
        return Value.MapOf(
            ("authority", _scene.OsAuthority.Certificate),
            ("clientCertificate", identity.Certificate),
            ("clientKey", new Value.Sensitive(identity.Key)));
    }

    private Observed Make(IResourceHandler handler, Value.Map desired) => _scene.Time.Run(async () =>
    {
        var made = await handler.CreateAsync(RequestOf(handler, desired), Operation(handler), default);
        return await handler.AwaitReadyAsync(made.Id, Operation(handler), default);
    });

    private Observed? Find(IResourceHandler handler, Value.Map desired) =>
        _scene.Time.Run(() => handler.FindExistingAsync(RequestOf(handler, desired), default));

    private void Goodbye(string id) => _scene.Time.Run(
        () => _machines.PerformAsync(MachineHandler.Goodbye, id, Operation(_machines), default));

    private static CreateRequest RequestOf(IResourceHandler handler, Value.Map desired) =>
        new(AddressOf(handler), "a", new Owner("p", "h", 1), desired);

    private OperationContext Operation(IResourceHandler handler) => new(AddressOf(handler), _waits.Add);

    private static ResourceAddress AddressOf(IResourceHandler handler) =>
        ResourceAddress.Of("prod", handler.Kind.Type, "a");

    /// <summary>What a machine's console says, or what somebody else has made it say.</summary>
    private sealed class SceneConsole(TalosKindsTests tests) : IMachineConsole
    {
        public Task<string> ReadBootAsync(
            string server, Func<string, bool> isEnough, OperationContext operation, CancellationToken cancellation)
        {
            var fingerprint = tests._printed ?? tests._scene.Park.Get(server)!.Fingerprint;
            var text = $"server certificate issued {{\"fingerprint\": \"{fingerprint}\"}}";
            isEnough(text).ShouldBeTrue();
            return Task.FromResult(text);
        }
    }
}
