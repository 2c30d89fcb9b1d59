namespace Orrery.Providers.Kubernetes.Watching;

/// <summary>A token that is cancelled when nothing happens for a while; every sign of life begins it anew.</summary>
internal sealed class IdleLimit : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _silent = new();

    public IdleLimit(TimeSpan limit, TimeProvider time)
    {
        _limit = limit;
        _timer = time.CreateTimer(
            static state => ((CancellationTokenSource?)state)?.Cancel(), _silent, limit, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _silent.Token;

    /// <summary>Nothing has happened for as long.</summary>
    public bool IsPast => _silent.IsCancellationRequested;

    public void Rearm() => _timer.Change(_limit, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer.Dispose();
        _silent.Dispose();
    }
}
