using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Providers.Clusters;
using Orrery.Providers.Ssh;

namespace Orrery.Cli.Access;

/// <summary>
/// What people need to reach a platform's machines and clusters: what the state knows of them, and the keys of the
/// repository. Asks no cloud and changes nothing.
/// </summary>
internal sealed class PlatformAccess : IDisposable
{
    private readonly StateAccess _state;
    private readonly RecoveryKeys _keys;

    private PlatformAccess(Host host, Loaded loaded, StateAccess state, RecoveryKeys keys, Recorded recorded) =>
        (Host, Loaded, _state, _keys, Recorded) = (host, loaded, state, keys, recorded);

    public Host Host { get; }

    public Loaded Loaded { get; }

    public Recorded Recorded { get; }

    public IProcessRunner Processes => Host.Processes(NoWriter.Instance);

    public StateFolder Folder => _state.Folder;

    public Platform Platform => Loaded.Platform;

    /// <summary>Opens it for a verb, whose exit code it gives; reports what stands in the way.</summary>
    public static async Task<int> UseAsync(
        Host host, Loaded loaded, Func<PlatformAccess, Task<int>> use, CancellationToken cancellation)
    {
        var found = FoundSecrets.Find(host, loaded, NeededSecrets.Identity(loaded.Platform));
        host.Screen.Report(found.Diagnostics);
        if (found.Value is not { } secrets)
            return ExitCode.Invalid;
        var keys = RecoveryKeys.Open(host, loaded.Platform, secrets.Find(loaded.Platform.Recovery.Identity) ?? "");
        host.Screen.Report(keys.Diagnostics);
        if (keys.Value is not { } own)
            return ExitCode.Invalid;
        var state = new StateAccess(host, loaded);
        using var access = new PlatformAccess(
            host, loaded, state, own, (await state.LoadAsync(cancellation)).Recorded);
        return await use(access);
    }

    /// <summary>The same for one cluster, where it is clear which.</summary>
    public static async Task<int> UseAsync(
        Host host, Loaded loaded, Diagnosed<Cluster> chosen, Func<PlatformAccess, Cluster, Task<int>> use,
        CancellationToken cancellation)
    {
        host.Screen.Report(chosen.Diagnostics);
        return chosen.Value is { } cluster
            ? await UseAsync(host, loaded, access => use(access, cluster), cancellation)
            : ExitCode.Invalid;
    }

    public RecordedMachines MachinesOf(Cluster cluster) => new(cluster, Recorded);

    public ClusterKeys KeysOf(Cluster cluster) => new(Host, Loaded, _keys, cluster);

    /// <summary>
    /// Logs in with the declared private key, or with the keys of the user's agent where there is none.
    /// </summary>
    public Diagnosed<SshClient> Ssh(Cluster cluster)
    {
        var reference = (cluster.Infrastructure as Infrastructure.Hetzner)?.SshKey?.Private;
        string? key = null;
        if (reference is not null)
        {
            var found = FoundSecrets.Find(
                Host, Loaded,
                new NeededSecret(reference, $"the private SSH key for the machines of cluster '{cluster.Name}'"));
            if (found.Value is not { } secrets)
                return new Diagnosed<SshClient>(null, found.Diagnostics);
            key = secrets.Find(reference);
        }

        return new Diagnosed<SshClient>(new SshClient(Processes, Host.Time, key), []);
    }

    public void Dispose() => _state.Dispose();
}
