namespace Orrery.Providers.Hetzner;

/// <summary>
/// How long to wait before looking again: a twentieth of the time waited so far, so that we are never much too late.
/// </summary>
internal static class PollInterval
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static TimeSpan After(TimeSpan waited)
    {
        var part = waited / 20;
        return part < Shortest ? Shortest : part > Longest ? Longest : part;
    }
}
