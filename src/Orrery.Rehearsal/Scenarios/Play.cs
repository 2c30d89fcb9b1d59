using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Clusters.Rebuilds;
using Orrery.Rehearsal.Checkers;
using Orrery.Rehearsal.Reports;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Worlds;
using RunInvariants = Orrery.Rehearsal.Checkers.Invariants;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>Plays a scenario on a stage, step by step, and checks the ten promises on the way.</summary>
public sealed class Play
{
    private const string UpgradeStep = "upgrade";

    private readonly RehearsalOptions _options;
    private readonly RunInvariants _invariants = new();
    private readonly WorldChecker _world;
    private readonly ClusterChecker _inside;
    private readonly Tenants _tenants;
    private readonly StepPlayer _player;
    private readonly List<StepReport> _steps = [];
    private readonly SortedDictionary<string, double> _downtime = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> _kubernetesDowntime = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _orphans = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Recorded> _states = new(StringComparer.Ordinal);
    private ValueList<ClusterReport> _clusters = [];
    private decimal? _cost;
    private bool? _recovered;
    private bool _diverged;
    private TimeSpan _waited;

    public Play(RehearsalOptions options)
    {
        _options = options;
        Stage = new Stage(options);
        if (options.Scenario == Scenario.Upgrade)
            Stage.Declare(OlderVersions.Of(options.Platform));
        _world = new WorldChecker(Stage, _invariants);
        _tenants = new Tenants(Stage);
        _inside = new ClusterChecker(Stage, _invariants);
        var leaks = new LeakChecker(Stage, _invariants.Leaks);
        _player = new StepPlayer(Stage, _invariants, leaks);
        Stage.Writing = new WriterChecker(Stage, _invariants.OneWriter).Writing;
        Stage.Exchanged = leaks.Requested;
        Stage.Starting = leaks.Starting;
    }

    public Stage Stage { get; }

    /// <summary>Things that claim the same address at a converged moment.</summary>
    public int Duplicates { get; private set; }

    /// <summary>The state after each step that converged, by the step's name, for comparison between runs.</summary>
    public IReadOnlyDictionary<string, Recorded> States => _states;

    /// <summary>
    /// Must run on a <see cref="Simulation.Time.DeterministicHost"/> over <see cref="Stage"/>'s clock.
    /// </summary>
    public async Task<RehearsalReport> RunAsync()
    {
        var converged = true;
        foreach (var (name, verb) in Steps(_options.Scenario))
        {
            converged = await PlayStepAsync(name, verb);
            if (!converged)
                break;
        }

        return Report(converged);
    }

    private static (string Name, RunVerb Verb)[] Steps(Scenario scenario) => scenario switch
    {
        Scenario.Up => [("up", RunVerb.Up)],
        Scenario.Rebuild => [("up", RunVerb.Up), ("rebuild", RunVerb.Rebuild)],
        Scenario.Rotate => [("up", RunVerb.Up), ("rotate", RunVerb.Rotate), ("rebuild", RunVerb.Rebuild)],
        Scenario.Destroy => [("up", RunVerb.Up), ("destroy", RunVerb.Destroy)],
        Scenario.Upgrade =>
        [
            ("up", RunVerb.Up), (UpgradeStep, RunVerb.Upgrade), ("second-up", RunVerb.Up),
        ],
        _ =>
        [
            ("up", RunVerb.Up), ("second-up", RunVerb.Up), ("rebuild", RunVerb.Rebuild), ("destroy", RunVerb.Destroy),
        ],
    };

    private async Task<bool> PlayStepAsync(string name, RunVerb verb)
    {
        if (verb == RunVerb.Upgrade)
            Stage.Declare(_options.Platform);
        await _player.PlanAsync(verb);
        _options.Interposed.StepBegins(Stage, name);
        var made = _world.Made();
        var probe = new DowntimeProbe(Stage);
        if (verb is RunVerb.Rebuild or RunVerb.Upgrade)
            probe.Start();
        var mutating = Stage.Crashes.MutatingRequests;
        var step = await _player.PlayAsync(name, verb);
        probe.Stop();
        Add(step);
        if (IsRefused(step.Report))
        {
            // It names what it would have lost, and has touched nothing.
            _invariants.ProtectedData.Check(
                Stage.Crashes.MutatingRequests == mutating, () => $"{name} was refused and sent changes");
            await CheckConvergedAsync(name);
            await LookInsideAsync($"after {name} was refused");
            return true;
        }

        if (step.Report.Outcome != RunOutcome.Converged)
        {
            await RecoverAsync(verb);
            return false;
        }

        if (verb == RunVerb.Rebuild)
            Note(probe);
        await CheckAsync(name, step, made, mutating);
        return true;
    }

    private static bool IsRefused(RunReport report) =>
        report.Timeline.Count == 0 && report.Diagnostics.Any(ClaimDiagnostics.Is);

    private void Note(DowntimeProbe probe)
    {
        _downtime[StrategyName()] = Rounded(probe.HostsFailed ?? probe.Failed);
        _kubernetesDowntime[StrategyName()] = Rounded(probe.Failed);

        static double Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 1, MidpointRounding.ToEven);
    }

    /// <summary>A step that a storm made fail must succeed by the same command once the storm is over.</summary>
    private async Task RecoverAsync(RunVerb verb)
    {
        Stage.CalmDown();
        var again = await _player.PlayAsync("recovery", verb);
        Add(again);
        _recovered = again.Report.Outcome == RunOutcome.Converged;
        await CheckConvergedAsync("recovery");
        if (_recovered == true && verb != RunVerb.Destroy)
            await LookInsideAsync("after the recovery");
    }

    private async Task CheckAsync(string name, StepResult step, IReadOnlyList<WorldItem> before, int mutatingBefore)
    {
        if (name == UpgradeStep)
            CheckTurns(step.Report);
        else
            await CheckOrderAsync(step.Report);
        await CheckConvergedAsync(name);
        switch (name)
        {
            case "up":
                await InhabitAsync();
                break;
            case "second-up":
                foreach (var change in step.Report.Plan?.Changes ?? [])
                    _invariants.SecondUp.Check(
                        change.Action == ChangeAction.None, () => $"{change.Address}: {change.Action}");
                _invariants.SecondUp.Check(
                    Stage.Crashes.MutatingRequests == mutatingBefore, () => "the second up sent changes");
                // The same declaration has led to something else.
                var first = _states.GetValueOrDefault(UpgradeStep, _states["up"]);
                _diverged = StateDifference.Between(_states["second-up"], first) is not null;
                await LookInsideAsync("after the second up");
                await WaitAsync(_tenants.ReturnAfterAMonthAsync(_inside.AreClaimsMounted));
                await LookInsideAsync("after a month");
                break;
            case "rotate":
                await WaitAsync(_tenants.SealAgainAsync(
                    () => _inside.AreClaimsMounted() && _inside.AreNewestKeysUsed()));
                _inside.NewestKeysAreUsed();
                await LookInsideAsync("after the rotation");
                break;
            case UpgradeStep:
            case "rebuild":
                _world.DataIsReadable();
                await LookInsideAsync($"after the {name}");
                WriteData();
                break;
            case "destroy":
                _world.OnlyProtectedIsLeft(before);
                _world.DataIsKept();
                _inside.ClaimsAreKept();
                break;
        }

        if (name != "destroy")
        {
            Describe();
            _cost = step.CostPerMonth ?? _cost;
        }
    }

    /// <summary>People come, and programs write.</summary>
    private async Task InhabitAsync()
    {
        await WaitAsync(_tenants.MoveInAsync(_inside.AreClaimsMounted));
        _inside.WordsAreOpen(_tenants.All, "after the first up");
        _inside.CountOrders();
        WriteData();
    }

    /// <summary>What lives in the clusters is as it was, once it has had the time to start.</summary>
    private async Task LookInsideAsync(string when)
    {
        await WaitAsync(_tenants.SettleAsync(_inside.AreClaimsMounted));
        _inside.WordsAreOpen(_tenants.All, when);
        _inside.NothingIsReordered(when);
        _inside.ClaimsAreReadable(when);
    }

    private void WriteData()
    {
        _world.WriteData();
        _inside.WriteThroughClaims();
    }

    /// <summary>Waits for others: no time of the platform's own.</summary>
    private async Task WaitAsync(Task others)
    {
        var begin = Stage.Clock.Now;
        await others;
        _waited += Stage.Clock.Now - begin;
    }

    private async Task CheckConvergedAsync(string step)
    {
        Stage.World.Advance(Stage.Clock.Now);
        Stage.Site.Proxmox?.Advance(Stage.Clock.Now);
        var state = await LoadStateAsync();
        _states[step] = state;
        _orphans.UnionWith(_world.Orphans(state));
        Duplicates += _world.Duplicates();
        _world.AddressesAreUnique();
    }

    /// <summary>
    /// Every resource begins only when all that it needs, as declared, has ended: by the clock of the run.
    /// </summary>
    private async Task CheckOrderAsync(RunReport report)
    {
        var forward = report.Timeline.Where(entry => entry.Action != ChangeAction.Delete)
            .GroupBy(entry => entry.Address).ToDictionary(same => same.Key, same => same.First());
        foreach (var resource in await Stage.DeclaredAsync())
        {
            if (!forward.TryGetValue(resource.Address, out var entry))
                continue;
            foreach (var need in resource.Needs)
            {
                if (forward.TryGetValue(need, out var needed))
                    _invariants.Order.Check(
                        needed.End <= entry.Start, () => $"{resource.Address} began before {need} had ended");
            }
        }
    }

    /// <summary>Nothing changes on a machine while something changes on another one.</summary>
    private void CheckTurns(RunReport report)
    {
        var turns = report.Timeline.Where(entry =>
                entry.Action == ChangeAction.Update && entry.Address.Type == "talos/machine")
            .OrderBy(entry => entry.Start).ToList();
        foreach (var (before, after) in turns.Zip(turns.Skip(1)))
            _invariants.Order.Check(
                before.End <= after.Start, () => $"{after.Address} began before {before.Address} had ended");
    }

    private void Describe() => _clusters =
    [
        .. Stage.Platform.Clusters.Values.Select(cluster => new ClusterReport(
            cluster.Name,
            cluster.NodePools.Values.Sum(pool => pool.Count),
            _world.Made().Count(item => item is { Kind: "servers" or "qemu", IsProtected: false }
                && item.Name.StartsWith($"{Stage.Platform.Name}-{cluster.Name}-", StringComparison.Ordinal)),
            ComponentHealth.Of(Stage, cluster))),
    ];

    private async Task<Recorded> LoadStateAsync()
    {
        var (_, life) = Stage.Begin(SilentObserver.Instance);
        var time = new Simulation.Time.LifeTimeProvider(life);
        var files = new Simulation.Disks.SimulatedStateFiles(
            Stage.Disk, life, time, new Simulation.Time.CrashPlan(null));
        var state = await StateStore.LoadAsync(files, Stage.Platform.Id, Stage.Cipher, CancellationToken.None);
        return state.Recorded;
    }

    private string StrategyName() =>
        Stage.Platform.Clusters.Values.Any(
            cluster => cluster.RebuildStrategy == Orrery.Model.Platforms.RebuildStrategy.BlueGreen)
            ? "blue-green"
            : "in-place";

    private void Add(StepResult step)
    {
        ServiceRecord[] service = [.. Stage.Site.Service.All, .. Convergence(step)];
        var reading = CriticalPath.OfReading(service, step.PlanBegin, step.TimelineBegin);
        var (length, path) = CriticalPath.Of(step.Report.Timeline, service, step.TimelineBegin);
        _steps.Add(new StepReport
        {
            Name = step.Name,
            Outcome = IsRefused(step.Report) ? "refused"
                : step.Report.Outcome == RunOutcome.Converged ? "converged" : "failed",
            SimulatedSeconds = (step.End - step.Begin).TotalSeconds,
            CriticalPathSeconds = (reading + length).TotalSeconds,
            Plan = step.Report.Plan,
            Diagnostics = step.Report.Diagnostics,
            Timeline = step.Report.Timeline.Select(entry => new TimelineReport(
                entry.Address, entry.Action, entry.Start.TotalSeconds, entry.End.TotalSeconds, entry.After,
                path.Contains(entry))).ToValueList(),
        });
    }

    /// <summary>
    /// What clusters needed by themselves, for the resources that wait for it: until the last of what is delivered was
    /// ready, the last node, a Job, or the last certificate.
    /// </summary>
    private IEnumerable<ServiceRecord> Convergence(StepResult step) =>
        from entry in step.Report.Timeline
        let reached = entry.Address.Type switch
        {
            "argocd/applications" or "flux/kustomizations" => Stage.Site.LastTransition(),
            "kubernetes/nodes" => Stage.Site.LastNodeReady(),
            "kubernetes/kept-certificates" => Stage.Site.Clusters.Options.LetsEncrypt.Orders is [.., var last]
                ? last.At
                : null,
            "kubernetes/object" => Stage.Site.JobDone(entry.Address.Name),
            _ => null,
        }
        let begin = step.TimelineBegin + entry.Start
        where reached > begin
        select new ServiceRecord(entry.Address.Text, "convergence", begin, reached.Value);

    private RehearsalReport Report(bool converged) => new()
    {
        Platform = Stage.Platform.Name,
        Scenario = _options.Scenario.ToString().ToLowerInvariant(),
        Seed = _options.Seed,
        Outcome = !converged ? "failed" : _diverged ? "diverged" : "converged",
        SimulatedSeconds = (Stage.Clock.Now - _waited).TotalSeconds,
        Steps = _steps.ToValueList(),
        Requests = Stage.Logs.ToValueMap(log => log.Key, log => new RequestCount(log.Value.Total, log.Value.Mutating)
        {
            BudgetPerHour = log.Key == Stage.World.Name ? Stage.World.RequestsPerHour : null,
        }),
        Faults = Stage.Logs.Values.Append(Stage.ProgramLog).SelectMany(log => log.Faults)
            .GroupBy(fault => fault.Key, StringComparer.Ordinal)
            .ToValueMap(kind => kind.Key, kind => kind.Sum(fault => fault.Value)),
        Clusters = _clusters,
        DowntimeSeconds = ValueMap.From(_downtime),
        KubernetesDowntimeSeconds = ValueMap.From(_kubernetesDowntime),
        CostPerMonth = _cost,
        Orphans = _orphans.ToValueList(),
        Invariants = _invariants.All.Select(invariant => new InvariantReport(
            invariant.Name, invariant.Holds, invariant.Checked, invariant.Breaches.ToValueList())).ToValueList(),
        Recovered = _recovered,
        Repeat = "",
    };

    private sealed class SilentObserver : IRunObserver
    {
        public static SilentObserver Instance { get; } = new();

        public void On(RunEvent happened)
        {
            // Nobody watches while the checkers read the state.
        }
    }
}
