using Orrery.Cli.Composition;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Platforms;
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
        var address = KeysGraph.K3sAuthorities(cluster.Name);
        using var files = new LocalStateFiles(loaded.Folder, host.Time);
        var handler = ProviderOf(files).Handlers.First(handler => handler.Kind.Type == address.Type);
        if (await handler.ReadAsync(KeysGraph.FileOf(address), cancellation) is not { Outputs: var outputs })
            return null;
        return new KubeconfigEntry(ContextName, server)
        {
            CertificateAuthority = outputs["serverAuthority"].AsText(),
            ClientCertificate = outputs["adminCertificate"].AsText(),
            ClientKey = outputs["adminKey"].AsText(),
        };
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
