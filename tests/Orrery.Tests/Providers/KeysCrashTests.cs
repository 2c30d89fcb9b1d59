using System.Collections.Concurrent;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Tests.Engine;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers;

/// <summary>A run that dies while it makes keys: the next one finds what was written and makes only the rest.</summary>
public class KeysCrashTests
{
    [Fact]
    public async Task Whenever_a_run_dies_the_next_one_keeps_the_keys_that_are_there()
    {
        var moments = new ConcurrentQueue<MemoryStateFiles>();
        var first = new KeysScene();
        first.Files.Writing = _ =>
        {
            moments.Enqueue(first.Files.Copy());
            return Task.CompletedTask;
        };
        (await first.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);

        moments.Count.ShouldBeGreaterThan(12);
        var withKeys = 0;
        foreach (var moment in moments)
        {
            var scene = new KeysScene(moment);
            var there = scene.Keys;
            withKeys += there.Count > 0 ? 1 : 0;
            // Another life's randomness would make other keys.
            (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
            scene.Keys.Keys.ShouldBe(first.Keys.Keys);
            foreach (var (name, content) in there)
                scene.Keys[name].ShouldBe(content, name);
            (await scene.PlanAsync()).Plan.Changes.ShouldAllBe(change => !change.IsWork);
        }

        withKeys.ShouldBeGreaterThan(4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_key_that_was_written_although_the_reply_was_lost_is_used(int write)
    {
        var loses = new LosesReplies(write);
        var scene = new KeysScene { Interposed = loses.Over };
        var report = await scene.RunAsync();
        report.Outcome.ShouldBe(RunOutcome.Failed);
        report.Diagnostics[0].Detail.ShouldContain("cannot be written: the wire broke");
        var there = scene.Keys;
        there.ShouldNotBeEmpty();

        (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        foreach (var (name, content) in there)
            scene.Keys[name].ShouldBe(content, name);
        scene.Keys.Count.ShouldBe(9);
        (await scene.PlanAsync()).Plan.Changes.ShouldAllBe(change => !change.IsWork);
    }

    [Theory]
    [InlineData("deploy-key")]
    [InlineData("sealed-secrets-key")]
    [InlineData("cluster-identity")]
    public async Task A_rotation_that_died_at_any_moment_is_finished_and_makes_one_key(string key)
    {
        var (first, moments) = (new KeysScene(), new ConcurrentQueue<MemoryStateFiles>());
        await first.RunAsync();
        first.Files.Files["secrets/prod/db.sops.yaml"] = Document();
        await first.RunAsync();
        var before = first.Keys;
        first.Files.Writing = _ => Remember(moments, first);
        (await first.RotateAsync(key, 2)).Outcome.ShouldBe(RunOutcome.Converged);

        moments.Count.ShouldBeGreaterThan(4);
        foreach (var moment in moments)
        {
            var scene = new KeysScene(moment);
            (await scene.RotateAsync(key, 2)).Outcome.ShouldBe(RunOutcome.Converged);
            scene.Keys.Keys.ShouldBe(first.Keys.Keys);
            foreach (var (name, content) in before.Where(file => file.Key.Contains("/keys/", StringComparison.Ordinal)))
                scene.Keys[name].ShouldBe(content, name);
            (await scene.PlanAsync()).Plan.Changes.ShouldAllBe(change => !change.IsWork);
            Password(scene, KeysScene.Identity).ShouldBe("planted");
        }
    }

    [Fact]
    public async Task Another_recovery_identity_takes_over_whenever_its_rotation_dies()
    {
        var (first, second) = (new KeysScene(), AgeIdentity.Generate(SeededRandom.From(5)));
        await first.RunAsync();
        first.Files.Files["secrets/prod/db.sops.yaml"] = Document();
        await first.RunAsync();
        var texts = Kinds.ToDictionary(kind => kind, kind => first.Texts(kind));
        var (both, moments) = (new ConcurrentQueue<MemoryStateFiles>(), new ConcurrentQueue<MemoryStateFiles>());
        first.Files.Writing = _ => Remember(both, first);
        first.Recipients = [KeysScene.Identity.Recipient, second.Recipient];
        await first.RunAsync();
        first.Files.Writing = _ => Remember(moments, first);
        first.Recipients = [second.Recipient];
        first.Identities = [second];
        await first.RunAsync();

        foreach (var (moment, isFirstPhase) in both.Select(it => (it, true)).Concat(moments.Select(it => (it, false))))
        {
            // Until everything can be opened by both, the old one opens everything; then the new one does.
            var scene = new KeysScene(moment) { Identities = [KeysScene.Identity, second] };
            foreach (var kind in Kinds)
                TextsOf(scene, kind, isFirstPhase ? KeysScene.Identity : second).ShouldBe(texts[kind]);
            scene.Recipients = [KeysScene.Identity.Recipient, second.Recipient];
            if (isFirstPhase)
                (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
            scene.Recipients = [second.Recipient];
            (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
            foreach (var kind in Kinds)
            {
                TextsOf(scene, kind, second).ShouldBe(texts[kind]);
                Should.Throw<SopsException>(() => TextsOf(scene, kind, KeysScene.Identity));
            }

            Password(scene, second).ShouldBe("planted");
            Should.Throw<SopsException>(() => Password(scene, KeysScene.Identity));
        }
    }

    [Fact]
    public async Task What_appears_while_it_is_made_is_not_written_over()
    {
        var other = new KeysScene();
        await other.RunAsync();
        var scene = new KeysScene();
        const string path = $"{KeysScene.Folder}/keys/k3s-token.sops.yaml";
        scene.Files.Writing = what =>
        {
            // Somebody else, on another machine, was a moment faster.
            if (what == $"swap {path}")
                scene.Files.Files.TryAdd(path, other.Files.Files[path]);
            return Task.CompletedTask;
        };
        (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        scene.Texts("k3s-token").ShouldBe(other.Texts("k3s-token"));
    }

    private static readonly string[] Kinds =
    [
        "cluster-identity", "deploy-key", "k3s-authorities", "k3s-token", "password-grafana", "sealed-secrets-key",
    ];

    private static Task Remember(ConcurrentQueue<MemoryStateFiles> moments, KeysScene scene)
    {
        moments.Enqueue(scene.Files.Copy());
        return Task.CompletedTask;
    }

    private static byte[] Document() => SopsFile.Encrypt(
        "stringData:\n  password: planted\n"u8, SopsFormat.Yaml, CreationRule.For($"{KeysScene.Identity.Recipient}"),
        DateTimeOffset.UnixEpoch, SeededRandom.From(1));

    private static string Password(KeysScene scene, IIdentity identity) => Encoding.UTF8.GetString(
        SopsFile.Open(scene.Files.Files["secrets/prod/db.sops.yaml"], SopsFormat.Yaml, [identity])
            .Extract(["stringData", "password"])).Trim();

    private static ValueMap<string> TextsOf(KeysScene scene, string kind, IIdentity identity) => KeyFile.Decrypt(
        scene.Files.Files[$"{KeysScene.Folder}/keys/{kind}.sops.yaml"], [identity]).Texts;

    /// <summary>The Nth swap takes place and is reported as broken.</summary>
    private sealed class LosesReplies(int at)
    {
        private int _swaps;

        private bool IsNow() => Interlocked.Increment(ref _swaps) == at;

        public IStateFiles Over(IStateFiles files) => new Files(this, files);

        private sealed class Files(LosesReplies plan, IStateFiles inner) : IStateFiles
        {
            public Task<StateFile?> ReadAsync(string name, CancellationToken cancellation) =>
                inner.ReadAsync(name, cancellation);

            public async Task<string?> TrySwapAsync(
                string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation)
            {
                var version = await inner.TrySwapAsync(name, expectedVersion, content, cancellation);
                return plan.IsNow() ? throw new IOException("the wire broke") : version;
            }

            public Task AppendAsync(
                string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
                    inner.AppendAsync(name, content, cancellation);

            public Task DeleteAsync(string name, CancellationToken cancellation) =>
                inner.DeleteAsync(name, cancellation);

            public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) =>
                inner.ListAsync(prefix, cancellation);
        }
    }
}
