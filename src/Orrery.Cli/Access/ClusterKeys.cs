using Orrery.Cli.Composition;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Access;

/// <summary>
/// Who we are to one cluster, from its keys in the declaration's repository: also where the state is lost.
/// </summary>
internal sealed class ClusterKeys(Host host, Loaded loaded, RecoveryKeys keys, Cluster cluster)
{
    /// <summary>What the cluster is called where several platforms meet, for example <c>cosmos-prod</c>.</summary>
    public string ContextName => $"{loaded.Platform.Name}-{cluster.Name}";

    /// <summary>
    /// An administrator's way to it at that address; null where the cluster has no keys yet. Throws a
    /// <see cref="ProviderException"/> where they do not open.
    /// </summary>
    public async Task<KubeconfigEntry?> EntryAsync(Uri server, CancellationToken cancellation)
    {
        // Both kinds name what a kubeconfig is made of alike.
        var address = cluster.Distribution is Distribution.Talos
            ? KeysGraph.TalosSecrets(cluster.Name)
            : KeysGraph.K3sAuthorities(cluster.Name);
        if (await OutputsAsync(address, cancellation) is not { } outputs)
            return null;
        return new KubeconfigEntry(ContextName, server)
        {
            CertificateAuthority = outputs["serverAuthority"].AsText(),
            ClientCertificate = outputs["adminCertificate"].AsText(),
            ClientKey = outputs["adminKey"].AsText(),
        };
    }

    /// <summary>
    /// The secrets of a cluster on Talos, as outputs of their kind; null where they are not made yet. Throws as
    /// <see cref="EntryAsync"/> does.
    /// </summary>
    public Task<Value.Map?> TalosAsync(CancellationToken cancellation) =>
        OutputsAsync(KeysGraph.TalosSecrets(cluster.Name), cancellation);

    private async Task<Value.Map?> OutputsAsync(ResourceAddress address, CancellationToken cancellation)
    {
        using var files = new LocalStateFiles(loaded.Folder, host.Time);
        var handler = ProviderOf(files).Handlers.First(handler => handler.Kind.Type == address.Type);
        return (await handler.ReadAsync(KeysGraph.FileOf(address), cancellation))?.Outputs;
    }

    private KeysProvider ProviderOf(LocalStateFiles files) => new(new KeysEnvironment
    {
        Time = host.Time,
        Maker = host.Keys,
        Files = files,
        Guard = NoWriter.Instance,
        Recipients = keys.Recipients,
        Identities = () => keys.Identities,
    });
}
