namespace Orrery.Simulation.GitHub;

/// <summary>
/// How many requests one caller has left: a window of an hour that begins with its first request.
/// Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
/// </summary>
internal sealed class Budget(int limit)
{
    private TimeSpan? _ends;

    public int Limit => limit;

    public int Used { get; private set; }

    public int Remaining => limit - Used;

    /// <summary>When the window ends.</summary>
    public TimeSpan Ends => _ends ?? TimeSpan.Zero;

    public bool TryTake(TimeSpan now)
    {
        Look(now);
        if (Used >= limit)
            return false;
        Used++;
        return true;
    }

    /// <summary>Begins a new window where the last is over; takes nothing.</summary>
    public void Look(TimeSpan now)
    {
        if (_ends is { } ends && now < ends)
            return;
        (_ends, Used) = (now + TimeSpan.FromHours(1), 0);
    }
}
