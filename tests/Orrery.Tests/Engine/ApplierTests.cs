using Orrery.Engine.Applying;
using Orrery.Engine.Planning;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Tests.Model.Plans;

namespace Orrery.Tests.Engine;

public sealed class ApplierTests : IRandomSource, IRunObserver
{
    private readonly MemoryStateFiles _files = new();
    private readonly HurriedDelays _time = new();
    private long _token;
    private MemoryCloud _cloud = new();

    [Fact]
    public async Task What_is_applied_is_not_planned_again()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            Declare([.. PlannerTests.RandomThings(random)]);
            (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged, $"seed {seed}");
            (await RunAsync()).Plan!.Changes.ShouldAllBe(change => !change.IsWork, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_failure_stops_only_what_depends_on_it()
    {
        Declare(MemoryCloud.Thing("a"), MemoryCloud.Thing("b", MemoryCloud.On("a")), MemoryCloud.Thing("c"));
        Refuse("create a", ProviderErrorCode.CapacityUnavailable);
        var report = await RunAsync();
        report.Outcome.ShouldBe(RunOutcome.Failed);
        report.Diagnostics.Select(diagnostic => diagnostic.Code).ShouldBe(["APPLY004"]);
        _cloud.Log.ShouldBe(["create c-g1"]);
        Allow();
        (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        _cloud.Log.ShouldBe(["create c-g1", "create a-g1", "create b-g1"]);
    }

    [Fact]
    public async Task An_interrupted_run_begins_nothing_new_and_saves()
    {
        using var graceful = new CancellationTokenSource();
        Declare(MemoryCloud.Thing("a"), MemoryCloud.Thing("b", MemoryCloud.On("a")));
        _cloud.Before = async (_, _) =>
        {
            await graceful.CancelAsync();
            return null;
        };
        (await RunAsync(new Interruption(graceful.Token, CancellationToken.None))).Outcome.ShouldBe(
            RunOutcome.Interrupted);
        _cloud.Log.ShouldBe(["create a-g1"]);
        _files.Files.Keys.ShouldBe(["history/0000000001.json", "state.json"]);
        Allow();
        (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        _cloud.Log.ShouldBe(["create a-g1", "create b-g1"]);
    }

    [Fact]
    public async Task What_was_abandoned_is_found_by_the_next_run()
    {
        using var forceful = new CancellationTokenSource();
        Declare(MemoryCloud.Thing("a"), MemoryCloud.Thing("b", MemoryCloud.On("a")));
        _cloud.Before = async (what, token) =>
        {
            if (what != "await a")
                return null;
            await forceful.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return null;
        };
        var report = await RunAsync(new Interruption(forceful.Token, forceful.Token));
        report.Outcome.ShouldBe(RunOutcome.Interrupted);
        report.Diagnostics.Select(diagnostic => diagnostic.Code).ShouldBe(["APPLY011"]);
        Allow();
        (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        _cloud.Log.ShouldBe(["create a-g1", "create b-g1"]);
    }

    [Fact]
    public async Task A_deadline_says_what_was_waited_for_and_seen_last()
    {
        Declare(MemoryCloud.Thing("a"));
        _cloud.Before = async (what, token) =>
        {
            if (what != "await a")
                return null;
            _time.PassDeadlines();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return null;
        };
        var diagnostic = (await RunAsync()).Diagnostics.ShouldHaveSingleItem();
        diagnostic.Code.ShouldBe("APPLY009");
        diagnostic.Detail.ShouldBe("Waited 10 minutes for ready; last seen: starting.");
    }

    [Fact]
    public async Task A_taken_name_is_ours_or_refused_with_its_id()
    {
        Declare(MemoryCloud.Thing("a"));
        var foreign = _cloud.Put("cosmos-prod-a-g1", owner: null);
        var diagnostic = (await RunAsync()).Diagnostics.ShouldHaveSingleItem();
        diagnostic.Code.ShouldBe("APPLY001");
        diagnostic.Hints.ShouldBe([$"take it over with: orrery adopt DIR prod/memory/thing/a {foreign.Id}"]);
        _cloud.Log.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_reply_makes_nothing_twice(bool hasUniqueNames)
    {
        _cloud = new MemoryCloud { HasUniqueNames = hasUniqueNames };
        Declare(MemoryCloud.Thing("a"));
        var lost = 1;
        _cloud.After = _ => lost-- > 0 ? new ProviderException(ProviderErrorCode.Timeout, "no reply") : null;
        (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        _cloud.Things.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_that_lands_late_under_a_name_that_is_not_unique_is_waited_out()
    {
        _cloud = new MemoryCloud { HasUniqueNames = false };
        Declare(MemoryCloud.Thing("a"));
        var lost = 1;
        _cloud.Before = (what, _) => Task.FromResult(what == "create a" && lost-- > 0
            ? new ProviderException(ProviderErrorCode.Timeout, "no reply")
            : null);
        _time.Passing = due =>
        {
            if (due > TimeSpan.FromMinutes(1) && _cloud.Things.Count == 0)
                _cloud.Put("cosmos-prod-a-g1", new Owner("cosmos", MemoryCloud.At("a").Hash, 1));
        };
        (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        _cloud.Things.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_cloud_failed_to_make_is_removed_and_made_again()
    {
        Declare(MemoryCloud.Thing("a"));
        var failures = 2;
        _cloud.Readying = _ => failures-- > 0
            ? new ProviderException(ProviderErrorCode.ActionFailed, "it failed")
            : null;
        (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        _cloud.Log.ShouldBe(["create a-g1", "delete a-g1", "create a-g1", "delete a-g1", "create a-g1"]);
    }

    [Theory]
    [InlineData(ReplaceOrder.DeleteFirst, "create a-g1, delete a-g1, create a-g2")]
    [InlineData(ReplaceOrder.CreateFirst, "create a-g1, create a-g2, delete a-g1")]
    public async Task A_replacement_follows_its_order_also_when_the_state_is_lost(ReplaceOrder order, string log)
    {
        Resource Thing(string image) =>
            MemoryCloud.Thing("a", ("image", image)) with { Lifecycle = new Lifecycle { ReplaceOrder = order } };

        Declare(Thing("old"));
        await RunAsync();
        if (order == ReplaceOrder.DeleteFirst)
            _files.Files.Clear();
        Declare(Thing("new"));
        (await RunAsync()).Diagnostics.ShouldBeEmpty();
        string.Join(", ", _cloud.Log).ShouldBe(log);
        (await RunAsync()).Plan!.Changes.ShouldAllBe(change => !change.IsWork);
    }

    [Fact]
    public async Task A_full_disk_is_named_and_not_called_a_bug()
    {
        Declare(MemoryCloud.Thing("a"));
        _cloud.Before = (_, _) =>
        {
            _files.Writing = static what => what.StartsWith("append", StringComparison.Ordinal)
                ? Task.FromException(new IOException("no space left on device"))
                : Task.CompletedTask;
            return Task.FromResult<ProviderException?>(null);
        };
        (await RunAsync()).Diagnostics.Select(diagnostic => diagnostic.Code).ShouldBe(["STATE010"]);
        _files.Writing = static _ => Task.CompletedTask;
        _cloud.Before = static (_, _) => Task.FromResult<ProviderException?>(null);
        (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        _cloud.Log.ShouldBe(["create a-g1"]);
    }

    [Fact]
    public async Task No_more_than_64_steps_are_under_way_at_once()
    {
        Declare([.. Enumerable.Range(0, 100).Select(index => MemoryCloud.Thing($"t{index}"))]);
        var (running, most) = (0, 0);
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cloud.Before = async (what, _) =>
        {
            if (!what.StartsWith("create", StringComparison.Ordinal))
                return null;
            most = Math.Max(most, Interlocked.Increment(ref running));
            if (most == 64)
                full.TrySetResult();
            await full.Task;
            Interlocked.Decrement(ref running);
            return null;
        };
        (await RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        most.ShouldBe(64);
    }

    double IRandomSource.NextDouble() => 0.5;

    void IRandomSource.Fill(Span<byte> bytes) => bytes.Clear();

    void IRunObserver.On(RunEvent happened)
    {
    }

    private void Declare(params Resource[] resources)
    {
        _cloud.Declared.Clear();
        _cloud.Declared.AddRange(resources);
    }

    private void Refuse(string what, ProviderErrorCode code) => _cloud.Before = (asked, _) =>
        Task.FromResult(asked == what ? new ProviderException(code, "refused") : null);

    private void Allow() => _cloud.Before = static (_, _) => Task.FromResult<ProviderException?>(null);

    private async Task<RunReport> RunAsync(Interruption? interruption = null)
    {
        var handlers = new HandlerSet(new Dictionary<string, IProvider> { ["prod"] = _cloud });
        var state = await StateStore.LoadAsync(_files, "cosmos", new PlainCipher(), CancellationToken.None);
        var graph = ResourceGraph.Build(_cloud.Declared).Value!;
        var snapshot = await new SnapshotTaker("cosmos", handlers, graph, state.Recorded).TakeAsync(
            CancellationToken.None);
        var plan = Planner.Plan(new PlanInput
        {
            Graph = graph,
            Recorded = state.Recorded,
            Snapshot = snapshot,
            KindOf = handlers.KindOf,
        });
        await state.BeginAsync(
            "up", ValueMap<int>.Empty, new StateWriter(++_token, FreeWriter.Instance), CancellationToken.None);
        var shared = new StepSurroundings("cosmos", handlers, state, new Retrying(_time, this), _time);
        var report = await new Applier(shared, this).RunAsync(plan, interruption ?? Interruption.None);
        await state.EndAsync(report.Outcome == RunOutcome.Converged, CancellationToken.None);
        return report;
    }

    /// <summary>Waits of up to two minutes are over at once; deadlines pass when a test says so.</summary>
    private sealed class HurriedDelays : TimeProvider
    {
        private readonly Lock _gate = new();
        private readonly List<Held> _held = [];

        public Action<TimeSpan> Passing { get; set; } = static _ => { };

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Held(() => callback(state));
            if (dueTime == Timeout.InfiniteTimeSpan)
                return timer;
            if (dueTime < TimeSpan.FromMinutes(2))
            {
                Passing(dueTime);
                ThreadPool.QueueUserWorkItem(_ => timer.Fire());
            }
            else
            {
                lock (_gate)
                    _held.Add(timer);
            }

            return timer;
        }

        public void PassDeadlines()
        {
            Held[] due;
            lock (_gate)
                due = [.. _held];
            foreach (var timer in due)
                timer.Fire();
        }

        private sealed class Held(Action fire) : ITimer
        {
            private bool _isOver;

            public void Fire()
            {
                if (!_isOver)
                    fire();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => _isOver = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
