using Orrery.Simulation.Machines.CloudInit;

namespace Orrery.Simulation.Talos.Configuration;

/// <summary>
/// What a machine refuses of a configuration. The fields and the versions of documents are those of the published
/// schemas, https://www.talos.dev/latest/schemas/config.schema.json; only the levels that platforms write are held.
/// </summary>
internal static class MachineDocuments
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        [""] = ["version", "debug", "persist", "machine", "cluster"],
        ["machine"] =
        [
            "acceptedCAs", "baseRuntimeSpecOverrides", "ca", "certSANs", "controlPlane", "disks", "env", "features",
            "files", "install", "kernel", "kubelet", "logging", "network", "nodeAnnotations", "nodeLabels",
            "nodeTaints", "pods", "registries", "seccompProfiles", "sysctls", "sysfs", "systemDiskEncryption", "time",
            "token", "type", "udev",
        ],
        ["machine.install"] =
        [
            "disk", "diskSelector", "extensions", "extraKernelArgs", "grubUseUKICmdline", "image", "legacyBIOSSupport",
            "wipe",
        ],
        ["machine.network"] =
        [
            "disableSearchDomain", "extraHostEntries", "hostname", "interfaces", "kubespan", "nameservers",
            "searchDomains",
        ],
        ["machine.kubelet"] =
        [
            "clusterDNS", "credentialProviderConfig", "defaultRuntimeSeccompProfileEnabled",
            "disableManifestsDirectory", "extraArgs", "extraConfig", "extraMounts", "image", "nodeIP",
            "registerWithFQDN", "skipNodeRegistration",
        ],
        ["cluster"] =
        [
            "acceptedCAs", "adminKubeconfig", "aescbcEncryptionSecret", "aggregatorCA",
            "allowSchedulingOnControlPlanes", "apiServer", "ca", "clusterName", "controlPlane", "controllerManager",
            "coreDNS", "discovery", "etcd", "externalCloudProvider", "extraManifestHeaders", "extraManifests", "id",
            "inlineManifests", "network", "proxy", "scheduler", "secret", "secretboxEncryptionSecret",
            "serviceAccount", "token",
        ],
    };

    /// <summary>
    /// The kinds of documents by the minor version of Talos 1 that first knows them; 9 is the oldest.
    /// </summary>
    private static readonly (int Minor, string[] Kinds)[] Since =
    [
        (9,
        [
            "VolumeConfig", "ExtensionServiceConfig", "NetworkDefaultActionConfig", "KubeSpanEndpoints",
            "NetworkRuleConfig", "EventSinkConfig", "KmsgLogConfig", "WatchdogTimerConfig", "TrustedRootsConfig",
            "SideroLinkConfig",
        ]),
        (10, ["UserVolumeConfig", "PCIDriverRebindConfig", "EthernetConfig"]),
        (11, ["ExistingVolumeConfig", "RawVolumeConfig", "SwapVolumeConfig", "ZswapConfig"]),
        (12,
        [
            "DummyLinkConfig", "HostnameConfig", "LinkConfig", "LinkAliasConfig", "StaticHostConfig", "OOMConfig",
        ]),
        (13,
        [
            "ExternalVolumeConfig", "RegistryAuthConfig", "RegistryMirrorConfig", "RegistryTLSConfig",
            "BlackholeRouteConfig", "BondConfig", "BridgeConfig", "DHCPv4Config", "DHCPv6Config", "HCloudVIPConfig",
            "KubeSpanConfig", "Layer2VIPConfig", "ResolverConfig", "RoutingRuleConfig", "TCPProbeConfig",
            "TimeSyncConfig", "VLANConfig", "VRFConfig", "WireguardConfig", "EnvironmentConfig",
        ]),
    ];

    /// <summary>The documents of a stream, one text each.</summary>
    public static IEnumerable<string> Split(string text)
    {
        var lines = new List<string>();
        foreach (var line in text.Split('\n').Append("---"))
        {
            if (line.TrimEnd() != "---")
            {
                lines.Add(line);
                continue;
            }

            if (lines.Exists(each => each.Trim().Length > 0 && !each.TrimStart().StartsWith('#')))
                yield return string.Join('\n', lines);
            lines.Clear();
        }
    }

    /// <summary>
    /// Why a machine with this version refuses a configuration, in its words; null where it does not.
    /// </summary>
    public static string? Problem(string text, int minor)
    {
        List<object?> documents;
        try
        {
            documents = [.. Split(text).Select(YamlTree.Read)];
        }
        catch (FormatException exception)
        {
            return $"error decoding document: {exception.Message}";
        }

        object? main = null;
        foreach (var document in documents)
        {
            if (YamlTree.Text(YamlTree.At(document, "kind")) is not { } kind)
                main = document;
            else if (!Since.Any(each => each.Minor <= minor && each.Kinds.Contains(kind)))
                return $"error decoding document /{kind}/: \"{kind}\" \"v1alpha1\": not registered";
        }

        if (main is null)
            return null;
        if (UnknownIn(main) is { Length: > 0 } unknown)
            return $"unknown keys found during decoding:\n{unknown}";
        var problems = ProblemsOf(main, documents).ToList();
        return problems.Count == 0
            ? null
            : $"{problems.Count} error{(problems.Count == 1 ? "" : "s")} occurred:\n"
                + string.Concat(problems.Select(problem => $"\t* {problem}\n")) + "\n";
    }

    private static string UnknownIn(object? main)
    {
        var unknown = new List<string>();
        foreach (var (path, known) in Known)
        {
            var at = path.Length == 0 ? main : YamlTree.At(main, path.Split('.'));
            if (at is not Dictionary<string, object?> map)
                continue;
            unknown.AddRange(map.Keys.Where(key => !known.Contains(key)).Select(key =>
                path.Length == 0 ? key : $"{path}.{key}"));
        }

        return string.Join('\n', unknown);
    }

    private static IEnumerable<string> ProblemsOf(object? main, List<object?> documents)
    {
        var type = YamlTree.Text(YamlTree.At(main, "machine", "type"));
        if (type is not ("controlplane" or "worker"))
            yield return $"unknown machine type: \"{type}\"";
        if (YamlTree.Text(YamlTree.At(main, "machine", "ca", "crt")) is null or "")
            yield return "issuing CA certificate is required: .machine.ca.crt";
        if (type == "controlplane" && YamlTree.Text(YamlTree.At(main, "machine", "ca", "key")) is null or "")
            yield return "issuing CA key is required for controlplane nodes: .machine.ca.key";
        if (YamlTree.Text(YamlTree.At(main, "cluster", "controlPlane", "endpoint")) is not { } endpoint
            || !Uri.TryCreate(endpoint, UriKind.Absolute, out _))
        {
            yield return "invalid cluster endpoint: .cluster.controlPlane.endpoint";
        }

        if (type == "controlplane" && YamlTree.At(main, "cluster", "etcd", "ca") is null)
            yield return "key/cert combination is missing: .cluster.etcd.ca";
        if (YamlTree.At(main, "machine", "install", "disk") is null
            && YamlTree.At(main, "machine", "install", "diskSelector") is null)
        {
            yield return "either install disk or diskSelector should be defined";
        }

        // validateMachine in pkg/machinery/config/types/v1alpha1 of Talos' source.
        if (YamlTree.At(main, "machine", "network", "kubespan", "enabled") is true)
        {
            if (YamlTree.At(main, "cluster", "discovery", "enabled") is not true)
                yield return ".cluster.discovery should be enabled when .machine.network.kubespan is enabled";
            if (YamlTree.Text(YamlTree.At(main, "cluster", "id")) is null or "")
                yield return ".cluster.id should be set when .machine.network.kubespan is enabled";
            if (YamlTree.Text(YamlTree.At(main, "cluster", "secret")) is null or "")
                yield return ".cluster.secret should be set when .machine.network.kubespan is enabled";
        }

        var isNamed = documents.Exists(document => YamlTree.Text(YamlTree.At(document, "kind")) == "HostnameConfig");
        if (isNamed && YamlTree.At(main, "machine", "network", "hostname") is not null)
            yield return "static hostname is already set in v1alpha1 config";
    }
}
