using Orrery.Tests.Contracts;
using Xunit.Abstractions;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>The simulated server answers as a real one did.</summary>
public sealed class RecordedExchangeTests(ITestOutputHelper output)
{
    /// <summary>The exchanges that are answered otherwise, and why each may be.</summary>
    private static readonly Dictionary<(string File, int Number), string> Otherwise = new()
    {
        [("api.jsonl", 101)] = "the recorded server adds the CA of one vendor to the token's volume",
        [("api.jsonl", 102)] = "the same pod, read",
        [("api.jsonl", 110)] = "owners of one second are in another order than everywhere else",
        [("api.jsonl", 156)] = "a second bookmark at a moment that is chance",
        [("kubectl.jsonl", 227)] = "JSON, which the client takes too, instead of protobuf",
        [("kubectl.jsonl", 228)] = "JSON, which the client takes too, instead of protobuf",
        [("kubectl.jsonl", 229)] = "JSON, which the client takes too, instead of protobuf",
        [("kubectl.jsonl", 246)] = "JSON, which the client takes too, instead of protobuf",
        [("kubectl.jsonl", 248)] = "JSON, which the client takes too, instead of protobuf",
        [("kubectl.jsonl", 250)] = "JSON, which the client takes too, instead of protobuf",
        [("kubectl.jsonl", 378)] = "JSON, which the client takes too, instead of protobuf",
    };

    [ContractFact]
    public void What_a_real_server_answered_is_answered_the_same()
    {
        var replay = new Replay();
        var (all, same) = (0, 0);
        var surprises = new List<string>();
        foreach (var file in new[] { "api.jsonl", "kubectl.jsonl" })
        {
            var different = replay.Play(Recording.Of(file), out var count);
            (all, same) = (all + count, same + count - different.Count);
            var numbers = different.Select(each => each.Recording.Number).ToHashSet();
            foreach (var (recording, found) in different)
            {
                var reason = Otherwise.GetValueOrDefault((file, recording.Number));
                output.WriteLine($"{file} {recording.Number}: {reason ?? string.Join("\n    ", found.Take(6))}");
                if (reason is null)
                    surprises.Add($"{file} {recording.Number}: {found[0]}");
            }

            surprises.AddRange(Otherwise.Keys.Where(key => key.File == file && !numbers.Contains(key.Number))
                .Select(key => $"{file} {key.Number} is listed as different but is the same"));
        }

        var share = 100.0 * same / all;
        output.WriteLine($"{same} of {all} recorded exchanges are answered the same: {share:0.0} %");
        surprises.ShouldBeEmpty();
        share.ShouldBeGreaterThanOrEqualTo(95);
    }
}
