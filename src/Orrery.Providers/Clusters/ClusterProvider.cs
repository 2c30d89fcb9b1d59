using Orrery.Engine.Ports;
using Orrery.GitOps.Catalog;
using Orrery.GitOps.Delivery;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Clusters.Probes;
using Orrery.Providers.Clusters.Rebuilds;
using Orrery.Providers.Edge;
using Orrery.Providers.Git;
using Orrery.Providers.GitHub;
using Orrery.Providers.Hetzner;
using Orrery.Providers.Hetzner.Kinds;
using Orrery.Providers.Keys;
using Orrery.Providers.Kubernetes.Objects;
using Orrery.Providers.Machines;
using Orrery.Providers.Proxmox;
using Orrery.Providers.Proxmox.Accounts;
using Orrery.Providers.Ssh;
using Orrery.Providers.Talos;
using Orrery.Providers.Talos.Kinds;
using Orrery.Providers.Talos.Upgrades;
using Orrery.Providers.Vault;
using Orrery.Providers.Vault.Kinds;
using Orrery.Secrets.Age;

namespace Orrery.Providers.Clusters;

/// <summary>
/// One declared cluster, with all that it needs of anybody: its cloud, its machines, its keys, its repository and what
/// runs in it. Disposing ends what it has started on this machine.
/// </summary>
public sealed class ClusterProvider : IProvider, IUsesOutputs, ICompletesClusters, ISearchesClusters, IRunningCluster,
    IUpgradesClusters, ICarriesClusters, ILeavesThings, IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly IProvider _cloud;
    private readonly KeysProvider _keys;
    private readonly KnownClusters _clusters;
    private readonly ReachedObjects _objects;
    private readonly ImagesInUse _images;
    private readonly StrayKeys _strays;
    private readonly KnownVaults _vaults;
    private readonly SshClient _ssh;
    private IUpgradesClusters? _upgrades;
    private EtcdSnapshots? _etcd;
    private readonly EtcdMemory? _memory;
    private readonly LosableClaims _claims;
    private readonly List<GitRepository> _repositories = [];

    private ClusterProvider(ClusterEnvironment environment, Platform platform, Cluster cluster, ISecretValues secrets)
    {
        _cluster = cluster;
        var hetzner = cluster.Infrastructure as Infrastructure.Hetzner;
        var provider = environment.Provider;
        _ssh = new SshClient(
            environment.Processes, provider.Time,
            hetzner?.SshKey?.Private is { } key ? secrets.Find(key) : null);
        var node = cluster.Infrastructure is Infrastructure.Proxmox { Bootstrap: { } target }
            ? new NodeShell(_ssh, target)
            : null;
        _keys = KeysOf(environment, node is null
            ? null
            : new ProxmoxAccounts(node, provider.Random, (Infrastructure.Proxmox)cluster.Infrastructure));
        var connector = new SshConnector(_ssh, environment.Wire);
        (_cloud, var servers) = cluster.Infrastructure switch
        {
            Infrastructure.Hetzner settings => OfHetzner(environment, platform, settings, secrets),
            Infrastructure.Proxmox settings => OfProxmox(
                new ProxmoxWires(
                    provider with { Transport = environment.ProxmoxWire(settings.Trust) }, provider, connector)
                {
                    Accepted = environment.AcceptedFingerprints,
                    Shell = new MachineShell(_ssh),
                    Seal = plain => AgeFile.Encrypt(
                        plain, environment.Recipients, environment.Keys.For("snapshot").Fill),
                    Open = content => Opened(content, environment.Identities()),
                },
                platform.Name, secrets, node),
            var other => throw new InvariantException($"nobody provides {other.GetType().Name}"),
        };
        _clusters = new KnownClusters(provider, connector, cluster.Name);
        _objects = new ReachedObjects(new KubernetesObjectHandler(_clusters, Bootstrap.Kinds), _clusters, servers);
        _strays = new StrayKeys(_clusters, _keys, provider.Time);
        _claims = new LosableClaims(_clusters, provider.Time);
        _memory = MemoryOf(cluster, provider.Time);
        _images = new ImagesInUse(_clusters, servers, provider.Time);
        _vaults = new KnownVaults(provider, _clusters, _objects);
        var documents = new DocumentSource(environment.Declaration, environment.Identities, cluster.Name);
        Handlers =
        [
            .. _cloud.Handlers,
            .. _keys.Handlers,
            _objects,
            new NodesHandler(cluster, _clusters, _objects, provider.Time),
            new NetworkProbeHandler(cluster, _clusters, provider.Time),
            new RestoredCertificatesHandler(cluster, _keys, _clusters, _objects),
            new KeptCertificatesHandler(cluster, _keys, _clusters, _objects, provider.Time),
            new ConvergenceHandler(DeliveryView.ArgoCd, _clusters, _objects, provider.Time),
            new ConvergenceHandler(DeliveryView.Flux, _clusters, _objects, provider.Time),
            new VaultEngineHandler(_vaults),
            new VaultPolicyHandler(_vaults),
            new VaultRoleHandler(_vaults, VaultAccess.Login),
            new VaultSecretHandler(_vaults, documents, VaultAccess.Engine),
            .. RepositoryHandlers(environment, platform, cluster, secrets),
            .. EdgeKinds.Handlers(new MachineShell(_ssh), provider.Time, platform, cluster),
        ];
    }

    public string Name => "cluster";

    public IReadOnlyList<IResourceHandler> Handlers { get; }

    /// <summary>Sends nothing yet.</summary>
    public static ClusterProvider Create(
        ClusterEnvironment environment, Platform platform, Cluster cluster, ISecretValues secrets) =>
        new(environment, platform, cluster, secrets);

    public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) =>
        _cloud.ResourcesOf(platform, cluster, secrets)
            .Concat(_keys.ResourcesOf(platform, cluster, secrets))
            .Concat(NetworkGraph.Of(platform, cluster))
            .Concat(EdgeGraph.Of(platform, cluster))
            .Concat(HandOffGraph.Of(SecretDocuments.WithoutProblems(platform), cluster.Name, secrets));

    public async Task<ValueList<Diagnostic>> CheckAsync(
        Platform platform, Cluster cluster, CancellationToken cancellation) =>
    [
        .. await _cloud.CheckAsync(platform, cluster, cancellation),
        .. await _keys.CheckAsync(platform, cluster, cancellation),
    ];

    public Task<ValueList<Diagnostic>> SearchAsync(Cluster cluster, CancellationToken cancellation) =>
        cluster.Secrets.SealedSecrets
            ? _strays.FindAsync(cluster.Name, cancellation)
            : Task.FromResult<ValueList<Diagnostic>>([]);

    /// <summary>Only clusters of Talos are looked into so far; of K3s nothing is told.</summary>
    public ResourceAddress? BeginningOf(Cluster cluster) => _memory is null
        ? null
        : ResourceAddress.Of(cluster.Name, BootstrapHandler.Definition.Type, TalosGraph.Beginning);

    public Task<RebuildOutlook> OutlookAsync(
        Cluster cluster, DateTimeOffset? kept, CancellationToken cancellation) =>
        _memory?.OutlookAsync(cluster, kept, cancellation) ?? Task.FromResult(RebuildOutlook.Nothing);

    /// <summary>What was kept by an earlier run stays: a cluster that has only begun may not have it yet.</summary>
    public async Task KeepAsideAsync(Cluster cluster, CancellationToken cancellation)
    {
        if (_clusters.Newest is not { } client)
            return;
        try
        {
            var ordered = await OrderedCertificates.ListAsync(client, cluster, null, cancellation);
            if (ordered.Count == 0)
                return;
            var kept = await _keys.CertificatesAsync(cluster.Name, cancellation) ?? ValueMap<string>.Empty;
            var all = ordered.Aggregate(kept, (map, one) => map.With(one.Key, one.Value));
            await _keys.KeepCertificatesAsync(cluster.Name, all, cancellation);
        }
        catch (ProviderException refusal) when (refusal.IsTransient)
        {
            // A cluster that does not answer is rebuilt all the same, with what was kept of it before.
        }
    }

    public Task<ClusterSnapshot> StopAndKeepAsync(
        Cluster cluster, Recorded recorded, CancellationToken cancellation) =>
        (_memory ?? throw new InvariantException($"nothing of '{_cluster.Name}' is kept"))
            .StopAndKeepAsync(cluster, recorded, cancellation);

    public Task<ValueList<Diagnostic>> LeftBehindAsync(Cluster cluster, CancellationToken cancellation) =>
        _claims.LeftAsync(cluster, cancellation);

    public void BeginWith(ReadOnlyMemory<byte> content) => _etcd?.BeginWith(content);

    public Task<Cluster> CompleteAsync(Cluster cluster, CancellationToken cancellation) =>
        _keys.CompleteAsync(cluster, cancellation);

    public ValueList<Diagnostic> ProblemsOf(Cluster complete) =>
        SecretDocuments.ProblemsOf(complete);

    public Cluster AsRunning(Cluster cluster, Recorded recorded) =>
        _upgrades?.AsRunning(cluster, recorded) ?? cluster;

    public ValueList<Diagnostic> Pending(Cluster running) => _upgrades?.Pending(running) ?? [];

    public Task<UpgradeRoute?> RouteAsync(
        Cluster running, Recorded recorded, CancellationToken cancellation) =>
        _upgrades?.RouteAsync(running, recorded, cancellation) ?? Task.FromResult<UpgradeRoute?>(null);

    public Task<ValueList<Diagnostic>> LeavingAsync(
        Cluster running, Recorded recorded, CancellationToken cancellation) =>
        _upgrades?.LeavingAsync(running, recorded, cancellation) ?? Task.FromResult<ValueList<Diagnostic>>([]);

    public Task<ClusterSnapshot> SnapshotAsync(
        Cluster running, Recorded recorded, CancellationToken cancellation) =>
        (_upgrades ?? throw new InvariantException($"nothing of '{_cluster.Name}' is upgraded"))
            .SnapshotAsync(running, recorded, cancellation);

    public void Learn(ResourceAddress address, Value.Map outputs) => _clusters.Learn(address, outputs);

    public async ValueTask DisposeAsync()
    {
        foreach (var repository in _repositories)
            repository.Dispose();
        _vaults.Dispose();
        _objects.Dispose();
        await _ssh.DisposeAsync();
    }

    /// <summary>In place, the machine before is gone, and nothing is taken over.</summary>
    string? IRunningCluster.PredecessorOf(string server) => _cluster.RebuildStrategy == RebuildStrategy.BlueGreen
        ? _clusters.Uids.SelectMany(_clusters.ServersOf).FirstOrDefault(other => other.Length > 0 && other != server)
        : null;

    Task<ValueList<string>> IRunningCluster.ImagesBesideAsync(string server, CancellationToken cancellation) =>
        _images.FindAsync(server, cancellation);

    private EtcdMemory? MemoryOf(Cluster cluster, TimeProvider time) =>
        _etcd is null || cluster.Distribution is not Distribution.Talos
            ? null
            : new EtcdMemory(_claims, _etcd, time);

    private static byte[] Opened(ReadOnlyMemory<byte> content, IReadOnlyList<IIdentity> identities)
    {
        try
        {
            return AgeFile.Decrypt(content.Span, identities);
        }
        catch (AgeException problem)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"the snapshot of etcd that was kept does not open: {problem.Message}",
                problem);
        }
    }

    private static KeysProvider KeysOf(ClusterEnvironment environment, ProxmoxAccounts? accounts) => new(
        new KeysEnvironment
        {
            Time = environment.Provider.Time,
            Maker = environment.Keys,
            Files = environment.Declaration,
            Guard = environment.Provider.Guard,
            Recipients = environment.Recipients,
            Identities = environment.Identities,
        },
        accounts);

    private (IProvider Cloud, IResourceHandler Servers) OfHetzner(
        ClusterEnvironment environment, Platform platform, Infrastructure.Hetzner settings, ISecretValues secrets)
    {
        var provider = environment.Provider;
        var cloud = HetznerProvider.Create(provider, settings, secrets, new MachineServices
        {
            Shell = new MachineShell(_ssh),
            HostKeys = new HostKeySource(environment.Keys),
            KnownHosts = new KnownHosts(
                environment.Declaration, provider.Guard, KnownHosts.PathOf(_cluster.Name)),
            Boot = booted => ClusterBoot.Of(platform, booted),
            Running = this,
        });
        return (cloud, cloud.Handlers.First(handler => handler.Kind.Type == ServerHandler.Definition.Type));
    }

    private (IProvider Cloud, IResourceHandler Servers) OfProxmox(
        ProxmoxWires wires, string platform, ISecretValues secrets, NodeShell? node)
    {
        var bootstrap = node is null
            ? null
            : new ProxmoxBootstrap(
                node, (user, cancellation) => _keys.ProxmoxTokenAsync(_cluster.Name, user, cancellation));
        var cloud = ProxmoxProvider.Create(wires, platform, _cluster, secrets, bootstrap);
        (_upgrades, _etcd) = (cloud.Upgrades, cloud.Etcd);
        return (cloud, cloud.Servers);
    }

    private IEnumerable<IResourceHandler> RepositoryHandlers(
        ClusterEnvironment environment, Platform platform, Cluster cluster, ISecretValues secrets)
    {
        var token = platform.Repository.Token is { } reference ? secrets.Find(reference) : null;
        // A cluster that follows no repository needs nobody's token.
        var hub = cluster.GitOps is null && token is null ? null : GitHubName.Of(platform.Repository.Url);
        var client = hub is null
            ? null
            : GitHubClient.Create(environment.Provider, token, $"{platform.Repository.Token}");
        var opened = new Dictionary<GitRemote, GitRepository>();
        yield return new GitTreeHandler(
            remote => Open(remote),
            new GitPerson("Orrery", "orrery@localhost"),
            environment.Provider.Time,
            client is null || hub is null
                ? null
                : async (proposal, operation, cancellation) =>
                    await new PullRequests(client, hub).OpenAsync(proposal, operation, cancellation));
        if (client is not null && hub is not null)
            yield return new DeployKeyHandler(client, hub);

        GitRepository Open(GitRemote remote)
        {
            lock (opened)
            {
                if (opened.TryGetValue(remote, out var known))
                    return known;
                var made = new GitRepository(
                    environment.Processes, remote, Path.Combine(environment.CacheFolder, "git"), token,
                    environment.Provider.Time);
                _repositories.Add(made);
                return opened[remote] = made;
            }
        }
    }
}
