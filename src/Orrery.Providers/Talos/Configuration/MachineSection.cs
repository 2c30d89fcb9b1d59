using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Certificates;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>The section <c>machine</c> of the first document.</summary>
internal static class MachineSection
{
    /// <summary>Load balancers leave such nodes out.</summary>
    private const string ExcludedLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

    public static Value.Map Of(TalosMachine machine, TalosSecrets secrets)
    {
        var isControlPlane = machine.Role == NodeRole.ControlPlane;
        return Section.Of(
            ("type", isControlPlane ? "controlplane" : "worker"),
            ("token", new Value.Sensitive(secrets.TrustdToken)),
            ("ca", Authority(secrets.Os, isControlPlane)),
            ("certSANs", Section.List(CertificateNames(machine))),
            ("kubelet", Kubelet(machine)),
            ("network", machine.Version.HasNetworkDocuments ? null : NetworkSection.Of(machine)),
            ("install", Install(machine)),
            ("disks", machine.Version.HasUserVolumes ? null : Section.List(machine.Volumes.Select(Disk))),
            ("systemDiskEncryption", machine.Version.HasVolumeEncryption ? null : Encryption(machine)),
            ("time", machine.Version.HasNetworkDocuments || Section.List(machine.TimeServers) is not { } servers
                ? null
                : Section.Of(("servers", servers))),
            ("sysctls", Section.Map(machine.Sysctls)),
            ("kernel", Section.List(machine.KernelModules.Select(name => (Value)Value.MapOf(("name", name))))
                is { } modules ? Section.Of(("modules", modules)) : null),
            ("features", Features(machine)),
            ("nodeLabels", Section.Map(NodeLabels(machine))));
    }

    /// <summary>Who may not sign gets the certificate alone.</summary>
    public static Value.Map Authority(CertificateAndKey authority, bool signs) => Value.MapOf(
        ("crt", TalosSecretsFile.Base64Of(authority.Certificate)),
        ("key", signs ? new Value.Sensitive(TalosSecretsFile.Base64Of(authority.PrivateKey)) : (Value)""));

    /// <summary>By which clients call the machine and the API server, beside its own addresses; sorted.</summary>
    public static IEnumerable<string> CertificateNames(TalosMachine machine) => new[]
        {
            Uri.TryCreate(machine.Endpoint, UriKind.Absolute, out var endpoint) ? endpoint.Host : null,
            machine.Network.Vip,
        }
        .OfType<string>().Concat(machine.CertificateNames).Distinct().Order(StringComparer.Ordinal);

    private static Value.Map Kubelet(TalosMachine machine) => Section.Of(
        ("image", $"ghcr.io/siderolabs/kubelet:{machine.Kubernetes}"),
        ("defaultRuntimeSeccompProfileEnabled", true),
        ("disableManifestsDirectory", true),
        ("extraArgs", machine.RotatesServerCertificates
            ? Value.MapOf(("rotate-server-certificates", "true"))
            : null),
        ("extraMounts", Section.List(
            machine.Volumes.Select(volume => volume.MountPath).Concat(machine.KubeletFolders).Select(Mount))),
        ("nodeIP", Section.List(machine.NodeSubnets) is { } subnets ? Section.Of(("validSubnets", subnets)) : null));

    /// <summary>The kubelet runs in a container and sees only what is mounted into it.</summary>
    private static Value Mount(string folder) => Value.MapOf(
        ("source", folder),
        ("destination", folder),
        ("type", "bind"),
        ("options", Value.ListOf(["bind", "rshared", "rw"])));

    private static Value.Map Install(TalosMachine machine) => Section.Of(
        ("disk", machine.Install.Disk),
        ("image", machine.Install.Image),
        ("wipe", false),
        // What the schematic says of the kernel's arguments holds for GRUB, too.
        ("grubUseUKICmdline", machine.Version.HasNetworkDocuments ? true : null));

    private static Value Disk(TalosVolume volume) => Value.MapOf(
        ("device", volume.Disk),
        ("partitions", Value.ListOf([Value.MapOf(("mountpoint", volume.MountPath))])));

    private static Value.Map? Encryption(TalosMachine machine) => machine.Encryption is not { } encryption ? null
        : Section.Of(
            ("state", encryption.State ? Encrypted() : null),
            ("ephemeral", encryption.Ephemeral ? Encrypted() : null));

    private static Value.Map Encrypted() => Value.MapOf(
        ("provider", "luks2"),
        ("keys", Value.ListOf([Value.MapOf(
            ("slot", 0), ("tpm", Value.MapOf(("checkSecurebootStatusOnEnroll", true))))])));

    private static Value.Map Features(TalosMachine machine)
    {
        // From 1.12 on these are always on, and the last conflicts with HostnameConfig.
        Value? old = machine.Version.HasHostnameDocument ? null : true;
        return Section.Of(
            ("rbac", old),
            ("apidCheckExtKeyUsage", old),
            ("stableHostname", old),
            ("diskQuotaSupport", true),
            // What runs on the machine reaches some API server even while the VIP moves, and without kube-proxy.
            ("kubePrism", Value.MapOf(("enabled", true), ("port", KubePrism.Port))),
            ("hostDNS", Value.MapOf(("enabled", true), ("forwardKubeDNSToHost", true))));
    }

    private static ValueMap<string> NodeLabels(TalosMachine machine) =>
        machine.Role == NodeRole.ControlPlane && !machine.SchedulesOnControlPlanes
        && !machine.NodeLabels.ContainsKey(ExcludedLabel)
            ? machine.NodeLabels.With(ExcludedLabel, "")
            : machine.NodeLabels;
}

/// <summary>The API server as each machine reaches it by itself.</summary>
public static class KubePrism
{
    /// <summary>What Cilium, which stands in for kube-proxy, must be told.</summary>
    public const string Host = "localhost";

    /// <summary>Talos' default: https://docs.siderolabs.com/kubernetes-guides/advanced-guides/kubeprism</summary>
    public const int Port = 7445;
}
