namespace Orrery.Tests.Engine;

/// <summary>
/// Several programs on one clock and one thread: what may go on next is drawn from a seed, and a program can stand
/// still for a while, as a computer that sleeps does.
/// </summary>
internal sealed class LivesTime(int seed) : TimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private readonly List<(Life Life, Action Run)> _ready = [];
    private readonly List<LivesTimer> _timers = [];

    public TimeSpan Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000) + Now;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new LivesTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public double Draw() => _random.NextDouble();

    /// <summary>Runs all of them to their ends; throws what one of them threw.</summary>
    public void Run(params IEnumerable<Func<Task>> programs)
    {
        var before = SynchronizationContext.Current;
        try
        {
            var running = programs.Select(Start).ToArray();
            while (running.Any(task => !task.IsCompleted))
                Step();
            foreach (var task in running)
                task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>The program that calls stands still: nothing of it goes on before then.</summary>
    public void Pause(TimeSpan duration)
    {
        if (SynchronizationContext.Current is Life life)
            life.PausedUntil = Now + duration;
    }

    private static Task Start(Func<Task> program, LivesTime time)
    {
        SynchronizationContext.SetSynchronizationContext(new Life(time));
        return program();
    }

    private Task Start(Func<Task> program) => Start(program, this);

    private void Step()
    {
        var waiting = Waiting();
        var able = waiting.Where(entry => entry.Life.PausedUntil <= Now).ToArray();
        if (able.Length > 0)
        {
            var next = able[_random.Next(able.Length)];
            lock (_gate)
                _ready.Remove(next);
            SynchronizationContext.SetSynchronizationContext(next.Life);
            next.Run();
            return;
        }

        var wakes = waiting.Select(entry => entry.Life.PausedUntil).Concat(
            _timers.Select(timer => timer.Due)).ToArray();
        if (wakes.Length == 0)
        {
            // A semaphore that lets somebody in does so on the thread pool.
            SpinWait.SpinUntil(() => Waiting().Length > 0, Patience)
                .ShouldBeTrue("everything waits for something that never comes");
            return;
        }

        Now = wakes.Min() > Now ? wakes.Min() : Now;
        foreach (var timer in _timers.Where(timer => timer.Due <= Now).ToArray())
        {
            _timers.Remove(timer);
            SynchronizationContext.SetSynchronizationContext(null);
            timer.Fire();
        }
    }

    private (Life Life, Action Run)[] Waiting()
    {
        lock (_gate)
            return [.. _ready];
    }

    private sealed class Life(LivesTime time) : SynchronizationContext
    {
        public TimeSpan PausedUntil { get; set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (time._gate)
                time._ready.Add((this, () => d(state)));
        }
    }

    private sealed class LivesTimer(LivesTime time, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._timers.Remove(this);
            Due = time.Now + dueTime;
            if (dueTime != Timeout.InfiniteTimeSpan)
                time._timers.Add(this);
            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
