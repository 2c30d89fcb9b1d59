using Orrery.Cli.Composition;
using Orrery.Model.Platforms;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Access;

/// <summary>The kubeconfig in the platform's own folder, which only its owner reads.</summary>
internal sealed class OwnKubeconfig(PlatformAccess access)
{
    private const string Name = "kubeconfig";

    /// <summary>
    /// One cluster's: at its public address where that is open, else where a tunnel to it leads. Null where the cluster
    /// has no keys yet.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="port">Where the tunnel is; null for where it always is.</param>
    public async Task<Kubeconfig?> OfAsync(Cluster cluster, int? port, CancellationToken cancellation)
    {
        var server = (port is null ? access.MachinesOf(cluster).PublicServer : null)
            ?? LocalPort.Url("https", port ?? LocalPort.Of(access.Platform.Id, cluster.Name));
        return await access.KeysOf(cluster).EntryAsync(server, cancellation) is { } entry ? Kubeconfig.Of(entry) : null;
    }

    /// <summary>Writes that of all clusters that have keys; gives its full path, or null where none has.</summary>
    public async Task<string?> WriteAsync(CancellationToken cancellation)
    {
        Kubeconfig? all = null;
        foreach (var cluster in access.Platform.Clusters.Values)
        {
            if (await OfAsync(cluster, null, cancellation) is { } one)
                all = all?.Merge(one) ?? one;
        }

        return all is null ? null : Write(Name, all);
    }

    /// <summary>Writes that of a tunnel; gives its full path.</summary>
    public string WriteTunnel(Cluster cluster, Kubeconfig one) => Write($"{Name}-{cluster.Name}", one);

    private string Write(string name, Kubeconfig content)
    {
        access.Folder.Prepare();
        OwnerFile.Replace(access.Folder.PathOf(name), content.ToText());
        return access.Folder.PathOf(name);
    }
}
