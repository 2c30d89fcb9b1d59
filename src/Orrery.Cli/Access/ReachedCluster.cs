using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Configuration;
using Orrery.Providers.Ssh;

namespace Orrery.Cli.Access;

/// <summary>The way to a cluster's API server, through the machine on whose loopback it listens.</summary>
internal sealed class ReachedCluster : IAsyncDisposable
{
    /// <summary>Where K3s listens, as its certificate says too.</summary>
    private static readonly Uri Server = new("https://127.0.0.1:6443");

    private readonly PlatformAccess _access;
    private readonly SshHost _machine;
    private readonly SshClient _ssh;
    private readonly KubeconfigEntry _entry;
    private HttpMessageHandler? _wire;

    private ReachedCluster(PlatformAccess access, SshHost machine, SshClient ssh, KubeconfigEntry entry) =>
        (_access, _machine, _ssh, _entry) = (access, machine, ssh, entry);

    /// <summary>Connects to nothing yet; says what is missing.</summary>
    public static async Task<Diagnosed<ReachedCluster>> OfAsync(
        PlatformAccess access, Cluster cluster, CancellationToken cancellation)
    {
        if (access.MachinesOf(cluster).ApiServer is not { } machine
            || await access.KeysOf(cluster).EntryAsync(Server, cancellation) is not { } entry)
        {
            return new Diagnosed<ReachedCluster>(null, [CliCodes.NotThere.At(
                null, $"The state knows no machine on which the cluster '{cluster.Name}' runs.",
                ["make it:", $"  orrery up {access.Loaded.Path}"])]);
        }

        var ssh = access.Ssh(cluster);
        return new Diagnosed<ReachedCluster>(
            ssh.Value is { } client ? new ReachedCluster(access, machine, client, entry) : null, ssh.Diagnostics);
    }

    /// <summary>One connection to the API server's port, from its machine.</summary>
    public Task<Stream> ConnectAsync(CancellationToken cancellation) =>
        _ssh.ForwardAsync(_machine, Server.Host, Server.Port, cancellation);

    /// <summary>Its API, as administrator.</summary>
    public KubernetesClient Client()
    {
        var host = _access.Host;
        _wire ??= new SshConnector(_ssh, host.Wire).Open(new Connection
        {
            Server = Server,
            CertificateAuthority = _entry.CertificateAuthority,
            ClientCertificate = _entry.ClientCertificate,
            ClientKey = _entry.ClientKey,
            Through = _machine,
        });
        var environment = new ProviderEnvironment
        {
            Time = host.Time,
            Random = host.Random,
            Transport = _wire,
            Guard = NoWriter.Instance,
            Environment = host.Environment,
        };
        return KubernetesClient.Create(environment, _wire, new KubernetesAccess(_entry.Name, Server));
    }

    public async ValueTask DisposeAsync()
    {
        _wire?.Dispose();
        await _ssh.DisposeAsync();
    }
}
