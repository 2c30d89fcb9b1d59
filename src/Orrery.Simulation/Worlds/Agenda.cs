namespace Orrery.Simulation.Worlds;

/// <summary>
/// What the worlds will do by themselves: boots that go on, controllers that look again. Whoever drives time calls
/// <see cref="AdvanceTo"/> at or after each due moment; the worlds themselves call it before they answer.
/// </summary>
public sealed class Agenda
{
    private readonly PriorityQueue<(Action Happening, bool IsPoll), (long Due, long Sequence)> _due = new();
    private TimeSpan _restsUntil;
    private long _sequence;

    /// <summary>Since the world began; never goes back.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>When the next thing is due, or null when nothing is.</summary>
    public TimeSpan? Next => _due.TryPeek(out _, out var key) ? TimeSpan.FromTicks(key.Due) : null;

    /// <summary>Told the due moment of whatever is added, so that a clock can be set to it.</summary>
    public Action<TimeSpan> Added { get; set; } = static _ => { };

    /// <summary>Does something at a moment; at once after what is due before, where the moment is past.</summary>
    public void At(TimeSpan due, Action happening) => Add(due, happening, isPoll: false);

    public void After(TimeSpan delay, Action happening) => At(Now + delay, happening);

    /// <summary>
    /// The same for a look that repeats itself and changes nothing where nothing has changed: asking a repository for
    /// news every minute. It is left out while the world rests.
    /// </summary>
    public void Poll(TimeSpan delay, Action look)
    {
        var due = Now + delay;
        Add(due < _restsUntil ? _restsUntil : due, look, isPoll: true);
    }

    /// <summary>
    /// From now until then nobody changes anything from outside: all that is due happens, and who only looks for news
    /// looks once at the end. A month passes as quickly as an hour.
    /// </summary>
    public void RestUntil(TimeSpan moment) => _restsUntil = moment;

    /// <summary>Does all that is due by then, in order of its moment and, at the same moment, of its adding.</summary>
    public void AdvanceTo(TimeSpan now)
    {
        while (_due.TryPeek(out _, out var key) && key.Due <= now.Ticks)
        {
            var (happening, isPoll) = _due.Dequeue();
            if (isPoll && key.Due < _restsUntil.Ticks)
            {
                Add(_restsUntil, happening, isPoll);
                continue;
            }

            if (key.Due > Now.Ticks)
                Now = TimeSpan.FromTicks(key.Due);
            happening();
        }

        if (now > Now)
            Now = now;
    }

    private void Add(TimeSpan due, Action happening, bool isPoll)
    {
        var moment = due > Now ? due : Now;
        _due.Enqueue((happening, isPoll), (moment.Ticks, _sequence++));
        Added(moment);
    }
}
