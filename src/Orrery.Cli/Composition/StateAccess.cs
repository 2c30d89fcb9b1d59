using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;

namespace Orrery.Cli.Composition;

/// <summary>
/// A platform's state by itself, without its clouds; the identity is asked for only when something is sealed.
/// </summary>
internal sealed class StateAccess : IDisposable
{
    private readonly Host _host;

    public StateAccess(Host host, Loaded loaded)
    {
        _host = host;
        Folder = new StateFolder(loaded.Folder);
        Files = Folder.Open(host.Time);
        Cipher = RecoveryKeys.CipherOnDemand(host, loaded);
        PlatformId = loaded.Platform.Id;
    }

    public StateFolder Folder { get; }

    public LocalStateFiles Files { get; }

    public SopsStateCipher Cipher { get; }

    public string PlatformId { get; }

    public Task<StateStore> LoadAsync(CancellationToken cancellation) =>
        StateStore.LoadAsync(Files, PlatformId, Cipher, cancellation);

    /// <summary>Holds the lease while something is written.</summary>
    public Task WriteAsync(
        Func<CancellationToken, Task> write, IRunObserver observer, CancellationToken cancellation) =>
        WriteAsync((_, token) => write(token), observer, cancellation);

    /// <summary>The same, where what is written asks the lease each time.</summary>
    public async Task WriteAsync(
        Func<IWriterGuard, CancellationToken, Task> write, IRunObserver observer, CancellationToken cancellation)
    {
        Folder.Prepare();
        await using var lease = await Lease.AcquireAsync(
            Files,
            _host.Time,
            _host.Holder(),
            holder => observer.On(new RunEvent.WaitingForLease(holder)),
            cancellation);
        await write(lease, cancellation);
    }

    public void Dispose() => Files.Dispose();
}
