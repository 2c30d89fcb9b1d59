namespace Orrery.Simulation.Time;

/// <summary>
/// Time that passes only when nothing can run: a heap of due events, fired one by one in the order of their time and,
/// at the same time, of their making.
/// </summary>
public sealed class VirtualClock
{
    /// <summary>A Monday; the worlds begin their days here.</summary>
    public static readonly DateTimeOffset Epoch = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<ScheduledEvent, (long Due, long Sequence)> _due = new();
    private long _sequence;

    /// <summary>Since the world began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The world does something later, whatever becomes of the engine meanwhile.</summary>
    public void Schedule(TimeSpan after, Action happening) => Enqueue(new ScheduledEvent(happening), after);

    /// <summary>Lets the next event happen; false when there is none.</summary>
    public bool Advance()
    {
        while (_due.TryDequeue(out var next, out var key))
        {
            if (next.IsCancelled)
                continue;
            Now = TimeSpan.FromTicks(Math.Max(Now.Ticks, key.Due));
            next.Happening();
            return true;
        }

        return false;
    }

    internal void Enqueue(ScheduledEvent scheduled, TimeSpan after) =>
        _due.Enqueue(scheduled, ((Now + after).Ticks, _sequence++));
}

/// <summary>Something that will happen, unless it is cancelled before.</summary>
internal sealed class ScheduledEvent(Action happening)
{
    public Action Happening { get; } = happening;

    public bool IsCancelled { get; set; }
}
