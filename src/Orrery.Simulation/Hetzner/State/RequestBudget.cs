namespace Orrery.Simulation.Hetzner.State;

/// <summary>
/// The project's hourly request budget: full at first, refilled evenly, and used by others as well.
/// Source: https://docs.hetzner.cloud/#rate-limiting
/// </summary>
internal sealed class RequestBudget(int perHour, int othersPerHour)
{
    // One request costs the ticks of an hour, so that refilling is a multiplication of whole numbers.
    private const long Cost = TimeSpan.TicksPerHour;

    private long _credit = perHour * Cost;
    private TimeSpan _last;

    public int Limit => perHour;

    public int Remaining => (int)(_credit / Cost);

    /// <summary>How long until the budget is full again.</summary>
    public TimeSpan UntilFull => new((perHour * Cost - _credit) / Math.Max(1, perHour - othersPerHour));

    public void Advance(TimeSpan now)
    {
        // More than an hour changes no more than an hour does.
        var elapsed = Math.Min((now - _last).Ticks, TimeSpan.TicksPerHour);
        _last = now;
        _credit = Math.Clamp(_credit + elapsed * (perHour - othersPerHour), 0, perHour * Cost);
    }

    /// <summary>Takes one request off, if there is one left.</summary>
    public bool TryTake()
    {
        if (_credit < Cost)
            return false;
        _credit -= Cost;
        return true;
    }
}
