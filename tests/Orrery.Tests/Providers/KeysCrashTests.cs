using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Tests.Engine;

namespace Orrery.Tests.Providers;

/// <summary>A run that dies while it makes keys: the next one finds what was written and makes only the rest.</summary>
public class KeysCrashTests
{
    [Fact]
    public async Task Whenever_a_run_dies_the_next_one_keeps_the_keys_that_are_there()
    {
        var moments = new System.Collections.Concurrent.ConcurrentQueue<MemoryStateFiles>();
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
