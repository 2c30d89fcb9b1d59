using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner.State;

/// <summary>All actions of the project, and what of them is still to come.</summary>
internal sealed class ActionLog(List<ServiceRecord> service)
{
    private readonly PriorityQueue<CloudAction, (TimeSpan Due, long Order)> _running = new();
    private readonly PriorityQueue<Action<TimeSpan>, (TimeSpan Due, long Order)> _later = new();
    private long _order;

    public SortedDictionary<long, CloudAction> All { get; } = [];

    /// <summary>Told when something will be due, so that a clock can be set to it.</summary>
    public Action<TimeSpan> Scheduled { get; set; } = static _ => { };

    /// <summary>Takes an action into the log and gives it what it holds.</summary>
    public void Start(CloudAction action)
    {
        All.Add(action.Id, action);
        foreach (var held in action.Work.Holds)
            held.Locks++;
        _running.Enqueue(action, (action.Due, _order++));
        Scheduled(action.Due);
    }

    /// <summary>Something that happens by itself, such as a machine that is off some time after the signal.</summary>
    public void Later(TimeSpan due, Action<TimeSpan> effect)
    {
        _later.Enqueue(effect, (due, _order++));
        Scheduled(due);
    }

    /// <summary>Lets happen, in order, all that is due until <paramref name="now"/>.</summary>
    public void Advance(TimeSpan now)
    {
        while (true)
        {
            var actionDue = _running.TryPeek(out _, out var action) && action.Due <= now;
            var laterDue = _later.TryPeek(out _, out var later) && later.Due <= now;
            if (laterDue && (!actionDue || later.CompareTo(action) < 0))
                _later.Dequeue()(later.Due);
            else if (actionDue)
                Finish(_running.Dequeue());
            else
                return;
        }
    }

    private void Finish(CloudAction action)
    {
        var failed = action.Doomed || action.After?.Status == ActionStatus.Error;
        action.Status = failed ? ActionStatus.Error : ActionStatus.Success;
        action.Finished = action.Due;
        foreach (var held in action.Work.Holds)
            held.Locks--;
        (failed ? action.Work.Fail : action.Work.Succeed)?.Invoke(action.Due);
        service.Add(new ServiceRecord(action.Tag, action.Command, action.Begins, action.Due));
    }
}
