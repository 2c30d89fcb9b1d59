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
    private readonly Dictionary<Life, long> _tokens = [];

    public void Writing(Life life, string what)
    {
        if (what == LeaseName)
            return;
        var (token, expires) = ReadLease();
        // The first write of a life shows its token; it must be newer than that of every life before.
        if (!_tokens.TryGetValue(life, out var own))
        {
            invariant.Check(!_tokens.ContainsValue(token), () => $"{what} is written under another run's lease");
            _tokens[life] = own = token;
        }

        var now = VirtualClock.Epoch + stage.Clock.Now;
        invariant.Check(
            own == token && expires > now, () => $"{what} is written without the lease at {stage.Clock.Now}");
    }

    private (long Token, DateTimeOffset Expires) ReadLease()
    {
        if (!stage.Disk.Files.TryGetValue(LeaseName, out var content))
            return (0, default);
        using var lease = JsonDocument.Parse(content);
        return (
            lease.RootElement.GetProperty("token").GetInt64(),
            lease.RootElement.GetProperty("expires").GetDateTimeOffset());
    }
}
