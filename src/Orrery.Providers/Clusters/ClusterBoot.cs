using Orrery.GitOps.K3s;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Clusters;

/// <summary>How the K3s of a cluster boots: what is public in user data, what is secret over SSH. Pure.</summary>
public static class ClusterBoot
{
    private const string TlsFolder = "/var/lib/rancher/k3s/server/tls";
    private const string TokenFile = "/etc/rancher/k3s/token";

    public static K3sBoot Of(Platform platform, Cluster cluster)
    {
        if (cluster.Distribution is not Distribution.K3s k3s)
            throw new InvariantException($"nobody boots {cluster.Distribution.GetType().Name}");
        return new K3sBoot(
            new K3sSettings
            {
                Version = k3s.Kubernetes,
                Disable = AddOns.DisabledIn(cluster),
                HasToken = true,
                Kept = MachineDirectories.Of(platform, cluster).Select(Kept).ToValueList(),
                Manifests = K3sManifests.Of(platform, cluster),
            },
            [
                HandedFile.Folder(
                    TlsFolder, new Value.Unknown(KeysGraph.K3sAuthorities(cluster.Name).Output("files"))),
                new HandedFile(TokenFile, new Value.Unknown(KeysGraph.K3sToken(cluster.Name).Output("token"))),
            ]);
    }

    private static KeptPath Kept(MachinePath path) =>
        new(path.Path, $"{path.Owner}:{path.Group}", path.Mode, path.IsFile);
}
