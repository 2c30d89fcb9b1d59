using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner;
using Orrery.Providers.Machines;
using Orrery.Providers.Ssh;
using Orrery.Rehearsal;
using Orrery.Tests.Providers.Machines;

namespace Orrery.Tests.Rehearsal;

/// <summary>
/// Boots K3s on the machines of a rehearsal, without their shells: they remember keys, and whether K3s runs. One stage
/// over all lives, so that what a dead engine began is still there.
/// </summary>
internal sealed class RehearsedMachines : IMachineShell, IHostKeySource
{
    private readonly Dictionary<string, SimpleMachine> _machines = new(StringComparer.Ordinal);
    public Interposed Interposed => new()
    {
        Provider = provider => new Booting(provider, this),
        StepBegins = (_, step) =>
        {
            // Another play begins in an empty world.
            if (step == "up")
                _machines.Clear();
        },
    };

    /// <summary>The same for the same machine: with a crash or without, the same state comes out.</summary>
    public HostKeyPair Make(string comment) =>
        new(MachineScene.OneTimePrivate, $"ecdsa-sha2-nistp256 {comment}");

    public Task<ProcessResult> TryAsync(
        SshHost host, SshCommand command, OperationContext operation, CancellationToken cancellation)
    {
        var machine = At(host);
        var starts = command.Text.Contains("start --no-block", StringComparison.Ordinal);
        if (starts && _machines.Values.Any(other => other != machine && other.Runs))
        {
            throw new ProviderException(
                ProviderErrorCode.Unauthorized, "K3s was about to run on two machines with one disk");
        }

        return machine.TryAsync(host, command, operation, cancellation);
    }

    public Task DeliverAsync(SshHost host, SshFile file, OperationContext operation, CancellationToken cancellation) =>
        At(host).DeliverAsync(host, file, operation, cancellation);

    /// <summary>
    /// A one-time key that nobody has shown yet is a new machine's. An address may go to another machine, in place.
    /// </summary>
    private SimpleMachine At(SshHost host)
    {
        var first = host.HostKeys[0];
        if (first.StartsWith("ecdsa-", StringComparison.Ordinal)
            && (!_machines.TryGetValue(host.Address, out var known) || known.BornWith != first))
        {
            _machines[host.Address] = new SimpleMachine(first) { AsksUntilPrepared = 0 };
        }

        return _machines[host.Address];
    }

    /// <summary>The cloud's provider with the machines' kinds beside it.</summary>
    private sealed class Booting(IProvider inner, RehearsedMachines machines) : IProvider
    {
        private static readonly K3sBoot Boot = new(
            new K3sSettings { Version = "v1.34.3+k3s3" }, [new HandedFile("/etc/rancher/k3s/token", "handed-token")]);

        public string Name => inner.Name;

        public IReadOnlyList<IResourceHandler> Handlers { get; } =
        [
            .. inner.Handlers,
            .. MachineKinds.Handlers(
                new MachineServices { Shell = machines, HostKeys = machines, Boot = static _ => Boot },
                new ReleasedMachines(), new StillTime()),
        ];

        public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) =>
            HetznerGraph.Of(cluster, (Infrastructure.Hetzner)cluster.Infrastructure, secrets, Boot);

        public Task<ValueList<Diagnostic>> CheckAsync(Cluster cluster, CancellationToken cancellation) =>
            inner.CheckAsync(cluster, cancellation);
    }

    /// <summary>These machines never keep anybody waiting.</summary>
    private sealed class StillTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer();

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
