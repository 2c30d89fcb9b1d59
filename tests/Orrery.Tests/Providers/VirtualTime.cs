using System.Globalization;

namespace Orrery.Tests.Providers;

/// <summary>
/// A clock that stands still while something can go on, and jumps to the next timer when everything waits.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Epoch =
        DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<VirtualTimer> _timers = [];
    private TimeSpan _now;

    /// <summary>How long to wait before each jump, for work that runs long between two timers.</summary>
    public TimeSpan Settling { get; set; }

    /// <summary>Says that work goes on which no timer tells of: time stands still until it is done.</summary>
    public Func<bool> IsBusy { get; set; } = static () => false;

    public TimeSpan Now
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

    public int ActiveTimers
    {
        get
        {
            lock (_gate)
                return _timers.Count;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Epoch + Now;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs to the end, jumping over all waiting.</summary>
    public void Run(Func<Task> body)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = body();
            while (!task.IsCompleted)
            {
                SpinWait.SpinUntil(() =>
                    task.IsCompleted || ThreadPool.PendingWorkItemCount == 0, TimeSpan.FromMilliseconds(20));
                if (Settling > TimeSpan.Zero)
                    SpinWait.SpinUntil(() => task.IsCompleted, Settling);
                SpinWait.SpinUntil(() => task.IsCompleted || !IsBusy(), Patience);
                if (!task.IsCompleted && !FireNext())
                {
                    SpinWait.SpinUntil(() => task.IsCompleted || ActiveTimers > 0, Patience)
                        .ShouldBeTrue("everything waits and no timer runs");
                }
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public T Run<T>(Func<Task<T>> body)
    {
        var result = default(T);
        Run(async () => { result = await body(); });
        return result!;
    }

    private bool FireNext()
    {
        VirtualTimer? next;
        lock (_gate)
        {
            next = _timers.MinBy(timer => timer.Due);
            if (next is null)
                return false;
            _timers.Remove(next);
            _now = next.Due > _now ? next.Due : _now;
        }

        next.Fire();
        return true;
    }

    private sealed class VirtualTimer(VirtualTime time, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = time._now + dueTime;
                time._timers.Add(this);
                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
