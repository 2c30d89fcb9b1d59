using System.Globalization;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Rehearsal.Reports;

namespace Orrery.Cli.Composition;

/// <summary>
/// An exploration of all crash points, shared out over the processors: a rehearsal needs one worker thread, so each
/// share is a process of this program (<c>--crash 2/4</c>), and this one takes the first.
/// </summary>
internal sealed class CrashShares(Host host)
{
    private const int SharesMax = 16;

    /// <summary>How many shares there are.</summary>
    public int Count => host.Beside is null ? 1 : Math.Min(Environment.ProcessorCount, SharesMax);

    /// <summary>Starts all shares but the first.</summary>
    /// <param name="words">The command line without <c>--crash</c> and <c>--output</c>.</param>
    public IReadOnlyList<Task<CrashReport>> Start(IReadOnlyList<string> words, CancellationToken cancellation) =>
    [
        .. Enumerable.Range(2, Count - 1).Select(share => ReadAsync(
            [
                .. words, "--crash", string.Create(CultureInfo.InvariantCulture, $"{share}/{Count}"),
                "--output", "json",
            ],
            cancellation)),
    ];

    /// <exception cref="IOException">The process ended without a report.</exception>
    private async Task<CrashReport> ReadAsync(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var text = host.Beside is { } beside ? await beside(words, cancellation) : "";
        try
        {
            using var report = JsonDocument.Parse(text);
            var crashes = report.RootElement.GetProperty("crashes");
            int Number(string name) => crashes.GetProperty(name).GetInt32();
            return new CrashReport
            {
                Points = Number("points"),
                MutatingRequests = Number("mutatingRequests"),
                JournalWrites = Number("journalWrites"),
                Converged = Number("converged"),
                Orphans = Number("orphans"),
                Duplicates = Number("duplicates"),
                HasFailed = report.RootElement.GetProperty("outcome").GetString() == "failed",
                Failures = crashes.TryGetProperty("failures", out var failures)
                    ? failures.EnumerateArray().Select(failure => failure.GetString() ?? "").ToValueList()
                    : [],
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException)
        {
            throw new IOException($"'orrery {string.Join(' ', words)}' ended without a report", exception);
        }
    }
}
