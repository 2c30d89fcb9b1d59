namespace Orrery.Simulation.Time;

/// <summary>The clock as one life sees it: its timers die with it.</summary>
public sealed class LifeTimeProvider(Life life) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => VirtualClock.Epoch + life.Clock.Now;

    public override long GetTimestamp() => life.Clock.Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new LifeTimer(life, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class LifeTimer(Life life, Action callback) : ITimer
    {
        private ScheduledEvent? _scheduled;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_scheduled is not null)
                _scheduled.IsCancelled = true;
            _scheduled = null;
            if (dueTime == Timeout.InfiniteTimeSpan || life.IsDead)
                return true;
            var scheduled = new ScheduledEvent(() => life.Reach(() => Fire(period)));
            _scheduled = scheduled;
            life.Clock.Enqueue(scheduled, dueTime);
            return true;
        }

        public void Dispose()
        {
            if (_scheduled is not null)
                _scheduled.IsCancelled = true;
            _scheduled = null;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(TimeSpan period)
        {
            _scheduled = null;
            if (period > TimeSpan.Zero)
                Change(period, period);
            callback();
        }
    }
}
