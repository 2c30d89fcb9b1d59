using Orrery.Engine.Ports;
using Orrery.GitOps.Catalog;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;
using Orrery.Providers.Vault;

namespace Orrery.Providers.Clusters;

/// <summary>
/// The Vault inside each cluster that can be reached, through the proxy of its API server: the same wire, the same
/// certificates, and no port of the Vault that is open to anybody. We show it a token of our own service account.
/// </summary>
internal sealed class KnownVaults(ProviderEnvironment environment, KnownClusters clusters, ReachedObjects reached)
    : IVaults, IDisposable
{
    /// <summary>A token is only shown once, to log in.</summary>
    private static readonly TimeSpan TokenLasts = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly ObjectReference Pod =
        new(ApiKind.Of("v1", "Pod"), VaultAccess.Server, $"{VaultAccess.Server}-0");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Opened> _known = new(StringComparer.Ordinal);

    public async Task<VaultClient?> FindAsync(string cluster, CancellationToken cancellation)
    {
        if (!await reached.ReachAsync(cluster, cancellation) || clusters.Find(cluster) is not { } client
            || clusters.WireTo(cluster) is not { } wire)
            return null;
        lock (_gate)
        {
            // A cluster that keeps its datastore is the same one on another machine.
            if (!_known.TryGetValue(cluster, out var vault) || vault.Wire != wire)
                _known[cluster] = vault = Open(client, wire);
            return vault.Client;
        }
    }

    public async Task AwaitAsync(string cluster, OperationContext operation, CancellationToken cancellation)
    {
        var client = clusters.Find(cluster)
            ?? throw new ProviderException(ProviderErrorCode.Unavailable, $"the cluster {cluster} cannot be reached");
        // Its probe asks it whether it is initialized and unsealed.
        await client.WaitForAsync(
            WaitFor.ConditionOf(Pod, "Ready", Model.Resources.Lifecycle.DeadlineDefault), operation, cancellation);
        while (await FindAsync(cluster, cancellation) is { } vault
            && await new VaultSystem(vault).HealthAsync(cancellation) is var health and not VaultHealth.Active)
        {
            operation.Waiting(new WaitState("the Vault serves", $"{health}"));
            await Task.Delay(Interval, environment.Time, cancellation);
        }
    }

    public void Dispose()
    {
        foreach (var vault in _known.Values)
            vault.Login.Dispose();
    }

    private static VaultServer Server { get; } = new(new Uri(
        KnownClusters.Server,
        // https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/: protocol, name, port.
        $"/api/v1/namespaces/{VaultAccess.Server}/services/http:{VaultAccess.Server}:{VaultAccess.Port}/proxy/"));

    private Opened Open(KubernetesClient client, HttpMessageHandler wire)
    {
        var through = environment with { Transport = wire };
        var login = new KubernetesLogin(
            VaultClient.WithoutToken(through, Server), VaultAccess.Login, VaultAccess.Orrery,
            async cancellation => await client.TokenAsync(
                VaultAccess.Server, VaultAccess.Orrery, VaultAccess.Audience, TokenLasts, cancellation));
        return new Opened(wire, VaultClient.Create(through, Server, login), login);
    }

    private sealed record Opened(HttpMessageHandler Wire, VaultClient Client, KubernetesLogin Login);
}
