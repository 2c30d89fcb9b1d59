using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>What can be wrong with what machines of Talos shall be.</summary>
public static class TalosDiagnostics
{
    private static readonly DiagnosticCode Version = new(
        "TALOS001",
        "this release of Talos is not known",
        "A machine's configuration differs from minor version to minor version; those from 1.9 to 1.14 are known.");

    private static readonly DiagnosticCode Skew = new(
        "TALOS002",
        "this release of Talos does not run this version of Kubernetes",
        "Each minor version of Talos supports six of Kubernetes.");

    private static readonly DiagnosticCode Meta = new(
        "TALOS003",
        "network configuration in the image would never be read",
        "Talos reads the key 10 of META on the platform metal only; elsewhere the machine would wait for DHCP.");

    private static readonly DiagnosticCode MetaAddress = new(
        "TALOS004",
        "the image shall hold a network that is not declared",
        "Network configuration in the image needs an address with its prefix, and a gateway.");

    private static readonly DiagnosticCode Tpm = new(
        "TALOS005",
        "disks are sealed to a TPM without secure boot",
        "A key in the TPM is given out by what was booted. Where anything may be booted, anybody gets it.");

    private static readonly DiagnosticCode JsonPatch = new(
        "TALOS006",
        "a patch of the machine configuration is a JSON patch",
        "JSON patches (RFC 6902) know only one document and are deprecated since Talos 1.12. Write what shall differ "
        + "as a piece of the configuration, and $patch: delete where something shall go.");

    private static readonly DiagnosticCode KubeSpan = new(
        "TALOS007",
        "KubeSpan needs discovery",
        "Machines learn each other's keys and addresses through discovery.");

    private static readonly DiagnosticCode OneVip = new(
        "TALOS008",
        "the virtual address is a machine's own",
        "A virtual address moves between control planes; one that a machine has of its own cannot.");

    private static readonly DiagnosticCode EvenEtcd = new(
        "TALOS009",
        "an even number of control planes is no safer than one less",
        "etcd needs more than half of its members: two stand no more than one, and four no more than three.")
    {
        Severity = Severity.Warning,
    };

    private static readonly DiagnosticCode MountPath = new(
        "TALOS010",
        "Talos mounts a volume elsewhere",
        "Since Talos 1.10 volumes are mounted at /var/mnt/ and their name, and nowhere else.");

    private static readonly DiagnosticCode SmallDisk = new(
        "TALOS011",
        "the system disk is too small for Talos",
        "Two systems, the images of all pods and their logs are on it: below 12 GiB the first upgrade fills it, and 20 "
        + "are comfortable.");

    private static readonly DiagnosticCode NotYet = new(
        "TALOS012",
        "other versions are declared than run",
        "Versions change one node at a time, drained and with every other node healthy, so only 'upgrade' changes "
        + "them. 'up' leaves each node with what it runs.")
    {
        Severity = Severity.Warning,
    };

    private static readonly DiagnosticCode Downgrade = new(
        "TALOS013",
        "an older version is declared than runs",
        "What newer versions have written to etcd and to the disks is not made to be read by older ones. Declare the "
        + "version that runs, or a newer one; to go back, rebuild the cluster.");

    private static readonly DiagnosticCode NoRoute = new(
        "TALOS014",
        "no way leads to the declared versions",
        "Minor versions are taken one by one, and each release of Talos supports six of Kubernetes: at some point "
        + "neither of both could go on.");

    private static readonly DiagnosticCode Gone = new(
        "TALOS015",
        "a machine is not there to be upgraded",
        "An upgrade takes one node out at a time and needs all others. 'up' makes anew what is gone.");

    private static readonly DiagnosticCode Strange = new(
        "TALOS016",
        "a machine runs another version than it was given",
        "Somebody upgraded it by other means, or it fell back to what it ran before: its console says why.");

    private static readonly DiagnosticCode Leaving = new(
        "TALOS017",
        "a control plane cannot be taken out",
        "etcd goes on while more than half of its members agree. One member leaves only while all that stay are well, "
        + "and an odd number of them must stay.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } =
    [
        Version, Skew, Meta, MetaAddress, Tpm, JsonPatch, KubeSpan, OneVip, EvenEtcd, MountPath, SmallDisk, NotYet,
        Downgrade, NoRoute, Gone, Strange, Leaving,
    ];

    public static DiagnosticFamily Family { get; } = new(
        "TALOS", "Talos", "Found in what machines of Talos shall be, before anything is made.", All);

    public static Diagnostic UnknownVersion(string cluster, string version) => Version.At(
        null, $"Cluster '{cluster}' asks for Talos {version}.");

    public static Diagnostic Unsupported(string cluster, TalosVersion talos, string kubernetes) => Skew.At(
        null,
        $"Talos {talos} of cluster '{cluster}' runs Kubernetes {TalosSupport.OldestKubernetes(talos)} to "
        + $"{TalosSupport.NewestKubernetes(talos)}, not {kubernetes}.");

    public static Diagnostic MetaUnread(string cluster, string platform) => Meta.At(
        null, $"The images of cluster '{cluster}' are for the platform {platform}.",
        ["set spec.distribution.talos.image.platform to metal, or leave image.network out"]);

    public static Diagnostic MetaWithoutAddress(string cluster) => MetaAddress.At(
        null, $"A machine of cluster '{cluster}' has no address, or its network no gateway.",
        ["declare spec.network.nodes and gateway, and the pool's addresses"]);

    public static Diagnostic UnsealedTpm(string cluster) => Tpm.At(
        null, $"Cluster '{cluster}' encrypts with the TPM and boots unsigned images.", ["set secureBoot: true"]);

    public static Diagnostic JsonPatched(string patch) => JsonPatch.At(null, $"{patch} is a list of operations.");

    public static Diagnostic NoDiscovery(string cluster) => KubeSpan.At(
        null, $"Cluster '{cluster}' uses KubeSpan and has discovery off.");

    public static Diagnostic VipIsOwn(string cluster, string address) => OneVip.At(
        null, $"{address} is the API server's virtual address in cluster '{cluster}' and a machine's own.");

    public static Diagnostic OtherMountPath(string cluster, string volume, string path) => MountPath.At(
        null, $"The volume '{volume}' of cluster '{cluster}' shall be at {path}.", ["leave mountPath out"]);

    public static Diagnostic DiskTooSmall(string cluster, string pool, ByteSize size) => SmallDisk.At(
        null, $"The machines of pool '{pool}' in cluster '{cluster}' have {size}.", ["disk: 20Gi"]);

    internal static Diagnostic Pending(
        string cluster, string node, NodeVersions running, Distribution.Talos declared) => NotYet.At(
            null,
            $"Cluster '{cluster}' declares Talos {declared.Version} with Kubernetes {declared.Kubernetes}; {node} runs "
            + $"Talos {running.Talos} with Kubernetes {running.Kubelet}.",
            ["go there with:", $"  orrery upgrade DIR --cluster {cluster}"]);

    internal static Diagnostic Older(string cluster, string node, string running, string declared) => Downgrade.At(
        null, $"{node} of cluster '{cluster}' runs {running}, and {declared} is declared.");

    internal static Diagnostic NoWay(
        string cluster, (string Talos, string Kubernetes) now, (string? Talos, string? Kubernetes) next) => NoRoute.At(
            null,
            $"Cluster '{cluster}' would run Talos {now.Talos} with Kubernetes {now.Kubernetes}, and could go on with "
            + $"neither Talos {next.Talos ?? "(no release is known)"} nor Kubernetes "
            + $"{next.Kubernetes ?? "(it is there)"}.");

    internal static Diagnostic Absent(string cluster, string node, string reason) => Gone.At(
        null, $"{node} of cluster '{cluster}': {reason}.", ["repair it first:", "  orrery up DIR"]);

    internal static Diagnostic CannotLeave(string cluster, string nodes, string reason) => Leaving.At(
        null, $"{nodes} of cluster '{cluster}': {reason}.",
        [
            "let an odd number stay, and mend those first",
            "nodes that shall stand in for them come first, by an 'up' of its own",
        ]);

    internal static Diagnostic Other(string cluster, string node, string known, string found) => Strange.At(
        null, $"{node} of cluster '{cluster}' was given Talos {known} and runs {found}.");

    public static Diagnostic EvenMembers(string cluster, int count) => EvenEtcd.At(
        null, $"Cluster '{cluster}' has {count} control planes.");
}
