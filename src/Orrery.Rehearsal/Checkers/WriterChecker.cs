using System.Text.Json;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Time;

namespace Orrery.Rehearsal.Checkers;

/// <summary>
/// Nobody changes a cloud or the journal without the lease: before each such write, the lease on the disk must be this
/// life's and not over.
/// </summary>
internal sealed class WriterChecker(Stage stage, Invariant invariant)
{
    private const string LeaseName = "lease.json";
    private readonly Dictionary<Life, string> _leases = [];

    /// <param name="what">A file of the state, or the method and path of a request.</param>
    public void Writing(Life life, string what)
    {
        var isOfTheRun = what.Contains(' ', StringComparison.Ordinal) || what == "state.json"
            || what.StartsWith("journal-", StringComparison.Ordinal);
        if (!isOfTheRun)
            return;
        var (lease, expires) = ReadLease();
        // The first write of a life shows which lease it holds; no other life may have written under the same.
        if (!_leases.TryGetValue(life, out var own))
        {
            invariant.Check(!_leases.ContainsValue(lease), () => $"{what} is written under another run's lease");
            _leases[life] = own = lease;
        }

        var now = VirtualClock.Epoch + stage.Clock.Now;
        invariant.Check(
            own == lease && expires > now, () => $"{what} is written without the lease at {stage.Clock.Now}");
    }

    /// <summary>
    /// Token and begin tell a lease from all others, also after the state was lost and tokens begin anew.
    /// </summary>
    private (string Lease, DateTimeOffset Expires) ReadLease()
    {
        if (!stage.Disk.Files.TryGetValue(LeaseName, out var content))
            return ("", default);
        using var lease = JsonDocument.Parse(content);
        return (
            $"{lease.RootElement.GetProperty("token").GetInt64()} {lease.RootElement.GetProperty("since").GetString()}",
            lease.RootElement.GetProperty("expires").GetDateTimeOffset());
    }
}
