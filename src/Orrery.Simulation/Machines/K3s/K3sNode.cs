using System.Text;
using Orrery.Model.Values;
using Orrery.Simulation.Machines.CloudInit;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Ssh;

namespace Orrery.Simulation.Machines.K3s;

/// <summary>K3s on one machine: it starts or refuses as the real one does, and leaves the same files.</summary>
internal sealed class K3sNode(Machine machine)
{
    /// <summary>What holds all containers where the cgroup driver is systemd.</summary>
    public const string PodSlice = "kubepods.slice";

    private const string DefaultFolder = "/var/lib/rancher/k3s";
    /// <summary>https://docs.k3s.io/architecture#how-agent-node-registration-works.</summary>
    public const string NodePassword = "/etc/rancher/node/password";

    private const string Kubeconfig = "/etc/rancher/k3s/k3s.yaml";

    // A server with its own CAs wants all of these: https://docs.k3s.io/cli/certificate#using-custom-ca-certificates
    private static readonly string[] CaNames =
        ["client-ca", "server-ca", "request-header-ca", "etcd/peer-ca", "etcd/server-ca"];

    private string? _container;
    private int _datastores;

    public bool IsRunning { get; private set; }

    public bool IsReady { get; private set; }

    public string Version { get; private set; } = "";

    public string DataFolder { get; private set; } = DefaultFolder;

    /// <summary>Runs until it is killed; gives an exit code where it refuses.</summary>
    public async Work<int> Serve(Invocation call, string role)
    {
        Dictionary<string, string> flags;
        var config = machine.Files.TryReadText("/etc/rancher/k3s/config.yaml") ?? "";
        try
        {
            flags = K3sFlags.Read(config, [.. call.Arguments.Skip(1)], machine);
        }
        catch (FormatException exception)
        {
            return Fatal(call, exception.Message);
        }

        if (IsRunning)
            return Fatal(call,
                "starting kubernetes: preparing server: listen tcp 0.0.0.0:6443: bind: address already in use");
        DataFolder = flags.GetValueOrDefault("data-dir", DefaultFolder);
        if (Missing() is { } missing)
            return Fatal(call, $"starting kubernetes: preparing server: failed to validate CA bundle: {missing}");
        var token = Token(call, flags);
        if (role == "agent" && (token is null || !flags.ContainsKey("server")))
            return Fatal(call, "--server is required");
        if (flags.GetValueOrDefault("default-local-storage-path") is { } storage && !storage.StartsWith('/'))
            return Fatal(call, $"default-local-storage-path {storage} must be absolute");
        if (role == "server" && ProblemOfDatastore() is { } problem)
            return Fatal(call, $"starting kubernetes: preparing server: creating storage endpoint: {problem}");
        var start = Describe(call, role, flags, config, token);
        (IsRunning, Version) = (true, call.Version);
        machine.Note(MachineEventKind.K3sStarted, call.Cause, call.Version);
        machine.Surroundings.K3sHost.Started(machine, start);
        await call.Scope.Sleep(machine.Surroundings.Latencies.K3sReady);
        Leave(start);
        IsReady = true;
        machine.Note(MachineEventKind.K3sReady, "k3s.service", start.Version);
        machine.Units.Add(
            new Units.Unit(PodSlice) { State = Units.UnitState.Active, Own = static _ => Execution.Scope.Done() });
        // It keeps its datastore and its logs open; pods outlive it until k3s-killall.sh.
        _container = "k3s";
        machine.Hold(DataFolder, _container);
        call.Ready();
        await machine.Power.WaitFor(new Signal());
        return 0;
    }

    /// <summary>It ended; called for every unit that ends, so also when none runs.</summary>
    public void Stopped(string why)
    {
        if (!IsRunning)
            return;
        (IsRunning, IsReady) = (false, false);
        machine.Release(_container ?? "");
        // However it ended: nobody writes any more, and its log of what it had begun lies beside it.
        if (Found is { } datastore)
            Write(datastore with { IsClosed = true });
        machine.Note(MachineEventKind.K3sStopped, "k3s.service", why);
        machine.Surroundings.K3sHost.Stopped(machine, why);
    }

    /// <summary>What it answers on the loopback interface, or null where nothing listens.</summary>
    public string? Answers(Uri address) => IsReady && address.Port is 6443 or 6444 && IsReady
        ? machine.Surroundings.K3sHost.Kubectl(machine, ["get", "--raw", address.PathAndQuery], "").Output
        : null;

    private static int Fatal(Invocation call, string message)
    {
        call.Error.Line($"level=fatal msg=\"{message}\"");
        return 1;
    }

    private string? Missing()
    {
        var tls = DataFolder + "/server/tls";
        var given = CaNames.Where(name => machine.Files.Exists($"{tls}/{name}.key")).ToList();
        var halves = CaNames.FirstOrDefault(name =>
            machine.Files.Exists($"{tls}/{name}.key") != machine.Files.Exists($"{tls}/{name}.crt"));
        if (halves is not null)
            return $"open {tls}/{halves}.{(machine.Files.Exists($"{tls}/{halves}.key") ? "crt" : "key")}: "
                + "no such file or directory";
        // After a first start everything is there; before it, all or nothing (etcd's only where etcd is used).
        return given.Count > 0 && CaNames.Take(3).Except(given).FirstOrDefault() is { } missing
            ? $"open {tls}/{missing}.crt: no such file or directory"
            : null;
    }

    private string? Token(Invocation call, Dictionary<string, string> flags)
    {
        if (flags.GetValueOrDefault("token") is { } token)
            return token;
        if (flags.GetValueOrDefault("token-file") is { } path)
            return machine.Files.TryReadText(path)?.Trim();
        return call.Environment.GetValueOrDefault("K3S_TOKEN")
            ?? machine.Files.TryReadText(DataFolder + "/server/token")?.Trim();
    }

    private K3sStart Describe(
        Invocation call, string role, Dictionary<string, string> flags, string config, string? token) => new()
        {
            Version = call.Version,
            Role = role,
            ConfigYaml = config,
            Flags = ValueMap.From(flags),
            Token = token,
            NodeName = flags.GetValueOrDefault("node-name", machine.HostName),
            DataFolder = DataFolder,
            Tls = Contents(DataFolder + "/server/tls"),
            Manifests = Contents(DataFolder + "/server/manifests"),
            Datastore = role == "server" ? Open() : null,
        };

    private string DatastorePath => DataFolder + "/server/db/state.db";

    private Datastore? Found => machine.Files.TryReadText(DatastorePath) is { } text ? Datastore.Parse(text) : null;

    private string? ProblemOfDatastore() => !machine.Files.Exists(DatastorePath) ? null
        : Found is not { } found || (!found.IsClosed && found.By != machine.Id)
            ? "building kine: database disk image is malformed"
            : machine.Surroundings.K3sHost.Problem(found);

    private Datastore Open()
    {
        var found = Found ?? new Datastore($"{machine.Id}/{++_datastores}", 0, machine.Id, true);
        var opened = found with { Served = found.Served + 1, By = machine.Id, IsClosed = false };
        machine.Files.MakeFolders(DataFolder + "/server/db", 0x1C0);
        Write(opened);
        return opened;
    }

    private void Write(Datastore datastore) => machine.Files.WriteText(DatastorePath, $"{datastore}", 0x180);

    private ValueMap<string> Contents(string folder) => ValueMap.From(machine.Files.Below(folder)
        .Where(found => found.Node is FileNode)
        .ToDictionary(found => found.Path[(folder.Length + 1)..],
            found => Encoding.UTF8.GetString(((FileNode)found.Node).Content)));

    // What a first start leaves behind; what is there already stays.
    private void Leave(K3sStart start)
    {
        if (start.Role == "agent")
            return;
        var tls = DataFolder + "/server/tls";
        machine.Files.MakeFolders(tls + "/etcd", 0x1C0);
        machine.Files.MakeFolders(DataFolder + "/server/manifests", 0x1C0);
        foreach (var name in CaNames)
        {
            if (machine.Files.Exists($"{tls}/{name}.crt"))
                continue;
            machine.Files.WriteText($"{tls}/{name}.crt", $"simulated certificate {name} of {machine.Id}\n");
            machine.Files.WriteText($"{tls}/{name}.key", $"simulated key {name} of {machine.Id}\n", 0x180);
        }

        if (!machine.Files.Exists(DataFolder + "/server/token"))
        {
            var token = start.Token ?? "K10"
                + SshKey.Fingerprint(SshKey.Make("ed25519", machine.Id, "").PublicLine)["SHA256:".Length..];
            machine.Files.WriteText(DataFolder + "/server/token", token + "\n", 0x180);
            if (!machine.Files.Exists(DataFolder + "/server/node-token"))
                machine.Files.Put(DataFolder + "/server/node-token", new LinkNode(DataFolder + "/server/token"));
        }

        machine.Files.MakeFolders("/etc/rancher/k3s");
        machine.Files.MakeFolders("/etc/rancher/node");
        if (!machine.Files.Exists(NodePassword))
            machine.Files.WriteText(NodePassword, $"simulated password of {machine.Id}\n", 0x180);
        if (!machine.Files.Exists(Kubeconfig))
        {
            machine.Files.WriteText(Kubeconfig, $"""
                apiVersion: v1
                kind: Config
                clusters:
                - name: default
                  cluster:
                    server: https://127.0.0.1:6443
                    certificate-authority-data: {Convert.ToBase64String(machine.Files.Read(tls + "/server-ca.crt"))}
                contexts:
                - name: default
                  context: {"{"}cluster: default, user: default{"}"}
                current-context: default
                users:
                - name: default
                  user: {"{}"}

                """, Convert.ToInt32(start.Flags.TryGetValue("write-kubeconfig-mode", out var mode) ? mode : "600", 8));
        }
    }
}

/// <summary>The flags of K3s, of its configuration and its command line.</summary>
internal static class K3sFlags
{
    // https://docs.k3s.io/cli/server and https://docs.k3s.io/cli/agent
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "advertise-address", "advertise-port", "agent-token", "agent-token-file", "bind-address", "cluster-cidr",
            "cluster-dns",
        "cluster-domain", "cluster-init", "cluster-reset", "cluster-reset-restore-path", "config",
            "container-runtime-endpoint",
        "data-dir", "datastore-cafile", "datastore-certfile", "datastore-endpoint", "datastore-keyfile", "debug",
        "default-local-storage-path", "default-runtime", "disable", "disable-agent", "disable-apiserver",
            "disable-cloud-controller",
        "disable-controller-manager", "disable-default-registry-endpoint", "disable-etcd", "disable-helm-controller",
        "disable-kube-proxy", "disable-network-policy", "disable-scheduler", "egress-selector-mode",
            "embedded-registry",
        "enable-pprof", "etcd-arg", "etcd-disable-snapshots", "etcd-expose-metrics", "etcd-s3", "etcd-snapshot-dir",
        "etcd-snapshot-retention", "etcd-snapshot-schedule-cron", "flannel-backend", "flannel-conf",
            "flannel-external-ip",
        "flannel-iface", "flannel-ipv6-masq", "helm-job-image", "https-listen-port", "kine-tls", "kube-apiserver-arg",
        "kube-cloud-controller-manager-arg", "kube-controller-manager-arg", "kube-proxy-arg", "kube-scheduler-arg",
            "kubelet-arg",
        "lb-server-port", "log", "multi-cluster-cidr", "node-external-dns", "node-external-ip", "node-internal-dns",
            "node-ip",
        "node-label", "node-name", "node-taint", "nonroot-devices", "pause-image", "prefer-bundled-bin",
            "private-registry",
        "protect-kernel-defaults", "resolv-conf", "rootless", "secrets-encryption", "secrets-encryption-provider",
            "selinux", "server",
        "service-node-port-range", "service-cidr", "servicelb-namespace", "snapshotter", "supervisor-metrics",
            "system-default-registry",
        "tls-san", "tls-san-security", "token", "token-file", "v", "vmodule", "vpn-auth", "vpn-auth-file",
            "with-node-id",
        "write-kubeconfig", "write-kubeconfig-group", "write-kubeconfig-mode",
    };

    /// <summary>A <see cref="FormatException"/> says what is wrong, in K3s' words.</summary>
    public static Dictionary<string, string> Read(string config, IReadOnlyList<string> arguments, Machine machine)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        var dropIns = machine.Files.Below("/etc/rancher/k3s/config.yaml.d").Where(found => found.Node is FileNode
            && found.Path.EndsWith(".yaml", StringComparison.Ordinal))
                .Select(found => machine.Files.ReadText(found.Path));
        foreach (var text in dropIns.Prepend(config))
        {
            var tree = YamlTree.Read(text);
            if (tree is not (null or Dictionary<string, object?>))
                throw new FormatException(
                    "failed to parse config: yaml: unmarshal errors: cannot unmarshal into yaml.MapSlice");
            foreach (var (key, value) in tree as Dictionary<string, object?> ?? [])
                Add(flags, key.TrimEnd('+'),
                    value is List<object?> items ? string.Join('\n', items.Select(YamlTree.Text)) : Text(key, value));
        }

        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].TrimStart('-').Split('=', 2);
            var hasValue = parts.Length == 1 && i + 1 < arguments.Count && !arguments[i + 1].StartsWith('-');
            var name = parts[0] switch
            {
                "d" => "data-dir",
                "t" => "token",
                "s" => "server",
                "c" => "config",
                var other => other
            };
            Add(flags, name, parts.Length > 1 ? parts[1] : hasValue ? arguments[++i] : "true");
        }

        return flags;
    }

    // 0644 without quotes is a number to YAML, and K3s takes it as one: it must be written as text.
    private static string Text(string key, object? value) => key == "write-kubeconfig-mode" && value is long mode
        ? Convert.ToString(mode, 8) : YamlTree.Text(value) ?? "";

    private static void Add(Dictionary<string, string> flags, string name, string value)
    {
        if (!Known.Contains(name))
            throw new FormatException($"flag provided but not defined: -{name}");
        flags[name] = flags.TryGetValue(name, out var before)
            && name is "disable" or "tls-san" or "node-label" or "node-taint"
            && flags.ContainsKey(name) ? before + "\n" + value : value;
    }
}
