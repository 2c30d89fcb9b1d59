using System.Security.Cryptography;
using Orrery.Bench.Measuring;
using Orrery.Engine;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Age;

namespace Orrery.Bench.Graphs;

/// <summary>
/// Takes one graph through the whole engine: first plan, apply, a plan that finds nothing to do, destroy. State and
/// journal are real files in a folder of their own; every phase reads the state again.
/// </summary>
internal sealed class GraphBenchmark(GraphShape shape, string folder) : IRunObserver
{
    private const string StateName = "state.json";

    private static readonly Platform Platform = new()
    {
        Name = "bench",
        Id = "bench-00000000",
        Repository = new Repository { Url = "https://git.example.org/bench" },
        Recovery = new Recovery([], new SecretReference.Env("UNUSED")),
        Clusters = ValueMap.Of((GraphShape.Cluster, new Cluster
        {
            Name = GraphShape.Cluster,
            // The provider below knows no clouds and reads none of this.
            Infrastructure = new Infrastructure.Hetzner
            {
                Token = new SecretReference.Env("UNUSED"),
                Location = "none",
                SshKey = null,
                Firewall = null,
            },
            Distribution = new Distribution.K3s("none"),
            NodePools = ValueMap<NodePool>.Empty,
        })),
    };

    private readonly NothingCloud _cloud = new();
    private readonly IIdentity _identity = AgeIdentity.Generate(RandomNumberGenerator.Fill);

    public async Task<GraphResult> RunAsync()
    {
        var plan = await MeasureAsync("plan", pipeline => PlanAsync(pipeline, ChangeAction.Create));
        var apply = await MeasureAsync("apply", pipeline => ApplyAsync(pipeline, RunVerb.Up));
        Expect(_cloud.Count == shape.Count, $"{_cloud.Count} of {shape.Count} resources were made");
        var stateBytes = new FileInfo(Path.Combine(folder, StateName)).Length;
        var noOp = await MeasureAsync("no-op plan", pipeline => PlanAsync(pipeline, ChangeAction.None));
        var destroy = await MeasureAsync("destroy", pipeline => ApplyAsync(pipeline, RunVerb.Destroy));
        Expect(_cloud.Count == 0, $"{_cloud.Count} resources were left");
        return new GraphResult(shape.Name, shape.Count, [plan, apply, noOp, destroy], stateBytes);
    }

    /// <summary>Nobody watches a measurement.</summary>
    public void On(RunEvent happened)
    {
    }

    private async Task<PhaseResult> MeasureAsync(string name, Func<Pipeline, Task> work)
    {
        using var files = new LocalStateFiles(folder, TimeProvider.System);
        var counting = new CountingStateFiles(files);
        var pipeline = new Pipeline(Platform, EnvironmentOver(counting));
        var meter = PhaseMeter.Start();
        await work(pipeline);
        return meter.Stop(name) with { Flushes = counting.Flushes, JournalBytes = counting.AppendedBytes };
    }

    private async Task PlanAsync(Pipeline pipeline, ChangeAction action)
    {
        var planned = await pipeline.PlanAsync(RunVerb.Up, null, CancellationToken.None);
        var expected = planned.Plan.Changes.Count(change => change.Action == action && !change.IsBookkeeping);
        Expect(expected == shape.Count, $"the plan has {expected} of {shape.Count} expected changes");
    }

    private static async Task ApplyAsync(Pipeline pipeline, RunVerb verb)
    {
        var request = new RunRequest { Verb = verb, Confirm = static (_, _) => Task.FromResult(true) };
        var report = await pipeline.RunAsync(request, Interruption.None);
        Expect(report.Outcome == RunOutcome.Converged, $"{verb} ended {report.Outcome}: {report.Diagnostics}");
    }

    private EngineEnvironment EnvironmentOver(IStateFiles files) => new()
    {
        Time = TimeProvider.System,
        Random = new NoJitter(),
        Files = files,
        Cipher = new SopsStateCipher(
            [_identity.Recipient], () => [_identity], TimeProvider.System, RandomNumberGenerator.Fill),
        Providers = guard => new Dictionary<string, IProvider>
        {
            [GraphShape.Cluster] = _cloud.Provider(shape, guard),
        },
        Secrets = new NoSecrets(),
        Holder = "bench",
        Observer = this,
    };

    private static void Expect(bool holds, string what) =>
        Invariant.Check(holds, $"what was measured is wrong: {what}");

    /// <summary>Nothing fails here, so nothing is waited for.</summary>
    private sealed class NoJitter : IRandomSource
    {
        public double NextDouble() => 0.5;

        public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
    }

    private sealed class NoSecrets : ISecretValues
    {
        public string? Find(SecretReference reference) => null;
    }
}
