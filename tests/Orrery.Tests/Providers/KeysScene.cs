using System.Text;
using Orrery.Engine;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Age;
using Orrery.Tests.Engine;
using SeededRandom = Orrery.Tests.Secrets.SeededRandom;

namespace Orrery.Tests.Providers;

/// <summary>The whole engine over the keys of one cluster, with its files in memory.</summary>
internal sealed class KeysScene : IRandomSource, ISecretValues, IRunObserver
{
    public const string Folder = "secrets/prod";

    private readonly StoppedTime _time = new();
    private ulong _lives;

    /// <param name="files">What an earlier life left behind; its lease is over.</param>
    public KeysScene(MemoryStateFiles? files = null)
    {
        Files = files ?? new MemoryStateFiles();
        if (files is not null)
            (_lives, _time.Now) = (10, TimeSpan.FromDays(1));
    }

    public static IIdentity Identity { get; } = AgeIdentity.Generate(SeededRandom.From(1));

    /// <summary>State and keys together: one moment of both is one copy.</summary>
    public MemoryStateFiles Files { get; }

    /// <summary>What the provider sees of them.</summary>
    public Func<IStateFiles, IStateFiles> Interposed { get; init; } = static files => files;

    public IReadOnlyList<IRecipient> Recipients { get; set; } = [Identity.Recipient];

    public IReadOnlyList<IIdentity> Identities { get; set; } = [Identity];

    /// <summary>Everything that a user would see.</summary>
    public StringBuilder Shown { get; } = new();

    public static Platform Platform { get; } = Declaration.Read(
        [ExampleDeclarations.Create("cosmos", [$"{Identity.Recipient}"], "x.json")], profile: null).Value!;

    public static Cluster Cluster => Platform.Clusters["prod"];

    /// <summary>The files of keys and what stands beside them.</summary>
    public IReadOnlyDictionary<string, string> Keys => Files.Files
        .Where(file => file.Key.StartsWith("secrets/", StringComparison.Ordinal))
        .ToDictionary(file => file.Key, file => Encoding.UTF8.GetString(file.Value), StringComparer.Ordinal);

    public KeysProvider Provider(IWriterGuard? guard = null, ulong seed = 1) => new(new KeysEnvironment
    {
        Time = _time,
        Maker = new KeyPool(seed),
        Files = Interposed(Files),
        Guard = guard ?? FreeWriter.Instance,
        Recipients = Recipients,
        Identities = () => Identities,
    });

    public Task<RunReport> RunAsync(RunVerb verb = RunVerb.Up) => Engine().RunAsync(
        new RunRequest { Verb = verb, Confirm = Confirm }, Interruption.None);

    public Task<RunReport> RotateAsync(string key, int? generation = null) => Engine().RunAsync(
        new RunRequest
        {
            Verb = RunVerb.Rotate,
            Rotated = [new RotatedKey("prod", key, generation)],
            Confirm = Confirm,
        },
        Interruption.None);

    public Task<PlannedRun> PlanAsync() => Engine().PlanAsync(RunVerb.Up, null, CancellationToken.None);

    /// <summary>The texts in one of the files, as the recovery identity opens it.</summary>
    public ValueMap<string> Texts(string name) =>
        KeyFile.Decrypt(Files.Files[$"{Folder}/keys/{name}.sops.yaml"], [Identity]).Texts;

    public void Fill(Span<byte> bytes) => SeededRandom.From(7)(bytes);

    public double NextDouble() => 0.5;

    public string? Find(SecretReference reference) => null;

    public void On(RunEvent happened) => Shown.AppendLine($"{happened}");

    private Task<bool> Confirm(PlannedRun planned, CancellationToken cancellation)
    {
        Shown.AppendLine($"{planned}").AppendLine(string.Join('\n', planned.Plan.Changes));
        return Task.FromResult(true);
    }

    /// <summary>A new life, with other randomness, long after the one before.</summary>
    private Pipeline Engine()
    {
        _lives++;
        _time.Now += TimeSpan.FromHours(1);
        var seed = 1000 * _lives;
        return new Pipeline(Platform, new EngineEnvironment
        {
            Time = _time,
            Random = this,
            Files = Files,
            Cipher = Ciphers.For(Identity, (int)_lives),
            Providers = guard => new Dictionary<string, IProvider> { ["prod"] = Provider(guard, seed) },
            Secrets = this,
            Holder = $"life {_lives}",
            Observer = this,
        });
    }

    /// <summary>Nothing here waits, so no timer ever fires; only a test moves the clock.</summary>
    private sealed class StoppedTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + Now;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Silent();

        private sealed class Silent : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                // Nothing runs.
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
