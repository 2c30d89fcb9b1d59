namespace Orrery.Providers.Hetzner;

/// <summary>
/// How long to wait before looking again: a sixtieth of the time waited so far, so that a short wait ends soon after
/// what it waits for, and a long one costs few requests. Where one look takes several requests, they come as much
/// rarer.
/// </summary>
internal static class PollInterval
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <param name="requests">How many requests one look takes.</param>
    public static TimeSpan After(TimeSpan waited, int requests = 1)
    {
        var part = waited / 60;
        var shortest = Shortest * requests;
        var interval = part < shortest ? shortest : part;
        return interval > Longest ? Longest : interval;
    }
}
