namespace Orrery.Tests.Cli;

/// <summary>
/// The real clock, but faster: waits for clouds take a moment, and what a slow disk needs still fits in.
/// </summary>
internal sealed class HurriedTime : TimeProvider
{
    private const int Speed = 20;

    private static readonly DateTimeOffset Epoch = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly long _start = System.GetTimestamp();

    public TimeSpan Now => System.GetElapsedTime(_start) * Speed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Epoch + Now;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Hurry(dueTime), Hurry(period));

    private static TimeSpan Hurry(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Speed;
}
