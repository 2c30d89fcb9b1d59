using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines;
using Orrery.Providers.Machines.Kinds;
using Orrery.Tests.Engine;

namespace Orrery.Tests.Providers.Machines;

/// <summary>What is done on a machine, that it may die in between, and that nobody is ever locked out.</summary>
public class MachineKindsTests
{
    private readonly VirtualTime _time = new();
    private readonly MemoryStateFiles _repository = new();
    private readonly List<WaitState> _waits = [];
    private readonly ReleasedMachines _released = new();

    [Fact]
    public void A_prepared_machine_is_known_by_a_key_of_its_own()
    {
        var machine = new SimpleMachine();

        var prepared = Prepare(machine);

        prepared.Id.ShouldBe("9");
        prepared.Outputs["hostKeys"].ShouldBe(Value.ListOf([SimpleMachine.OwnKey]));
        machine.Done.ShouldBe(["reach", "pin-host-key", "reach", "prepare", "prepare", "prepare"]);
        machine.HostKeys.ShouldContain(SimpleMachine.OneTimeKey);
        _waits.ShouldContain(new WaitState(
            "cloud-init has prepared the machine", "status: running; orrery: fetch k3s"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_of_a_cluster_that_runs_elsewhere_are_fetched_last_and_fail_nothing(bool refuses)
    {
        var machine = new SimpleMachine { AsksUntilPrepared = 0, RefusesImages = refuses };

        Prepare(machine, "quay.io/example/web:1", "quay.io/example/web:2").Id.ShouldBe("9");

        machine.Done.ShouldBe(["reach", "pin-host-key", "reach", "prepare", "name-predecessor", "fetch-images"]);
        _waits[0].ShouldBe(new WaitState("the images of the running cluster are on the new machine", "2 images"));
        _waits.Skip(1).Count(wait => wait.LastSeen.Contains("exit code 1", StringComparison.Ordinal))
            .ShouldBe(refuses ? 1 : 0);
    }

    [Fact]
    public void A_preparation_that_failed_is_repeated_and_then_told_with_its_log()
    {
        Prepare(new SimpleMachine { FailedPreparations = 1, AsksUntilPrepared = 0 }).Id.ShouldBe("9");

        var refusal = Should.Throw<ProviderException>(() =>
            Prepare(new SimpleMachine { FailedPreparations = 9, AsksUntilPrepared = 0 }));

        refusal.Code.ShouldBe(ProviderErrorCode.ActionFailed);
        refusal.Message.ShouldContain("404");
        refusal.Message.ShouldContain("failed: fetch k3s");
    }

    [Fact]
    public void A_machine_that_shows_another_key_gets_nothing()
    {
        var machine = new SimpleMachine();
        machine.HostKeys.Clear();
        machine.HostKeys.Add("ecdsa-sha2-nistp256 AAAAother");

        Should.Throw<ProviderException>(() => Prepare(machine)).Code.ShouldBe(ProviderErrorCode.Invalid);
        machine.Done.ShouldBeEmpty();
    }

    [Fact]
    public void K3s_starts_after_its_files_came_and_the_one_time_key_went()
    {
        var machine = new SimpleMachine();
        Prepare(machine);
        machine.Done.Clear();

        var k3s = Start(machine);

        machine.Done.ShouldBe(
        [
            "retire-one-time-key", "make-folders", "deliver /etc/rancher/k3s/token 0600", "start", "ready",
            "kubeconfig", "cluster-id",
        ]);
        machine.HostKeys.ShouldBe([SimpleMachine.OwnKey]);
        machine.Files["/etc/rancher/k3s/token"].ShouldBe("planted-token");
        k3s.Outputs["kubeconfig"].ShouldBe(new Value.Sensitive("planted-kubeconfig\n"));
        k3s.Outputs["clusterId"].ShouldBe((Value)"0b9e3d0c-5f5e-4d5c-9b57-3f8f6a1f7c11");
        $"{k3s}".ShouldNotContain("planted");
    }

    [Fact]
    public void A_start_that_fails_is_told_with_the_words_of_its_units()
    {
        var machine = new SimpleMachine { StartFailure = "orrery-volumes.service failed\nthe disk did not appear" };
        Prepare(machine);

        var refusal = Should.Throw<ProviderException>(() => Start(machine));

        refusal.Message.ShouldContain("orrery-volumes.service failed; the disk did not appear");
    }

    [Fact]
    public void Whenever_we_die_the_same_calls_again_finish_what_was_begun()
    {
        var all = new SimpleMachine();
        Prepare(all, "quay.io/example/web:1");
        Start(all);
        var deaths = 0;
        for (var at = 1; at <= all.Done.Count; at++)
        {
            foreach (var afterIt in new[] { false, true })
            {
                var machine = new SimpleMachine { Death = (at, afterIt) };
                Live(machine).ShouldBeFalse();
                machine.Death = null;
                Live(machine).ShouldBeTrue($"after a death at {at}");
                machine.Runs.ShouldBeTrue();
                deaths++;
            }
        }

        deaths.ShouldBe(2 * all.Done.Count);

        // Preparing is over when its result is on our disk; what is recorded by then, nobody makes again.
        bool Live(SimpleMachine machine)
        {
            try
            {
                if (machine.HostKeys.Contains(SimpleMachine.OneTimeKey))
                    Prepare(machine, "quay.io/example/web:1");
                Start(machine);
                return true;
            }
            catch (DeathException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void A_start_whose_end_is_not_recorded_may_run_and_is_not_forgotten()
    {
        var recorded = Recorded(K3sHandler.Definition, K3sFields()) with { Id = null, IsPending = true };

        var seen = Recall(K3s(new SimpleMachine()), recorded).ShouldNotBeNull();

        seen.Id.ShouldBe("9");
        seen.Properties["running"].ShouldBe((Value)false);
        Recall(K3s(new SimpleMachine()), recorded with { IsPending = false }).ShouldBeNull();
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    [InlineData(true, true, false)]
    public void Whoever_let_its_disk_go_needs_no_shutdown(bool isThere, bool staysMounted, bool isReleased)
    {
        var machine = new SimpleMachine();
        Prepare(machine);
        Start(machine);
        machine.IsThere = isThere;
        machine.StaysMounted = staysMounted;
        var request = new DeleteRequest("9", null, K3sFields());

        _time.Run(() => K3s(machine).DeleteAsync(request, Operation(), default));

        _released.Contains("9").ShouldBe(isReleased);
        machine.Runs.ShouldBe(!isThere);
        _time.Now.ShouldBeLessThan(TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData(true, true, "hand-over stop")]
    [InlineData(true, false, "stop")]
    [InlineData(false, true, "stop")]
    public void Only_whose_place_is_taken_hands_its_datastore_over(bool isReplaced, bool isKept, string done)
    {
        var machine = new SimpleMachine();
        Prepare(machine);
        Start(machine);
        machine.Done.Clear();
        var fields = isKept ? KeptFields : K3sFields();

        _time.Run(() => K3s(machine).DeleteAsync(
            new DeleteRequest("9", null, fields) { IsReplaced = isReplaced }, Operation(), default));

        string.Join(' ', machine.Done).ShouldBe(done);
        _released.Contains("9").ShouldBeTrue();
        _waits.ShouldNotContain(wait => wait.Condition == "the datastore is handed over");
    }

    [Fact]
    public void A_datastore_that_cannot_be_copied_holds_nobody_up()
    {
        var machine = new SimpleMachine { IsFull = true };
        Prepare(machine);
        Start(machine);

        _time.Run(() => K3s(machine).DeleteAsync(
            new DeleteRequest("9", null, KeptFields) { IsReplaced = true }, Operation(), default));

        machine.Runs.ShouldBeFalse();
        _released.Contains("9").ShouldBeTrue();
        _waits.ShouldContain(wait => wait.Condition == "the datastore is handed over");
    }

    [Fact]
    public void A_datastore_is_taken_over_before_K3s_starts_and_its_copy_goes_afterwards()
    {
        var machine = new SimpleMachine();
        Prepare(machine);
        machine.Done.Clear();

        _time.Run(() => K3s(machine).CreateAsync(
            Request(K3sHandler.Definition, KeptFields), Operation(), default));

        machine.Done.SkipWhile(task => task != "take-over").ShouldBe(
            ["take-over", "start", "ready", "kubeconfig", "cluster-id", "drop-handed-over"]);
    }

    [Fact]
    public void A_one_time_key_is_remembered_from_the_state_and_not_shown()
    {
        var made = _time.Run(() => new HostKeyHandler(new SimpleKeys(), Hosts).CreateAsync(
            Request(HostKeyHandler.Definition, Value.MapOf(("machine", Value.MapOf(("type", "cx33"))))),
            Operation(), default));
        made.Outputs["public"].ShouldBe((Value)SimpleMachine.OneTimeKey);
        $"{made}".ShouldNotContain("planted");

        var other = new HostKeyHandler(new SimpleKeys(), Hosts);
        var recorded = Recorded(HostKeyHandler.Definition, made.Properties) with
        {
            Id = made.Id,
            Outputs = made.Outputs,
        };
        Recall(other, recorded).ShouldNotBeNull().Outputs.ShouldBe(made.Outputs);
        _time.Run(() => other.AwaitReadyAsync(made.Id, Operation(), default)).Outputs.ShouldBe(made.Outputs);
        Recall(other, recorded with { Id = null }).ShouldBeNull();
    }

    [Fact]
    public void Whoever_has_lost_the_state_recognises_a_machine_by_the_repository()
    {
        var machine = new SimpleMachine();
        Prepare(machine);
        Start(machine);
        KnownHostsText
            .ShouldBe($"cosmos-0,203.0.113.7 {SimpleMachine.OwnKey} server=9\n");
        machine.Done.Clear();

        var prepared = Find(Handler(machine), Request(
            PreparedHandler.Definition, PreparedFields("ecdsa-sha2-nistp256 AAAAanother"))).ShouldNotBeNull();
        var k3s = Find(K3s(machine), Request(K3sHandler.Definition, K3sFields())).ShouldNotBeNull();

        prepared.Outputs["hostKeys"].ShouldBe(Value.ListOf([SimpleMachine.OwnKey]));
        prepared.Owner.ShouldBe(Request(PreparedHandler.Definition, Value.Map.Empty).Owner);
        k3s.Outputs["clusterId"].ShouldBe((Value)"0b9e3d0c-5f5e-4d5c-9b57-3f8f6a1f7c11");
        k3s.Properties["version"].ShouldBe((Value)"v1.34.3+k3s3");
        machine.Done.ShouldBe(["prepare", "ready", "cluster-id", "version", "kubeconfig"]);
    }

    [Fact]
    public void Another_one_time_key_takes_the_place_of_a_lost_one_where_the_machine_has_its_own()
    {
        var request = Request(HostKeyHandler.Definition, Value.MapOf(("machine", Value.MapOf(("type", "cx33")))));
        Find(new HostKeyHandler(new SimpleKeys(), Hosts), request).ShouldBeNull();
        Prepare(new SimpleMachine());

        var found = Find(new HostKeyHandler(new SimpleKeys(), Hosts), request).ShouldNotBeNull();

        found.Owner.ShouldBe(request.Owner);
        found.Outputs["private"].ShouldBe(new Value.Sensitive(MachineScene.OneTimePrivate));
    }

    [Theory]
    [InlineData("9", true, true)]
    [InlineData("10", true, false)]
    [InlineData("9", false, false)]
    public void A_machine_that_is_another_one_or_silent_is_not_found(string server, bool isThere, bool isFound)
    {
        var machine = new SimpleMachine();
        Prepare(machine);
        machine.IsThere = isThere;
        var fields = new Value.Map(PreparedFields().Fields.With("server", server));

        var found = Find(
            Handler(machine), Request(PreparedHandler.Definition, fields));

        (found is not null).ShouldBe(isFound);
    }

    [Fact]
    public void What_the_repository_does_not_know_any_more_is_written_again()
    {
        var machine = new SimpleMachine();
        var prepared = Prepare(machine);
        _repository.Files.Remove(KnownHosts.PathOf("prod"));
        var recorded = Recorded(PreparedHandler.Definition, prepared.Properties) with { Outputs = prepared.Outputs };
        var handler = Handler(machine);

        Recall(handler, recorded).ShouldNotBeNull().IsReady.ShouldBeFalse();
        _time.Run(() => handler.AwaitReadyAsync("9", Operation(), default)).IsReady.ShouldBeTrue();

        Recall(handler, recorded).ShouldNotBeNull().IsReady.ShouldBeTrue();
    }

    [Fact]
    public void A_machine_that_goes_leaves_the_lines_of_others()
    {
        Prepare(new SimpleMachine());
        var other = $"people.example.org {SimpleMachine.OwnKey} mine\n";
        _repository.Files[KnownHosts.PathOf("prod")] = Encoding.UTF8.GetBytes(KnownHostsText + other);

        _time.Run(() => Handler(new SimpleMachine()).DeleteAsync(
            new DeleteRequest("9", null, PreparedFields()), Operation(), default));

        KnownHostsText.ShouldBe(other);
    }

    private string KnownHostsText => Encoding.UTF8.GetString(_repository.Files["secrets/prod/known_hosts"]);

    private KnownHosts Hosts => new(_repository, FreeWriter.Instance, KnownHosts.PathOf("prod"));

    private PreparedHandler Handler(SimpleMachine machine, params string[] images) => new(
        machine, Hosts, new RunningElsewhere(images), _time);

    private Observed? Find(RememberedHandler handler, CreateRequest request) =>
        _time.Run(() => handler.FindExistingAsync(request, default));

    private Observed? Recall(RememberedHandler handler, RecordedResource recorded) =>
        _time.Run(() => handler.RecallAsync(recorded, default));

    private Observed Prepare(SimpleMachine machine, params string[] images) => _time.Run(async () =>
    {
        var handler = Handler(machine, images);
        var made = await handler.CreateAsync(
            Request(PreparedHandler.Definition, PreparedFields()), Operation(), default);
        return await handler.AwaitReadyAsync(made.Id, Operation(), default);
    });

    private static Value.Map PreparedFields(string oneTimeHostKey = SimpleMachine.OneTimeKey) => Value.MapOf(
        ("server", "9"), ("address", "203.0.113.7"), ("user", "root"), ("oneTimeHostKey", oneTimeHostKey),
        ("k3s", "v1.34.3+k3s3"), ("k9s", "v0.50.16"));

    private Observed Start(SimpleMachine machine) => _time.Run(() =>
        K3s(machine).CreateAsync(Request(K3sHandler.Definition, K3sFields()), Operation(), default));

    private K3sHandler K3s(SimpleMachine machine) => new(machine, _released, _time);

    private static Value.Map K3sFields() => Value.MapOf(
        ("server", "9"), ("address", "203.0.113.7"), ("user", "root"),
        ("hostKeys", Value.ListOf([SimpleMachine.OwnKey])),
        ("attachments", Value.ListOf(["4711"])), ("mountPaths", Value.ListOf(["/data"])), ("assignment", "61"),
        ("version", "v1.34.3+k3s3"),
        ("files", Value.ListOf(
        [
            Value.MapOf(
                ("path", "/etc/rancher/k3s/token"), ("mode", "0600"), ("owner", "root:root"),
                ("content", new Value.Sensitive("planted-token"))),
        ])),
        ("running", true));

    private static Value.Map KeptFields => new(K3sFields().Fields.With("datastore", K3sHandler.Kept));

    private OperationContext Operation() => new(Address(K3sHandler.Definition), _waits.Add);

    private static ResourceAddress Address(ResourceKind kind) => ResourceAddress.Of("prod", kind.Type, "cosmos-0");

    private static CreateRequest Request(ResourceKind kind, Value.Map desired) => new(
        Address(kind), "cosmos-prod-cosmos-0-g1", new Owner("cosmos-0a1b2c3d", Address(kind).Hash, 1), desired);

    private static RecordedResource Recorded(ResourceKind kind, Value.Map inputs) => new()
    {
        Address = Address(kind),
        Id = "9",
        Generation = 1,
        IsOurs = true,
        Inputs = inputs,
        Outputs = Value.Map.Empty,
        Needs = [],
        Lifecycle = Lifecycle.Default,
    };
}
