namespace Orrery.Simulation.Worlds;

/// <summary>
/// What the worlds will do by themselves: boots that go on, controllers that look again. Whoever drives time calls
/// <see cref="AdvanceTo"/> at or after each due moment; the worlds themselves call it before they answer.
/// </summary>
public sealed class Agenda
{
    private readonly PriorityQueue<Action, (long Due, long Sequence)> _due = new();
    private long _sequence;

    /// <summary>Since the world began; never goes back.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>When the next thing is due, or null when nothing is.</summary>
    public TimeSpan? Next => _due.TryPeek(out _, out var key) ? TimeSpan.FromTicks(key.Due) : null;

    /// <summary>Told the due moment of whatever is added, so that a clock can be set to it.</summary>
    public Action<TimeSpan> Added { get; set; } = static _ => { };

    /// <summary>Does something at a moment; at once after what is due before, where the moment is past.</summary>
    public void At(TimeSpan due, Action happening)
    {
        var moment = due > Now ? due : Now;
        _due.Enqueue(happening, (moment.Ticks, _sequence++));
        Added(moment);
    }

    public void After(TimeSpan delay, Action happening) => At(Now + delay, happening);

    /// <summary>Does all that is due by then, in order of its moment and, at the same moment, of its adding.</summary>
    public void AdvanceTo(TimeSpan now)
    {
        while (_due.TryPeek(out _, out var key) && key.Due <= now.Ticks)
        {
            var happening = _due.Dequeue();
            if (key.Due > Now.Ticks)
                Now = TimeSpan.FromTicks(key.Due);
            happening();
        }

        if (now > Now)
            Now = now;
    }
}
