using Orrery.Engine.Ports;

namespace Orrery.Providers.Processes;

/// <summary>
/// Runs programs of this machine. Each gets a clean environment, is drained while it runs, and is gone when the call
/// ends: its own end, the timeout, cancellation or a lost lease, whichever comes first.
/// </summary>
public sealed class ProcessRunner(TimeProvider time, Func<string, string?> environment, IWriterGuard guard)
    : IProcessRunner
{
    /// <summary>How much of the lease must be left while a program changes things.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(10);

    /// <summary>How often the lease is asked meanwhile; the lease is renewed every ten seconds.</summary>
    private static readonly TimeSpan LeaseInterval = TimeSpan.FromSeconds(5);

    private readonly ChildEnvironment _environment = new(environment);

    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        if (request.Changes)
            await guard.EnsureAsync(LeaseMargin, cancellation);
        if (request.IsAttached)
            return new ProcessResult(await Child.RunAttachedAsync(request, _environment, cancellation), default, "");
        using var timeout = new CancellationTokenSource(request.Timeout, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        await using var child = Child.Start(request, _environment, time);
        var watched = request.Changes ? WatchLeaseAsync(over.CancelAsync, over.Token) : Task.CompletedTask;
        try
        {
            return await child.RunAsync(over.Token);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            await over.CancelAsync();
            // Where the lease was lost, that is the reason.
            await watched;
            throw new ProviderException(
                ProviderErrorCode.Timeout,
                $"{request.Program} did not end within {request.Timeout.TotalSeconds:0} s and was ended",
                exception);
        }
        finally
        {
            await over.CancelAsync();
            await watched.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation)
    {
        if (request.Changes)
            await guard.EnsureAsync(LeaseMargin, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var child = Child.Start(request, _environment, time);
        try
        {
            if (request.Input.Length > 0)
            {
                await child.Stream.WriteAsync(request.Input, cancellation);
                await child.Stream.FlushAsync(cancellation);
            }

            return child;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            await child.DisposeAsync();
            throw;
        }
    }

    // Ends what it watches when the lease is lost, and tells why by its exception.
    private async Task WatchLeaseAsync(Func<Task> end, CancellationToken over)
    {
        try
        {
            while (!over.IsCancellationRequested)
            {
                await Task.Delay(LeaseInterval, time, over);
                await guard.EnsureAsync(LeaseMargin, over);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The program is over.
        }
        catch
        {
            await end();
            throw;
        }
    }
}
