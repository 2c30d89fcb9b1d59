using System.Security.Cryptography;
using System.Text;
using Orrery.GitOps.Manifests;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Programs;

/// <summary>
/// A program that nobody has an official chart of, as objects of ours: its pod, its Services, its files, and a claim
/// for its data. The pod keeps to the level restricted of the Pod Security Standards.
/// </summary>
internal sealed record OwnProgram
{
    /// <summary>Where the files of <see cref="Files"/> are.</summary>
    public const string FilesFolder = "/etc/orrery";

    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Pinned.</summary>
    public required string Image { get; init; }

    /// <summary>The user and the group that it runs as.</summary>
    public required int User { get; init; }

    /// <summary>Empty for the image's own.</summary>
    public ValueList<string> Command { get; init; } = [];

    /// <summary>What runs to its end before, of the same image in the same surroundings; or empty.</summary>
    public ValueList<string> Before { get; init; } = [];

    /// <summary>Variables that everybody may see.</summary>
    public ValueMap<string> Settings { get; init; } = ValueMap<string>.Empty;

    /// <summary>Variables that are keys of Secrets.</summary>
    public ValueMap<(string Secret, string Key)> Variables { get; init; } = ValueMap<(string, string)>.Empty;

    /// <summary>Texts by their names.</summary>
    public ValueMap<string> Files { get; init; } = ValueMap<string>.Empty;

    /// <summary>Folders in memory, which are gone with the pod.</summary>
    public ValueList<string> Scratch { get; init; } = [];

    /// <summary>Where its data are and how large they may grow; null for a program that keeps none.</summary>
    public (string Folder, string Size)? Data { get; init; }

    /// <summary>How it is reached; the first one is asked whether the program is ready.</summary>
    public required ValueList<OwnService> Services { get; init; }

    /// <summary>How its first port is reached from outside; null for nobody there.</summary>
    public Web? Web { get; init; }

    /// <summary>By the names of their files.</summary>
    public ValueMap<Value.Map> Objects
    {
        get
        {
            var objects = Services.ToValueMap(service => $"{service.Name}-service.yaml", ServiceOf)
                .With($"{Name}.yaml", Workload);
            if (Web is not null)
            {
                var first = Services[0];
                objects = objects.With(
                    $"{Name}-ingress.yaml", Web.Ingress(Name, Namespace, first.Name, first.Ports[0].Name));
            }

            return Files.Count == 0 ? objects : objects.With($"{Name}-files.yaml", Manifest.Of(
                "v1", "ConfigMap", $"{Name}-files", Namespace,
                ("data", new Value.Map(Files.Map((_, text) => (Value)text)))));
        }
    }

    private Value.Map Labels => Value.MapOf(("app.kubernetes.io/name", Name));

    private Value.Map Workload
    {
        get
        {
            var template = Value.MapOf(("metadata", Value.MapOf(("labels", Labels))), ("spec", Pod));
            if (Files.Count > 0)
            {
                // Programs read their files when they start: with other files, another pod.
                var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', Files.Select(f => f.Value))));
                template = template.Annotated("orrery.dev/files", Convert.ToHexStringLower(digest.AsSpan(0, 8)));
            }

            var spec = Value.MapOf(
                ("replicas", 1), ("selector", Value.MapOf(("matchLabels", Labels))), ("template", template));
            return Data is not { } data
                ? Manifest.Of("apps/v1", "Deployment", Name, Namespace, ("spec", spec))
                : Manifest.Of("apps/v1", "StatefulSet", Name, Namespace, ("spec", spec
                    .With("serviceName", Services[0].Name)
                    // Its claim outlives it: what it holds is nobody's to delete but people's.
                    .With("volumeClaimTemplates", Value.ListOf([Claim(data.Size)]))));
        }
    }

    private static Value Claim(string size) => Value.MapOf(
        ("metadata", Value.MapOf(("name", "data"))),
        ("spec", Value.MapOf(
            ("accessModes", Manifest.Texts("ReadWriteOnce")),
            ("resources", Value.MapOf(("requests", Value.MapOf(("storage", size))))))));

    private Value.Map Pod
    {
        get
        {
            var pod = Value.MapOf(
                ("automountServiceAccountToken", false),
                ("containers", Value.ListOf([Container(Name, Command).With("ports", Ports).With(
                    "readinessProbe", Value.MapOf(("tcpSocket", Value.MapOf(("port", Services[0].Ports[0].Name)))))])),
                ("securityContext", Value.MapOf(
                    ("fsGroup", User),
                    // Some refuse data that others than themselves may read, and each mount would say that again.
                    ("fsGroupChangePolicy", "OnRootMismatch"),
                    ("runAsGroup", User), ("runAsNonRoot", true), ("runAsUser", User),
                    ("seccompProfile", Value.MapOf(("type", "RuntimeDefault"))))));
            if (Before.Count > 0)
                pod = pod.With("initContainers", Value.ListOf([Container("prepare", Before)]));
            Value[] volumes =
            [
                .. Files.Count == 0 ? [] : (Value[])[Value.MapOf(
                    ("configMap", Value.MapOf(("name", $"{Name}-files"))), ("name", "files"))],
                .. Scratch.Index().Select(folder => Value.MapOf(
                    ("emptyDir", Value.MapOf(("medium", "Memory"))), ("name", ScratchName(folder.Index)))),
            ];
            return volumes.Length == 0 ? pod : pod.With("volumes", Value.ListOf(volumes));
        }
    }

    private Value.Map Container(string name, ValueList<string> command)
    {
        var container = Value.MapOf(
            ("image", Image),
            ("name", name),
            ("securityContext", Value.MapOf(
                ("allowPrivilegeEscalation", false),
                ("capabilities", Value.MapOf(("drop", Manifest.Texts("ALL")))))));
        if (command.Count > 0)
            container = container.With("command", Manifest.Texts([.. command]));
        Value[] variables =
        [
            .. Settings.Select(setting => Value.MapOf(("name", setting.Key), ("value", setting.Value))),
            .. Variables.Select(Variable),
        ];
        if (variables.Length > 0)
            container = container.With("env", Value.ListOf(variables));
        Value[] mounts =
        [
            .. Data is not { } data ? [] : (Value[])[Mount(data.Folder, "data")],
            .. Files.Count == 0 ? [] : (Value[])[Mount(FilesFolder, "files")],
            .. Scratch.Index().Select(folder => Mount(folder.Item, ScratchName(folder.Index))),
        ];
        return mounts.Length == 0 ? container : container.With("volumeMounts", Value.ListOf(mounts));
    }

    private static Value Variable(KeyValuePair<string, (string Secret, string Key)> variable) => Value.MapOf(
        ("name", variable.Key),
        ("valueFrom", Value.MapOf(("secretKeyRef", Value.MapOf(
            ("key", variable.Value.Key), ("name", variable.Value.Secret))))));

    private static Value Mount(string folder, string volume) => Value.MapOf(("mountPath", folder), ("name", volume));

    private static string ScratchName(int index) => index == 0 ? "scratch" : $"scratch-{(char)('a' + index)}";

    private Value.List Ports => Value.ListOf(Services.SelectMany(service => service.Ports).Select(port => Value.MapOf(
        ("containerPort", port.Target), ("name", port.Name), ("protocol", port.IsUdp ? "UDP" : "TCP"))));

    private Value.Map ServiceOf(OwnService service)
    {
        var ports = service.Ports.Select(port => (Value)Value.MapOf(
            ("name", port.Name), ("port", port.Port), ("protocol", port.IsUdp ? "UDP" : "TCP"),
            ("targetPort", port.Name)));
        var spec = Value.MapOf(("ports", Value.ListOf(ports)), ("selector", Labels));
        if (service.NodeAddress is { } own)
            spec = spec.With("externalIPs", Manifest.Texts(own));
        return service.Address is not { } address
            ? Manifest.Of("v1", "Service", service.Name, Namespace, ("spec", spec))
            : Manifest.Of("v1", "Service", service.Name, Namespace, ("spec", spec.With("type", "LoadBalancer")))
                .Annotated(address.Annotation, address.Ip);
    }
}

/// <summary>A Service of a program of ours.</summary>
/// <param name="Address">What asks for an address of the nodes' network; null for one inside the cluster.</param>
internal sealed record OwnService(
    string Name, ValueList<OwnPort> Ports, (string Annotation, string Ip)? Address = null)
{
    /// <summary>A node's address at which it is reached too, where nothing gives out addresses.</summary>
    public string? NodeAddress { get; init; }
}

/// <summary>A port of a program of ours.</summary>
/// <param name="Port">That others call.</param>
/// <param name="Target">That the program listens at: above 1024, for it has no rights.</param>
internal sealed record OwnPort(string Name, int Port, int Target, bool IsUdp = false);
