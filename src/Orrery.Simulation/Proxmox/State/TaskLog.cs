using System.Globalization;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.State;

/// <summary>All tasks of the cluster, and what of them is still to come.</summary>
internal sealed class TaskLog(PveCluster cluster)
{
    private readonly PriorityQueue<PveTask, (TimeSpan Due, long Order)> _running = new();
    private long _order;

    public List<PveTask> All { get; } = [];

    public List<ServiceRecord> Service { get; } = [];

    /// <summary>Told when something will be due, so that a clock can be set to it.</summary>
    public Action<TimeSpan> Scheduled { get; set; } = static _ => { };

    /// <summary>
    /// A worker begins. It takes the locks of its storages one after the other, as soon as each is free, and gives up
    /// when that takes too long.
    /// </summary>
    public PveTask Start(TaskStart start, TaskWork work)
    {
        var (ready, timedOut) = Locked(start, work);
        var due = ready + (timedOut is null ? work.Takes : TimeSpan.Zero);
        var task = new PveTask
        {
            Pid = PidOf(start),
            Upid = UpidOf(start),
            Start = start,
            Work = timedOut is null ? work : work with { Dies = timedOut },
            Due = due,
        };
        task.Log.AddRange(work.Log);
        foreach (var machine in work.Holds)
            machine.Holders++;
        All.Add(task);
        _running.Enqueue(task, (due, _order++));
        Scheduled(due);
        // Making its own volumes is the world's work for this one; waiting for a lock that others hold is not.
        var allocating = cluster.Options.Latencies.Allocation * work.Allocates.Sum(made => made.Volumes);
        var begins = timedOut is null ? ready - allocating : ready;
        Service.Add(new ServiceRecord(start.Tag, $"{start.Type} {start.Id}", begins, due));
        return task;
    }

    public void Advance(TimeSpan now)
    {
        while (_running.TryPeek(out var task, out _) && task.Due <= now)
        {
            _running.Dequeue();
            Finish(task);
        }
    }

    public PveTask? Find(string upid) => All.Find(task => task.Upid == upid);

    /// <summary>Ends a task before its time, with success.</summary>
    public static void EndEarly(PveTask task, TimeSpan now)
    {
        if (task.Exit is not null)
            return;
        Release(task);
        task.Exit = "OK";
        task.Ended = now;
    }

    private (TimeSpan Ready, string? TimedOut) Locked(TaskStart start, TaskWork work)
    {
        var latencies = cluster.Options.Latencies;
        var at = start.Now;
        foreach (var (storage, volumes) in work.Allocates)
        {
            for (var i = 0; i < volumes; i++)
            {
                var free = storage.FreeAt > at ? storage.FreeAt : at;
                if (free - at > latencies.LockPatience)
                    return (at + latencies.LockPatience, storage.LockTimeout);
                at = free + latencies.Allocation;
                storage.FreeAt = at;
            }
        }

        return (at, null);
    }

    private static void Finish(PveTask task)
    {
        if (task.Exit is not null)
            return;
        Release(task);
        task.Exit = "OK";
        try
        {
            if (task.Work.Dies is { } words)
                throw Refusal.Died(words);
            if (task.Start.Doomed)
                throw Refusal.Died("interrupted by signal");
            task.Work.Succeed?.Invoke(task.Due);
        }
        catch (Refusal refusal)
        {
            task.Exit = refusal.Message.Trim();
            task.Work.Fail?.Invoke(task.Due);
        }

        task.Log.Add(task.Exit == "OK" ? "TASK OK" : $"TASK ERROR: {task.Exit}");
        task.Ended = task.Due;
    }

    private static void Release(PveTask task)
    {
        foreach (var machine in task.Work.Holds)
            machine.Holders--;
    }

    private string UpidOf(TaskStart start)
    {
        var seconds = (cluster.Options.Epoch + start.Now).ToUnixTimeSeconds();
        var pstart = (long)(start.Now.TotalMilliseconds / 10) + 100_000;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"UPID:{start.Node}:{PidOf(start):X8}:{pstart:X8}:{seconds:X8}:{start.Type}:{start.Id}:{start.User}:");
    }

    // Of what is done and how often before, not of when: an interrupted life gets the same ones.
    private long PidOf(TaskStart start)
    {
        var name = $"{start.Node}/{start.Type}/{start.Id}";
        var count = All.Count(task => task.Start.Type == start.Type && task.Start.Id == start.Id);
        return 1000 + (long)(StableHash.Of(cluster.Options.Seed).And(name).And((ulong)count).Value % 4_000_000);
    }
}
