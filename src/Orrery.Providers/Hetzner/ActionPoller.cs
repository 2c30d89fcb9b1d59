using Orrery.Engine.Ports;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner;

/// <summary>
/// Waits for actions, all of them together: one request asks for up to fifty (<c>GET /actions?id=…&amp;id=…</c>),
/// however many wait. It polls only while somebody waits, and more and more seldom: an action of 20 s is noticed at
/// most a second late, and costs some fifty requests, which every other waiting action shares.
/// </summary>
#pragma warning disable CA1001 // Sources without a timer hold nothing; each ends with its run.
internal sealed class ActionPoller(HetznerClient client, TimeProvider time)
{
#pragma warning restore CA1001
    /// <summary>As many as a page has entries.</summary>
    private const int IdsPerRequest = 50;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Waited> _waited = [];

    // Since the poller began: a jump of the wall clock must not make anybody wait.
    private readonly long _began = time.GetTimestamp();
    private CancellationTokenSource? _polling;
    private CancellationTokenSource? _sleep;

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>
    /// Returns when all have succeeded; throws <see cref="ProviderErrorCode.ActionFailed"/> when one has failed.
    /// </summary>
    public async Task WaitAsync(
        IReadOnlyList<ActionSchema> actions, OperationContext operation, CancellationToken cancellation)
    {
        // All are watched from the start; the first failure in their order is the one told.
        var waiters = actions.Where(action => action.IsRunning).Select(action => Join(action, operation)).ToArray();
        try
        {
            foreach (var action in actions.Where(action => action.HasFailed))
                throw Failure(action);
            foreach (var waiter in waiters)
                await waiter.Done.Task.WaitAsync(cancellation);
        }
        finally
        {
            foreach (var waiter in waiters)
                Leave(waiter);
        }
    }

    private Waiter Join(ActionSchema action, OperationContext operation)
    {
        var waiter = new Waiter(action.Id, operation);
        waiter.Tell(action);
        lock (_gate)
        {
            if (!_waited.TryGetValue(action.Id, out var waited))
            {
                _waited[action.Id] = waited = new Waited(Now, Now + PollInterval.After(TimeSpan.Zero));
            }

            waited.Waiters.Add(waiter);
            if (_polling is null)
            {
                _polling = new CancellationTokenSource();
                _ = PollAsync(_polling);
            }
            else
            {
                _sleep?.Cancel();
            }
        }

        return waiter;
    }

    private void Leave(Waiter waiter)
    {
        CancellationTokenSource? polling;
        lock (_gate)
        {
            if (_waited.TryGetValue(waiter.ActionId, out var waited) && waited.Waiters.Remove(waiter)
                && waited.Waiters.Count == 0)
            {
                _waited.Remove(waiter.ActionId);
            }

            if (_waited.Count > 0)
                return;
            polling = _polling;
            _polling = null;
        }

        polling?.Cancel();
    }

    /// <summary>Runs while somebody waits for an action that has not ended.</summary>
    private async Task PollAsync(CancellationTokenSource polling)
    {
        try
        {
            while (await SleepAsync(polling))
                await AskAsync(polling.Token);
        }
        catch (OperationCanceledException) when (polling.IsCancellationRequested)
        {
            // Nobody waits any more.
        }
        catch (Exception exception)
        {
            // Never lost: whoever waits is told, and decides.
            FailAll(polling, exception);
        }
    }

    /// <summary>Sleeps until some action is due; false when nobody waits any more.</summary>
    private async Task<bool> SleepAsync(CancellationTokenSource polling)
    {
        while (true)
        {
            TimeSpan wait;
            CancellationTokenSource sleep;
            lock (_gate)
            {
                if (_polling != polling)
                    return false;
                if (_waited.Count == 0)
                {
                    _polling = null;
                    return false;
                }

                // A delay counts whole milliseconds: less than one would be none at all, again and again.
                wait = _waited.Values.Min(waited => waited.Due) - Now;
                if (wait < TimeSpan.FromMilliseconds(1))
                    return true;
                _sleep = sleep = CancellationTokenSource.CreateLinkedTokenSource(polling.Token);
            }

            try
            {
                await Task.Delay(wait, time, sleep.Token);
            }
            catch (OperationCanceledException) when (!polling.IsCancellationRequested)
            {
                // Somebody joined whose action may be due earlier.
            }
            finally
            {
                lock (_gate)
                {
                    if (_sleep == sleep)
                        _sleep = null;
                }

                sleep.Dispose();
            }
        }
    }

    /// <summary>Asks for every waiting action: those that are not due yet cost nothing, as they ride along.</summary>
    private async Task AskAsync(CancellationToken polling)
    {
        long[] ids;
        lock (_gate)
            ids = [.. _waited.Keys];
        foreach (var chunk in ids.Chunk(IdsPerRequest))
        {
            try
            {
                var path = $"actions?{string.Join('&', chunk.Select(id => $"id={id}"))}";
                var reply = await client.GetAsync(path, HetznerJson.Default.ActionList, polling);
                foreach (var action in reply.Actions)
                    Tell(action);
            }
            catch (ProviderException exception) when (exception.IsTransient)
            {
                // The actions go on without us, and each waiter has its own deadline.
                TellAll(chunk, new WaitState("the state of running actions", exception.Message));
            }

            PostponeAll(chunk);
        }
    }

    private void Tell(ActionSchema action)
    {
        Waiter[] waiters;
        lock (_gate)
        {
            waiters = _waited.TryGetValue(action.Id, out var waited) ? [.. waited.Waiters] : [];

            // What has ended is not asked for again, even while its waiter waits for others.
            if (!action.IsRunning)
                _waited.Remove(action.Id);
        }

        foreach (var waiter in waiters)
        {
            waiter.Tell(action);
            if (action.HasFailed)
                waiter.Done.TrySetException(Failure(action));
            else if (!action.IsRunning)
                waiter.Done.TrySetResult();
        }
    }

    private void TellAll(long[] ids, WaitState state)
    {
        Waiter[] waiters;
        lock (_gate)
            waiters = [.. ids.SelectMany(id => _waited.TryGetValue(id, out var waited) ? waited.Waiters : [])];
        foreach (var waiter in waiters)
            waiter.Operation.Waiting(state);
    }

    private void PostponeAll(long[] ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (_waited.TryGetValue(id, out var waited))
                    waited.Due = Now + PollInterval.After(Now - waited.Since, 1 + (_waited.Count / IdsPerRequest));
            }
        }
    }

    private void FailAll(CancellationTokenSource polling, Exception exception)
    {
        Waiter[] waiters;
        lock (_gate)
        {
            if (_polling != polling)
                return;
            waiters = [.. _waited.Values.SelectMany(waited => waited.Waiters)];
            _waited.Clear();
            _polling = null;
        }

        foreach (var waiter in waiters)
            waiter.Done.TrySetException(exception);
    }

    private static ProviderException Failure(ActionSchema action) => new(
        ProviderErrorCode.ActionFailed,
        $"Hetzner Cloud could not finish {action.Command}: {action.Error?.Message ?? "no reason given"}"
        + $" ({action.Error?.Code ?? "no code"}, action {action.Id})")
    {
        CloudCode = action.Error?.Code ?? "",
    };

    private sealed class Waited(TimeSpan since, TimeSpan due)
    {
        public TimeSpan Since { get; } = since;

        public TimeSpan Due { get; set; } = due;

        public List<Waiter> Waiters { get; } = [];
    }

    private sealed class Waiter(long actionId, OperationContext operation)
    {
        private WaitState? _told;

        public long ActionId { get; } = actionId;

        public OperationContext Operation { get; } = operation;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Tell(ActionSchema action)
        {
            var state = new WaitState(action.Command, $"{action.Status}, {action.Progress} %");
            if (state == _told)
                return;
            _told = state;
            Operation.Waiting(state);
        }
    }
}
