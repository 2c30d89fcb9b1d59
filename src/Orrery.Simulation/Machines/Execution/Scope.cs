using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Machines.Execution;

/// <summary>
/// What dies together: a machine between power on and power off, a unit's processes, a session. The dead are never
/// resumed; nothing of them is thrown or cleaned up, since a kill runs no clean-up.
/// </summary>
internal sealed class Scope(Agenda agenda, Scope? parent)
{
    // A process costs the machine some milliseconds (assumed); a loop that never sleeps thereby takes virtual time.
    private static readonly TimeSpan PerProcess = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan DebtMax = TimeSpan.FromMilliseconds(100);

    private bool _isKilled;
    private TimeSpan _debt;

    public Agenda Agenda => agenda;

    public bool IsDead => _isKilled || (parent?.IsDead ?? false);

    public void Kill() => _isKilled = true;

    public Scope Child() => new(agenda, this);

    public Work<bool> Sleep(TimeSpan duration)
    {
        var work = new Work<bool>();
        agenda.After(duration, () => Resume(work));
        return work;
    }

    /// <summary>Waits until it is signalled, or for so long; false when it was not signalled in time.</summary>
    public Work<bool> WaitFor(Signal signal, TimeSpan? limit = null)
    {
        var work = new Work<bool>();
        signal.Then(() => Resume(work));
        if (limit is { } patience)
            agenda.After(patience, () => Resume(work, false));
        return work;
    }

    /// <summary>Counts one process; what they cost together is slept from time to time.</summary>
    public async Work<bool> CountProcess()
    {
        _debt += PerProcess;
        if (_debt < DebtMax)
            return true;
        var debt = _debt;
        _debt = TimeSpan.Zero;
        return await Sleep(debt);
    }

    /// <summary>Success at once.</summary>
    public static Work<int> Done()
    {
        var work = new Work<int>();
        work.Complete(0);
        return work;
    }

    /// <summary>Runs work that nobody awaits; what it throws reaches whoever drives time.</summary>
    public static void Start<T>(Work<T> work) => work.OnCompleted(() => work.GetResult());

    private void Resume(Work<bool> work, bool result = true)
    {
        if (!IsDead)
            work.Complete(result);
    }
}

/// <summary>Something that others wait for; it happens again and again, each time for those who wait then.</summary>
internal sealed class Signal
{
    private List<Action> _waiting = [];

    public void Then(Action happening) => _waiting.Add(happening);

    public void Set()
    {
        var waiting = _waiting;
        _waiting = [];
        foreach (var happening in waiting)
            happening();
    }
}
