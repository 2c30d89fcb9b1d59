using Orrery.Tests.Contracts;
using Xunit.Abstractions;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>The simulated server answers as a real one did.</summary>
public sealed class RecordedExchangeTests(ITestOutputHelper output)
{
    [ContractFact]
    public void What_a_real_server_answered_is_answered_the_same()
    {
        var replay = new Replay();
        var (all, different) = (0, new List<(Recording Recording, List<string> Differences)>());
        foreach (var file in new[] { "api.jsonl", "kubectl.jsonl" })
        {
            different.AddRange(replay.Play(Recording.Of(file), out var count));
            all += count;
        }

        foreach (var (recording, found) in different)
        {
            output.WriteLine($"{recording.Number} {recording.Case}: {recording.Method} {recording.Path} {recording.Status}");
            foreach (var difference in found.Take(6))
                output.WriteLine("    " + difference);
        }

        var share = 100.0 * (all - different.Count) / all;
        output.WriteLine($"{all - different.Count} of {all} exchanges the same: {share:0.0} %");
        share.ShouldBeGreaterThanOrEqualTo(95);
    }
}
