namespace Orrery.Simulation.Time;

/// <summary>Another clock, but faster: a wait of a minute takes a second at a speed of sixty.</summary>
/// <param name="inner">What really passes.</param>
/// <param name="speed">How many of our seconds pass in one of its own. Positive.</param>
/// <param name="epoch">The wall clock when it begins.</param>
public sealed class ScaledTimeProvider(TimeProvider inner, double speed, DateTimeOffset epoch) : TimeProvider
{
    private readonly long _start = inner.GetTimestamp();

    /// <summary>Since it began.</summary>
    public TimeSpan Now => inner.GetElapsedTime(_start) * speed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => epoch + Now;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(this, inner.CreateTimer(callback, state, Scaled(dueTime), Scaled(period)));

    private TimeSpan Scaled(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / speed;

    private sealed class ScaledTimer(ScaledTimeProvider time, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            timer.Change(time.Scaled(dueTime), time.Scaled(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
