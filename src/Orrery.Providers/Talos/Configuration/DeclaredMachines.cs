using Orrery.GitOps.Catalog;
using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.Catalog.Networks;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>What the machines of a declared cluster must be. Pure: equal clusters give equal machines.</summary>
public static class DeclaredMachines
{
    private const int ApiServerPort = 6443;

    // Those who ran it ask for more than https://docs.siderolabs.com/talos/v1.13/getting-started/system-requirements.
    private static readonly ByteSize DiskMin = new(12L << 30);

    // Proxmox gives disks to its VMs as SCSI ones, in the order of their slots.
    private const string SystemDisk = "/dev/sda";

    // What a component's own instructions for Talos load; Longhorn's volumes are iSCSI.
    private static readonly ValueMap<ValueList<string>> KernelModules =
        ValueMap.Of<ValueList<string>>(("longhorn", ["iscsi_tcp"]));

    /// <summary>All of the cluster, by the names of their nodes. The cluster's distribution is Talos.</summary>
    public static ValueMap<TalosMachine> Of(Cluster cluster) => ValueMap.From(
        cluster.NodePools.Values
            .SelectMany(pool => pool.NodeNames().Index().Select(node => (Pool: pool, node.Index, Name: node.Item)))
            .Select((node, place) => KeyValuePair.Create(
                node.Name,
                Machine(cluster, node.Pool, node.Index) with
                {
                    NodeLabels = ProxmoxCsi.LabelsOf(cluster, node.Pool, place),
                })));

    /// <summary>Where the machine API of all machines is reached: the control planes' own addresses.</summary>
    public static ValueList<string> ControlPlanes(Cluster cluster) => cluster.NodePools.Values
        .Where(pool => pool.Role == NodeRole.ControlPlane).SelectMany(pool => pool.Addresses).ToValueList();

    /// <summary>The names of the control planes, in order of the pools.</summary>
    public static ValueList<string> ControlPlaneNodes(Cluster cluster) => cluster.NodePools.Values
        .Where(pool => pool.Role == NodeRole.ControlPlane).SelectMany(pool => pool.NodeNames()).ToValueList();

    /// <summary>What a node's image has: the same for all of a cluster, unless it holds the node's network.</summary>
    public static Schematic SchematicOf(Cluster cluster, TalosMachine machine)
    {
        var talos = TalosOf(cluster);
        return talos.Image.HasNetwork
            ? BakedImage.Of(talos.Extensions, machine.Network, machine.HostName)
            : BakedImage.Of(talos.Extensions);
    }

    /// <summary>Where a node's images are.</summary>
    public static FactoryImage ImageOf(Cluster cluster, Schematic schematic, TalosVersion version)
    {
        var talos = TalosOf(cluster);
        return new FactoryImage($"{version}", schematic.Id, talos.Image.Platform, talos.SecureBoot);
    }

    /// <summary>What a node runs, or shall: as declared, where nothing else is known.</summary>
    public static NodeVersions VersionsOf(Cluster cluster, string node) =>
        cluster.Versions.TryGetValue(node, out var versions)
            ? versions
            : NodeVersions.Of(TalosOf(cluster).Version, TalosOf(cluster).Kubernetes);

    /// <summary>Everything that can be said against the cluster's machines without asking anybody.</summary>
    public static ValueList<Diagnostic> Check(Cluster cluster)
    {
        var talos = TalosOf(cluster);
        if (TalosVersion.Parse(talos.Version) is not { IsKnown: true })
            return [TalosDiagnostics.UnknownVersion(cluster.Name, talos.Version)];
        var machines = Of(cluster);
        return
        [
            .. MachineChecks.Of(cluster.Name, [.. machines.Values], talos.SecureBoot),
            .. ExtensionNeeds.Check(cluster.Name, cluster.Components.Keys, talos.Extensions),
            .. (talos.Image.HasNetwork ? machines.Values : [])
                .SelectMany(machine => MetaNetwork.Check(cluster.Name, talos.Image.Platform, machine.Network))
                .Distinct(),
            .. from pool in cluster.NodePools.Values
               from volume in pool.Volumes.Values
               where volume.MountPath != new TalosVolume(volume.Name, "").MountPath
               select TalosDiagnostics.OtherMountPath(cluster.Name, volume.Name, volume.MountPath),
            .. cluster.NodePools.Values.SelectMany(pool => pool.Size is { } size && size.Disk.Bytes < DiskMin.Bytes
                ? [TalosDiagnostics.DiskTooSmall(cluster.Name, pool.Name, size.Disk)]
                : (Diagnostic[])[]),
        ];
    }

    private static TalosMachine Machine(Cluster cluster, NodePool pool, int ordinal)
    {
        var talos = TalosOf(cluster);
        var name = pool.NodeNames().ElementAt(ordinal);
        var (network, versions) = (cluster.Network, VersionsOf(cluster, name));
        var machine = new TalosMachine
        {
            Version = TalosVersion.Parse(versions.Talos)
                ?? throw new InvariantException($"Talos {versions.Talos} is checked before"),
            Kubernetes = versions.Kubelet,
            ApiServer = versions.ApiServer,
            Controllers = versions.Controllers,
            Role = pool.Role,
            HostName = name,
            ClusterName = cluster.Name,
            Endpoint = $"https://{Bracketed(EndpointOf(cluster))}:{ApiServerPort}",
            Install = new TalosInstall(SystemDisk, ""),
            Network = NetworkOf(network, pool, ordinal),
            Encryption = talos.EncryptsState || talos.EncryptsEphemeral
                ? new TalosEncryption(talos.EncryptsState, talos.EncryptsEphemeral)
                : null,
            Volumes = pool.Volumes.Keys.Select((volume, index) =>
                new TalosVolume(volume, $"/dev/sd{(char)('b' + index)}")).ToValueList(),
            KubeletFolders = LocalPathProvisioner.FolderOnTalos(cluster) is { } folder ? [folder] : [],
            Flannel = network.Cilium is null,
            KubeProxy = network.Cilium is not { ReplacesKubeProxy: true },
            SchedulesOnControlPlanes = cluster.NodePools.Values.Any(each => each.Schedulable),
            EtcdSubnets = network.Nodes,
            NodeSubnets = network.Nodes,
            KernelModules = cluster.Components.Keys
                .SelectMany(component => KernelModules.TryGetValue(component, out var modules) ? modules : [])
                .Order(StringComparer.Ordinal).ToValueList(),
            CertificateNames = ControlPlanes(cluster),
            InlineManifests = network.ApiServer is { By: VirtualAddressOwner.KubeVip } moved
                ? ValueMap.Of<Value>((KubeVip.Name, KubeVip.ManifestOf(moved.Address)))
                : ValueMap<Value>.Empty,
            KubeSpan = network.EncryptsBetweenHosts,
            ExtensionServices = cluster.Edge is { Tailnet: { } tailnet } edge
                ? ValueMap.Of((TailnetService.Name, TailnetService.Of($"{cluster.Name}-{name}", tailnet, edge.Routes)))
                : ValueMap<ValueMap<Value>>.Empty,
        };
        if (network.Pods.Count > 0)
            machine = machine with { PodCidrs = network.Pods };
        if (network.Services.Count > 0)
            machine = machine with { ServiceCidrs = network.Services };
        var image = ImageOf(cluster, SchematicOf(cluster, machine), machine.Version);
        return machine with { Install = machine.Install with { Image = image.Installer } };
    }

    private static TalosNetwork NetworkOf(ClusterNetwork network, NodePool pool, int ordinal)
    {
        var address = ordinal < pool.Addresses.Count ? pool.Addresses[ordinal] : null;
        return new TalosNetwork
        {
            Addresses = address is null ? [] : [network.WithPrefix(address) ?? address],
            Gateway = network.Gateway,
            Nameservers = network.Resolvers,
            Vip = network.ApiServer is { By: VirtualAddressOwner.Talos } vip ? vip.Address : null,
        };
    }

    /// <summary>The virtual address, or where there is none the first control plane's.</summary>
    private static string EndpointOf(Cluster cluster) =>
        cluster.Network.ApiServer?.Address
        ?? (ControlPlanes(cluster) is [var first, ..] ? first : cluster.Name);

    private static string Bracketed(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    private static Distribution.Talos TalosOf(Cluster cluster) => cluster.Distribution as Distribution.Talos
        ?? throw new InvariantException($"cluster '{cluster.Name}' does not run Talos");
}
