using System.Text;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Machines.CloudInit;
using Orrery.Simulation.Talos.Hardware;

namespace Orrery.Simulation.Talos.Configuration;

/// <summary>
/// A machine's configuration as the machine reads it: all documents, and what it needs to know of them.
/// </summary>
internal sealed class MachineSettings
{
    private readonly object? _main;
    private readonly IReadOnlyList<object?> _others;

    private MachineSettings(string text, object? main, IReadOnlyList<object?> others) =>
        (Text, _main, _others) = (text, main, others);

    public string Text { get; }

    public bool IsControlPlane => At("machine", "type") is "controlplane";

    /// <summary>Null where the machine shall name itself after its DHCP server or its address.</summary>
    public string? HostName => At("machine", "network", "hostname")
        ?? OfKind("HostnameConfig").Select(document => Scalar(document, "hostname")).FirstOrDefault();

    /// <summary>The certificate of the Talos authority, as PEM.</summary>
    public string OsAuthority => Pem("machine", "ca", "crt");

    /// <summary>Its key, as PEM; workers have none.</summary>
    public string OsAuthorityKey => Pem("machine", "ca", "key");

    /// <summary>The certificate of the Kubernetes authority, as PEM.</summary>
    public string KubernetesAuthority => Pem("cluster", "ca", "crt");

    /// <summary>Its key, as PEM; workers have none.</summary>
    public string KubernetesAuthorityKey => Pem("cluster", "ca", "key");

    public string ClusterId => At("cluster", "id") ?? "";

    public string ClusterName => At("cluster", "clusterName") ?? "";

    /// <summary>For example <c>https://10.0.0.10:6443</c>.</summary>
    public string Endpoint => At("cluster", "controlPlane", "endpoint") ?? "";

    public string InstallDisk => At("machine", "install", "disk") ?? "";

    public bool HasDiskSelector => YamlTree.At(_main, "machine", "install", "diskSelector") is not null;

    public string InstallImage => At("machine", "install", "image") ?? "";

    /// <summary>
    /// For example <c>v1.34.1</c>, from the tag of kubelet's image; null where the version's own is used.
    /// </summary>
    public string? KubernetesVersion =>
        At("machine", "kubelet", "image")?.Split('@')[0].Split(':') is [_, .., var tag] ? tag : null;

    /// <summary>The images of the control plane's static pods, by name.</summary>
    public IEnumerable<(string Name, string Image)> ControlPlaneImages =>
    [
        ("kube-apiserver", ImageOf("apiServer", "kube-apiserver")),
        ("kube-controller-manager", ImageOf("controllerManager", "kube-controller-manager")),
        ("kube-scheduler", ImageOf("scheduler", "kube-scheduler")),
    ];

    /// <summary>kubelet asks the cluster for its serving certificate.</summary>
    public bool RotatesServerCertificates =>
        At("machine", "kubelet", "extraArgs", "rotate-server-certificates") == "true";

    /// <summary>What the API server's admission enforces by default; null where nothing is said.</summary>
    public PodSecurityDefault? PodSecurity => YamlTree
        .Items(YamlTree.At(_main, "cluster", "apiServer", "admissionControl"))
        .Where(plugin => Scalar(plugin, "name") == "PodSecurity")
        .Select(plugin => YamlTree.At(plugin, "configuration"))
        .Select(configuration => new PodSecurityDefault(
            YamlTree.Text(YamlTree.At(configuration, "defaults", "enforce")) ?? "privileged",
            [
                .. YamlTree.Items(YamlTree.At(configuration, "exemptions", "namespaces")).Select(YamlTree.Text)
                    .OfType<string>(),
            ]))
        .FirstOrDefault();

    public bool SchedulesOnControlPlanes => At("cluster", "allowSchedulingOnControlPlanes") == "true";

    /// <summary>Tunnels to all other machines of the cluster.</summary>
    public bool HasKubeSpan => At("machine", "network", "kubespan", "enabled") == "true"
        || OfKind("KubeSpanConfig").Any(document => Scalar(document, "enabled") == "true");

    /// <summary>It looks for the other machines of its cluster, and is found by them, in the public service.</summary>
    public bool HasDiscovery => At("cluster", "discovery", "enabled") == "true"
        && At("cluster", "discovery", "registries", "service", "disabled") != "true";

    /// <summary>The network of pods is brought by Talos itself: flannel, unless another or none is asked for.</summary>
    public bool BringsNetwork => (At("cluster", "network", "cni", "name") ?? "flannel") == "flannel";

    public string PodSubnet => YamlTree.Items(YamlTree.At(_main, "cluster", "network", "podSubnets"))
        .Select(YamlTree.Text).FirstOrDefault() ?? "10.244.0.0/16";

    public ValueMap<string> NodeLabels => ValueMap.From(
        (YamlTree.At(_main, "machine", "nodeLabels") as Dictionary<string, object?> ?? [])
            .Select(pair => KeyValuePair.Create(pair.Key, YamlTree.Text(pair.Value) ?? "")));

    /// <summary>Objects that the first control plane applies, each as YAML with its name.</summary>
    public IEnumerable<(string Name, string Contents)> InlineManifests =>
        YamlTree.Items(YamlTree.At(_main, "cluster", "inlineManifests"))
            .Select(item => (Scalar(item, "name") ?? "", Scalar(item, "contents") ?? ""));

    /// <summary>Where disks are mounted, by the number of the disk's path: <c>/dev/sdb</c> to the folder.</summary>
    public IEnumerable<(string Device, string Path)> Mounts =>
        YamlTree.Items(YamlTree.At(_main, "machine", "disks")).SelectMany(disk =>
            YamlTree.Items(YamlTree.At(disk, "partitions")).Select(partition =>
                (Scalar(disk, "device") ?? "", Scalar(partition, "mountpoint") ?? "")))
            .Concat(OfKind("UserVolumeConfig").Select(document => ("", $"/var/mnt/{Scalar(document, "name")}")));

    /// <summary>Reads what has been validated.</summary>
    public static MachineSettings Read(string text)
    {
        var documents = MachineDocuments.Split(text).Select(YamlTree.Read).ToList();
        return new MachineSettings(
            text,
            documents.Find(document => YamlTree.At(document, "machine") is not null),
            documents.FindAll(document => YamlTree.At(document, "kind") is not null));
    }

    /// <summary>The addresses that a card gets, each with its prefix length.</summary>
    public IEnumerable<string> AddressesOf(TalosNic nic) => Interfaces(nic)
        .SelectMany(link => YamlTree.Items(YamlTree.At(link, "addresses")).Select(YamlTree.Text).OfType<string>())
        .Concat(OfKind("LinkConfig").Where(document => Scalar(document, "name") == nic.Name)
            .SelectMany(document => YamlTree.Items(YamlTree.At(document, "addresses")))
            .Select(item => Scalar(item, "address")).OfType<string>());

    /// <summary>Addresses that the control planes share, on a card that this machine really has.</summary>
    public IEnumerable<string> VirtualAddressesOf(TalosNic nic) => Interfaces(nic)
        .Select(link => YamlTree.Text(YamlTree.At(link, "vip", "ip"))).OfType<string>()
        .Concat(OfKind("Layer2VIPConfig").Where(document => Scalar(document, "link") == nic.Name)
            .Select(document => Scalar(document, "name")).OfType<string>());

    /// <summary>The variables of an extension's service; null where no document names it.</summary>
    public ValueMap<string>? VariablesOf(string service) => OfKind("ExtensionServiceConfig")
        .Where(document => Scalar(document, "name") == service)
        .Select(document => ValueMap.From(
            YamlTree.Items(YamlTree.At(document, "environment")).Select(YamlTree.Text).OfType<string>()
                .Select(line => line.Split('=', 2))
                .Select(parts => KeyValuePair.Create(parts[0], parts.Length > 1 ? parts[1] : ""))))
        .FirstOrDefault();

    public IEnumerable<object?> OfKind(string kind) => _others.Where(document => Scalar(document, "kind") == kind);

    // A name that no card has selects nothing, and nobody complains.
    private IEnumerable<object?> Interfaces(TalosNic nic) =>
        YamlTree.Items(YamlTree.At(_main, "machine", "network", "interfaces")).Where(link =>
            Scalar(link, "interface") == nic.Name
            || (YamlTree.At(link, "deviceSelector") is { } selector && Selects(selector, nic)));

    private static bool Selects(object? selector, TalosNic nic)
    {
        var address = Scalar(selector, "hardwareAddr");
        return (YamlTree.At(selector, "physical") is true || address is not null)
            && (address is null || string.Equals(address, nic.Mac, StringComparison.OrdinalIgnoreCase));
    }

    private string? At(params ReadOnlySpan<string> path) => YamlTree.Text(YamlTree.At(_main, path));

    private string ImageOf(string section, string name) =>
        At("cluster", section, "image") ?? $"registry.k8s.io/{name}:{KubernetesVersion}";

    private static string? Scalar(object? node, string name) => YamlTree.Text(YamlTree.At(node, name));

    private string Pem(params ReadOnlySpan<string> path)
    {
        var bytes = new byte[At(path)?.Length ?? 0];
        return Convert.TryFromBase64String(At(path) ?? "", bytes, out var length)
            ? Encoding.UTF8.GetString(bytes.AsSpan(0, length))
            : "";
    }
}
