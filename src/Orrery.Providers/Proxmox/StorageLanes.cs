using Orrery.Engine.Ports;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Clones on one storage go one after another: each takes the storage's lock, and who waits for it longer than some
/// seconds is refused. New machines hold the lock only while their volumes are allocated, and copy without it; a disk
/// that changes its machine is renamed: a few of those go at once. What others hold is waited out, with jitter.
/// </summary>
internal sealed class StorageLanes(TimeProvider time, IRandomSource random)
{
    /// <summary>Longer than copying a large disk takes; a resource's own deadline is usually sooner.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many hold it briefly at once: each allocates three volumes or four, a second each, and whoever waits ten
    /// seconds is refused.
    /// </summary>
    private const int MakingMax = 3;

    /// <summary>
    /// Machines that become free together differ by less: what can wait this long lets those go first that cannot.
    /// </summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseSpread = TimeSpan.FromSeconds(4);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Storage, int Width), Lane> _lanes = [];

    /// <summary>The same for what holds the lock briefly, a few at once.</summary>
    public Task<T> MakeAsync<T>(
        IEnumerable<string> storages, Func<Task<T>> work, OperationContext operation,
        CancellationToken cancellation) => RunAsync(storages, MakingMax, work, operation, cancellation);

    /// <summary>
    /// Runs the work alone on its storages. It is repeated while it ends with <see cref="ProviderErrorCode.Locked"/>,
    /// so it must be safe to repeat then.
    /// </summary>
    public Task<T> RunAsync<T>(
        IEnumerable<string> storages, Func<Task<T>> work, OperationContext operation,
        CancellationToken cancellation) => RunAsync(storages, 1, work, operation, cancellation);

    private async Task<T> RunAsync<T>(
        IEnumerable<string> storages, int width, Func<Task<T>> work, OperationContext operation,
        CancellationToken cancellation)
    {
        if (operation.Slack > Courtesy)
            await Task.Delay(Courtesy, time, cancellation);
        // Always in the same order: two that want the same two storages never wait for each other.
        var taken = new List<Lane>();
        try
        {
            foreach (var lane in storages.Distinct().Order(StringComparer.Ordinal)
                .Select(storage => LaneOf(storage, width)))
            {
                await lane.EnterAsync(operation, cancellation);
                taken.Add(lane);
            }

            return await PatientlyAsync(work, operation, cancellation);
        }
        finally
        {
            foreach (var lane in taken)
                lane.Leave();
        }
    }

    private async Task<T> PatientlyAsync<T>(
        Func<Task<T>> work, OperationContext operation, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await work();
            }
            catch (ProviderException refusal) when (
                refusal.Code == ProviderErrorCode.Locked && time.GetElapsedTime(since) < PatienceMax)
            {
                operation.Waiting(new WaitState("a lock that others hold", refusal.Message));
                await Task.Delay(PauseMin + (PauseSpread * random.NextDouble()), time, cancellation);
            }
        }
    }

    private Lane LaneOf(string storage, int width)
    {
        lock (_gate)
        {
            if (!_lanes.TryGetValue((storage, width), out var lane))
                _lanes[(storage, width)] = lane = new Lane(width);
            return lane;
        }
    }

    /// <summary>So many at once; of those who wait, the one with the most behind it is the next.</summary>
    private sealed class Lane(int width)
    {
        private readonly Lock _gate = new();
        private readonly PriorityQueue<TaskCompletionSource, (TimeSpan Remaining, long Order)> _waiting = new();
        private int _free = width;
        private long _order;

        public async Task EnterAsync(OperationContext operation, CancellationToken cancellation)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                if (_free > 0)
                {
                    _free--;
                    return;
                }

                _waiting.Enqueue(turn, (-operation.Remaining, _order++));
            }

            operation.Waiting(new WaitState("the storage is free", "another disk of ours is being made"));
            await using var end = cancellation.Register(() => turn.TrySetCanceled(cancellation));
            await turn.Task;
        }

        public void Leave()
        {
            lock (_gate)
            {
                while (_waiting.TryDequeue(out var next, out _))
                {
                    // Whoever was cancelled meanwhile does not take the turn.
                    if (next.TrySetResult())
                        return;
                }

                _free++;
            }
        }
    }
}
