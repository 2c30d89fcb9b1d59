namespace Orrery.Simulation.Time;

/// <summary>
/// Runs unmodified production code on virtual time and always in the same order: the thread pool has one worker, and
/// this host is a work item that lets time go on only when nothing else is runnable. See decision 0001.
/// </summary>
public sealed class DeterministicHost(VirtualClock clock) : IThreadPoolWorkItem
{
    /// <summary>The two settings that give the pool one worker; read by the runtime when the process starts.</summary>
    public static readonly IReadOnlyList<string> RequiredVariables =
        ["DOTNET_ThreadPool_ForceMinWorkerThreads", "DOTNET_ThreadPool_ForceMaxWorkerThreads"];

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<Task>? _start;
    private Task? _running;

    public static bool IsPossible
    {
        get
        {
            ThreadPool.GetMaxThreads(out var workers, out _);
            return workers == 1;
        }
    }

    /// <summary>
    /// Runs to the end; throws what the work threw, or when everything waits for something that never comes.
    /// </summary>
    public Task RunAsync(Func<Task> start)
    {
        if (!IsPossible)
            throw new InvalidOperationException("a deterministic run needs a thread pool of one worker");
        _start = start;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return _done.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _running ??= _start?.Invoke() ?? Task.CompletedTask;
            for (; ; )
            {
                // Whatever is runnable runs first; this item goes behind it.
                if (ThreadPool.PendingWorkItemCount != 0)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                }

                if (_running.IsCompleted)
                {
                    Finish(_running);
                    return;
                }

                if (!clock.Advance())
                    throw new InvalidOperationException("everything waits for something that never comes");
            }
        }
        catch (Exception exception)
        {
            // The host is the last to see it: whoever awaits the run must.
            _done.TrySetException(exception);
        }
    }

    private void Finish(Task running)
    {
        if (running.IsFaulted)
            _done.TrySetException(running.Exception?.InnerExceptions ?? (IEnumerable<Exception>)[]);
        else if (running.IsCanceled)
            _done.TrySetCanceled();
        else
            _done.TrySetResult();
    }
}
