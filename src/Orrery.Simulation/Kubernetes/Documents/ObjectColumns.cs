using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using static Orrery.Simulation.Kubernetes.Documents.Columns;

namespace Orrery.Simulation.Kubernetes.Documents;

internal static class PodColumns
{
    public static IReadOnlyList<Column> All { get; } =
    [
        Name, Text("Ready", Ready), Text("Status", Status),
        Text("Restarts", item => Statuses(item).Sum(each => Value(each, "restartCount"))), Age,
        Text("IP", item => item.TextAt("status", "podIP") ?? "<none>", 1),
        Text("Node", item => item.TextAt("spec", "nodeName") ?? "<none>", 1),
        Text("Nominated Node", item => item.TextAt("status", "nominatedNodeName") ?? "<none>", 1),
        Text("Readiness Gates", item => Count(item, "spec", "readinessGates") > 0 ? "0" : "<none>", 1),
    ];

    private static IEnumerable<JsonNode?> Statuses(JsonObject item) =>
        item.At("status", "containerStatuses") as JsonArray ?? [];

    private static string Ready(JsonObject item) =>
        $"{Statuses(item).Count(each => each.At("ready").IsTrue())}/{Count(item, "spec", "containers")}";

    private static string Status(JsonObject item)
    {
        if (item.At("metadata", "deletionTimestamp") is not null)
            return "Terminating";
        var waiting = Statuses(item).Select(each => each.TextAt("state", "waiting", "reason")
            ?? each.TextAt("state", "terminated", "reason")).FirstOrDefault(reason => reason is not null);
        return waiting ?? item.TextAt("status", "reason") ?? item.TextAt("status", "phase") ?? "Unknown";
    }
}

internal static class NodeColumns
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static IReadOnlyList<Column> All { get; } =
    [
        Name, Text("Status", Status), Text("Roles", Roles), Age,
        Path("Version", "status", "nodeInfo", "kubeletVersion"),
        Text("Internal-IP", item => Address(item, "InternalIP"), 1),
        Text("External-IP", item => Address(item, "ExternalIP"), 1),
        Text("OS-Image", item => Info(item, "osImage"), 1),
        Text("Kernel-Version", item => Info(item, "kernelVersion"), 1),
        Text("Container-Runtime", item => Info(item, "containerRuntimeVersion"), 1),
    ];

    private static string Status(JsonObject item)
    {
        var ready = (item.At("status", "conditions") as JsonArray ?? [])
            .FirstOrDefault(each => each.TextAt("type") == "Ready").TextAt("status");
        var text = ready is null ? "Unknown" : ready == "True" ? "Ready" : "NotReady";
        return item.At("spec", "unschedulable").IsTrue() ? text + ",SchedulingDisabled" : text;
    }

    private static string Roles(JsonObject item)
    {
        var roles = (item.At("metadata", "labels") as JsonObject ?? []).Select(pair => pair.Key)
            .Where(key => key.StartsWith(RolePrefix, StringComparison.Ordinal))
            .Select(key => key[RolePrefix.Length..]).Order(StringComparer.Ordinal);
        return string.Join(",", roles.DefaultIfEmpty("<none>"));
    }

    private static string Address(JsonObject item, string type) =>
        (item.At("status", "addresses") as JsonArray ?? [])
            .FirstOrDefault(each => each.TextAt("type") == type).TextAt("address") ?? "<none>";

    private static string Info(JsonObject item, string name) =>
        item.TextAt("status", "nodeInfo", name) is { Length: > 0 } text ? text : "<unknown>";
}

internal static class ServiceColumns
{
    public static IReadOnlyList<Column> All { get; } =
    [
        Name, Path("Type", "spec", "type"), Text("Cluster-IP", item => item.TextAt("spec", "clusterIP") ?? "<none>"),
        Text("External-IP", External), Text("Port(s)", Ports), Age,
        Text("Selector", item => SelectorOf(item.At("spec", "selector")), 1),
    ];

    private static string External(JsonObject item)
    {
        if (item.TextAt("spec", "externalName") is { Length: > 0 } name)
            return name;
        var given = (item.At("status", "loadBalancer", "ingress") as JsonArray ?? [])
            .Select(each => each.TextAt("ip") ?? each.TextAt("hostname"));
        return string.Join(",", given.DefaultIfEmpty(
            item.TextAt("spec", "type") == "LoadBalancer" ? "<pending>" : "<none>"));
    }

    private static string Ports(JsonObject item) => string.Join(",", (item.At("spec", "ports") as JsonArray ?? [])
        .Select(port => $"{Value(port, "port")}"
            + (port.At("nodePort") is { } node ? $":{node}" : "") + $"/{port.TextAt("protocol")}")
        .DefaultIfEmpty("<none>"));
}

internal static class VolumeColumns
{
    public static IReadOnlyList<Column> Volumes { get; } =
    [
        Name, Path("Capacity", "spec", "capacity", "storage"), Text("Access Modes", Modes),
        Path("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy"), Path("Status", "status", "phase"),
        Text("Claim", item => item.At("spec", "claimRef") is { } claim
            ? $"{claim.TextAt("namespace")}/{claim.TextAt("name")}" : ""),
        Path("StorageClass", "spec", "storageClassName"),
        Text("VolumeAttributesClass", item => item.TextAt("spec", "volumeAttributesClassName") ?? "<unset>"),
        Path("Reason", "status", "reason"), Age, Text("VolumeMode", item => item.TextAt("spec", "volumeMode"), 1),
    ];

    public static IReadOnlyList<Column> Claims { get; } =
    [
        Name, Path("Status", "status", "phase"), Path("Volume", "spec", "volumeName"),
        Path("Capacity", "status", "capacity", "storage"), Text("Access Modes", Modes),
        Path("StorageClass", "spec", "storageClassName"),
        Text("VolumeAttributesClass", item => item.TextAt("spec", "volumeAttributesClassName") ?? "<unset>"),
        Age, Text("VolumeMode", item => item.TextAt("spec", "volumeMode"), 1),
    ];

    public static IReadOnlyList<Column> Classes { get; } =
    [
        Name, Path("Provisioner", "provisioner"), Path("ReclaimPolicy", "reclaimPolicy"),
        Path("VolumeBindingMode", "volumeBindingMode"),
        Text("AllowVolumeExpansion", item => item["allowVolumeExpansion"].IsTrue() ? "true" : "false"), Age,
    ];

    private static string Modes(JsonObject item) => string.Join(",", (item.At("spec", "accessModes") as JsonArray ?? [])
        .Select(mode => mode.Text() switch
        {
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteMany" => "RWX",
            "ReadWriteOncePod" => "RWOP",
            var other => other,
        }));
}

internal static class EventColumns
{
    public static IReadOnlyList<Column> All { get; } =
    [
        Since("Last Seen", 0, item => item.TextAt("lastTimestamp") ?? item.TextAt("metadata", "creationTimestamp")),
        Path("Type", "type"), Path("Reason", "reason"),
        Text("Object", item => $"{item.TextAt("involvedObject", "kind")?.ToLowerInvariant()}/"
            + item.TextAt("involvedObject", "name")),
        Text("Subobject", item => item.TextAt("involvedObject", "fieldPath") ?? "", 1),
        Text("Source", item => item.TextAt("source", "component") ?? "", 1), Path("Message", "message"),
        Since("First Seen", 1, item => item.TextAt("firstTimestamp")),
        Text("Count", item => Math.Max(1, Value(item, "count")), 1), Name with { Priority = 1 },
    ];
}
