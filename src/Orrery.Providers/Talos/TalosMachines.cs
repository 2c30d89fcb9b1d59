using System.Globalization;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Providers.Talos;

/// <summary>What each machine of a declared cluster must be, and what it boots. Pure; needs no secret.</summary>
public static class TalosMachines
{
    /// <summary>The first disk of the machine's only SCSI bus.</summary>
    private const string SystemDisk = "/dev/sda";

    private const int ApiPort = 6443;

    /// <summary>The machines that run Talos by their node's name, in order of the pools.</summary>
    public static IReadOnlyList<TalosPlace> Of(Cluster cluster) => cluster.Distribution is Distribution.Talos talos
        ? [.. Placed(cluster).Select(place => place with { Machine = MachineOf(cluster, talos, place) })]
        : [];

    /// <summary>
    /// Where the API server is reached: at its virtual address, else at the first control plane.
    /// </summary>
    public static string EndpointOf(Cluster cluster)
    {
        var address = cluster.Network.ApiServer?.Address ?? ControlPlanesOf(cluster).First().Address;
        return string.Create(CultureInfo.InvariantCulture, $"https://{address}:{ApiPort}");
    }

    /// <summary>What the factory adds to the release for a node.</summary>
    public static Schematic SchematicOf(Cluster cluster, Distribution.Talos talos, TalosPlace place) =>
        talos.Image.HasNetwork
            ? BakedImage.Of(talos.Extensions, NetworkOf(cluster, place), place.Node)
            : BakedImage.Of(talos.Extensions);

    internal static IEnumerable<TalosPlace> ControlPlanesOf(Cluster cluster) =>
        Placed(cluster).Where(place => place.Pool.Role == NodeRole.ControlPlane);

    /// <summary>How it is reached, before and after it has its configuration.</summary>
    public static TalosNetwork NetworkOf(Cluster cluster, TalosPlace place) => new()
    {
        HardwareAddress = place.HardwareAddress,
        Addresses = [cluster.Network.WithPrefix(place.Address) ?? place.Address],
        Gateway = cluster.Network.Gateway,
        Nameservers = cluster.Network.Resolvers.Count > 0 ? cluster.Network.Resolvers
            : cluster.Network.Gateway is { } gateway ? [gateway]
            : [],
        Vip = cluster.Network.ApiServer is { By: VirtualAddressOwner.Talos } api ? api.Address : null,
    };

    private static IEnumerable<TalosPlace> Placed(Cluster cluster) =>
        from pool in cluster.NodePools.Values
        from node in pool.NodeNames().Zip(pool.Addresses)
        select new TalosPlace(pool, node.First, node.Second, HardwareAddresses.Of(cluster.Name, node.First));

    private static TalosMachine MachineOf(Cluster cluster, Distribution.Talos talos, TalosPlace place)
    {
        var image = new FactoryImage(
            talos.Version, SchematicOf(cluster, talos, place).Id, talos.Image.Platform, talos.SecureBoot);
        var isControlPlane = place.Pool.Role == NodeRole.ControlPlane;
        var cilium = cluster.Network.Cilium;
        return new TalosMachine
        {
            Version = TalosVersion.Parse(talos.Version)
                ?? throw new InvariantException($"the declaration checks the version {talos.Version}"),
            Kubernetes = talos.Kubernetes,
            Role = place.Pool.Role,
            HostName = place.Node,
            ClusterName = cluster.Name,
            Endpoint = EndpointOf(cluster),
            Install = new TalosInstall(SystemDisk, image.Installer),
            Network = NetworkOf(cluster, place),
            Encryption = talos is { EncryptsState: false, EncryptsEphemeral: false }
                ? null
                : new TalosEncryption(talos.EncryptsState, talos.EncryptsEphemeral),
            Volumes = place.Pool.Volumes.Keys.Select((name, index) => new TalosVolume(name, DiskOf(index)))
                .ToValueList(),
            PodCidrs = cluster.Network.Pods.Count > 0 ? cluster.Network.Pods : ["10.244.0.0/16"],
            ServiceCidrs = cluster.Network.Services.Count > 0 ? cluster.Network.Services : ["10.96.0.0/12"],
            Flannel = cilium is null,
            KubeProxy = cilium is not { ReplacesKubeProxy: true },
            SchedulesOnControlPlanes = Schedules(cluster),
            EtcdSubnets = isControlPlane ? cluster.Network.Nodes : [],
            NodeSubnets = cluster.Network.Nodes,
            CertificateNames = CertificateNamesOf(cluster),
            KubeSpan = cluster.Network.EncryptsBetweenHosts,
        };
    }

    /// <summary>Where nobody else works, control planes do; and where it is declared.</summary>
    private static bool Schedules(Cluster cluster) =>
        cluster.NodePools.Values.All(pool => pool.Role == NodeRole.ControlPlane || pool.Count == 0)
        || cluster.NodePools.Values.Any(pool => pool is { Role: NodeRole.ControlPlane, Schedulable: true });

    private static ValueList<string> CertificateNamesOf(Cluster cluster) =>
    [
        .. cluster.Network.ApiServer is { } api ? [api.Address] : Array.Empty<string>(),
        .. ControlPlanesOf(cluster).Select(place => place.Address),
    ];

    private static string DiskOf(int index) => $"/dev/sd{(char)('b' + index)}";
}

/// <summary>A node of a cluster where it stands.</summary>
/// <param name="Node">For example <c>controlplane-0</c>.</param>
/// <param name="Address">Without a prefix.</param>
/// <param name="HardwareAddress">Of its card, in lower case with colons.</param>
public sealed record TalosPlace(NodePool Pool, string Node, string Address, string HardwareAddress)
{
    /// <summary>Its configuration, but for secrets.</summary>
    public TalosMachine Machine { get; init; } = null!;
}
