using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>What a machine that runs Talos must be: all that its configuration says, whatever the version.</summary>
public sealed record TalosMachine
{
    public required TalosVersion Version { get; init; }

    /// <summary>The kubelet's version, for example <c>v1.35.1</c>.</summary>
    public required string Kubernetes { get; init; }

    /// <summary>The API server's, where it is another one: in the middle of an upgrade it is the first.</summary>
    public string? ApiServer { get; init; }

    /// <summary>Likewise of controller manager, scheduler and kube-proxy.</summary>
    public string? Controllers { get; init; }

    public required NodeRole Role { get; init; }

    public required string HostName { get; init; }

    public required string ClusterName { get; init; }

    /// <summary>The API server, for everybody: <c>https://10.2.3.1:6443</c>.</summary>
    public required string Endpoint { get; init; }

    public required TalosInstall Install { get; init; }

    public required TalosNetwork Network { get; init; }

    /// <summary>Null where disks are not encrypted.</summary>
    public TalosEncryption? Encryption { get; init; }

    /// <summary>Disks beside the system's.</summary>
    public ValueList<TalosVolume> Volumes { get; init; } = [];

    /// <summary>Folders of the machine's own disk that kubelet gives to pods, beside its own.</summary>
    public ValueList<string> KubeletFolders { get; init; } = [];

    public ValueList<string> PodCidrs { get; init; } = ["10.244.0.0/16"];

    public ValueList<string> ServiceCidrs { get; init; } = ["10.96.0.0/12"];

    /// <summary>False where something else brings the network of pods, such as Cilium.</summary>
    public bool Flannel { get; init; }

    /// <summary>False where Cilium stands in for it; it then reaches the API server through KubePrism.</summary>
    public bool KubeProxy { get; init; }

    public bool SchedulesOnControlPlanes { get; init; }

    /// <summary>Where etcd speaks; empty for whatever the machine has.</summary>
    public ValueList<string> EtcdSubnets { get; init; } = [];

    /// <summary>Where the kubelet is found; empty for whatever the machine has.</summary>
    public ValueList<string> NodeSubnets { get; init; } = [];

    /// <summary>
    /// Whether the kubelet asks the cluster for its serving certificate. Somebody must approve that, or logs, exec and
    /// Longhorn fail.
    /// </summary>
    public bool RotatesServerCertificates { get; init; } = true;

    public ValueMap<string> NodeLabels { get; init; } = ValueMap<string>.Empty;

    public ValueMap<string> Sysctls { get; init; } = ValueMap<string>.Empty;

    public ValueList<string> KernelModules { get; init; } = [];

    /// <summary>Empty for Talos' own choice.</summary>
    public ValueList<string> TimeServers { get; init; } = [];

    /// <summary>Further names and addresses in the certificates of both APIs.</summary>
    public ValueList<string> CertificateNames { get; init; } = [];

    /// <summary>Applied at the bootstrap, by name; control planes only. May be sensitive.</summary>
    public ValueMap<Value> InlineManifests { get; init; } = ValueMap<Value>.Empty;

    /// <summary>Whether members find each other; KubeSpan needs it.</summary>
    public bool Discovery { get; init; } = true;

    public bool KubeSpan { get; init; }

    /// <summary>Environment variables of extensions' services: <c>tailscale</c>. May be sensitive.</summary>
    public ValueMap<ValueMap<Value>> ExtensionServices { get; init; } = ValueMap<ValueMap<Value>>.Empty;
}

/// <summary>
/// What is installed where. The image is always the Image Factory's with the schematic: Talos' stock installer would
/// lose the extensions that the machine booted with.
/// </summary>
/// <param name="Disk">For example <c>/dev/sda</c>.</param>
/// <param name="Image">As <c>FactoryImage.Installer</c> names it.</param>
public sealed record TalosInstall(string Disk, string Image);

/// <summary>How a machine is reached.</summary>
public sealed record TalosNetwork
{
    /// <summary>
    /// The hardware address of the card, in lower case; null for the only physical one. There is no name of an
    /// interface: a VIP on <c>eth0</c> silently does nothing where the kernel calls it <c>ens18</c>.
    /// </summary>
    public string? HardwareAddress { get; init; }

    /// <summary>With their prefix lengths: <c>10.2.1.1/16</c>. Empty for DHCP.</summary>
    public ValueList<string> Addresses { get; init; } = [];

    public string? Gateway { get; init; }

    public ValueList<string> Nameservers { get; init; } = [];

    /// <summary>
    /// An address that Talos moves between control planes; null where there is none, or kube-vip has it. Workers
    /// ignore it.
    /// </summary>
    public string? Vip { get; init; }

    public bool IsStatic => Addresses.Count > 0;
}

/// <summary>What only this machine's TPM opens.</summary>
/// <param name="State">The partition with the configuration and its secrets.</param>
/// <param name="Ephemeral">Everything below <c>/var</c>; bound to the state partition.</param>
public sealed record TalosEncryption(bool State, bool Ephemeral);

/// <summary>A disk that is one volume of its own, of pods' data.</summary>
/// <param name="Name">For example <c>longhorn</c>.</param>
/// <param name="Disk">For example <c>/dev/sdb</c>.</param>
public sealed record TalosVolume(string Name, string Disk)
{
    /// <summary>Where it is mounted, for the machine and the kubelet alike.</summary>
    public string MountPath => $"/var/mnt/{Name}";
}
