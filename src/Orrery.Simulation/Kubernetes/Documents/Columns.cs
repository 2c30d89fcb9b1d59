using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Documents;

/// <summary>The columns of the usual kinds; the rest has a name and an age, as in the real server.</summary>
internal static class Columns
{
    public static Column Name { get; } = new(
        "Name", "string", "name", "The object's name, unique among those of its kind and namespace.", 0,
        (item, _) => item.TextAt("metadata", "name"));

    public static Column Age { get; } = new(
        "Age", "string", "", "How long ago the object was made.", 0,
        (item, now) => item.TextAt("metadata", "creationTimestamp") is { } time ? AgeOf(time, now) : "<unknown>");

    private static Column Created { get; } = new(
        "Created At", "date", "", "When the object was made.", 0,
        (item, _) => item.TextAt("metadata", "creationTimestamp"));

    public static IReadOnlyList<Column> Of(ResourceKind kind) => kind.Kind switch
    {
        "ConfigMap" => [Name, Text("Data", item => Count(item, "data") + Count(item, "binaryData")), Age],
        "Secret" => [Name, Path("Type", "type"), Number("Data", item => Count(item, "data")), Age],
        "Namespace" => [Name, Path("Status", "status", "phase"), Age],
        "ServiceAccount" => [Name, Text("Secrets", item => Count(item, "secrets")), Age],
        "Deployment" => Deployment(),
        "ReplicaSet" => ReplicaSet(),
        "StatefulSet" => [Name, Text("Ready", item => Ready(item, "replicas")), Age, .. Template()],
        "DaemonSet" => DaemonSet(),
        "Pod" => PodColumns.All,
        "Node" => NodeColumns.All,
        "Service" => ServiceColumns.All,
        "Job" => Job(),
        "CronJob" => CronJob(),
        "Ingress" => Ingress(),
        "PersistentVolume" => VolumeColumns.Volumes,
        "PersistentVolumeClaim" => VolumeColumns.Claims,
        "StorageClass" => VolumeColumns.Classes,
        "Event" => EventColumns.All,
        "Lease" => [Name, Path("Holder", "spec", "holderIdentity"), Age],
        "CustomResourceDefinition" or "ClusterRole" or "Role" => [Name, Created],
        "RoleBinding" or "ClusterRoleBinding" => Binding(),
        "NetworkPolicy" => [Name, Text("Pod-Selector", item => SelectorOf(item.At("spec", "podSelector"))), Age],
        "CertificateSigningRequest" => Request(),
        _ => [Name, Age],
    };

    /// <summary>As kubectl shows ages: 59s, 5m3s, 3h10m, 2d4h, 40d, 2y5d.</summary>
    public static string AgeOf(string time, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var then))
            return "<unknown>";
        var age = now - then;
        if (age < TimeSpan.Zero)
            return "0s";
        var (seconds, minutes, hours, days) =
            ((long)age.TotalSeconds, (long)age.TotalMinutes, (long)age.TotalHours, (long)age.TotalDays);
        return age switch
        {
            { TotalMinutes: < 2 } => $"{seconds}s",
            { TotalMinutes: < 10 } => Pair(minutes, "m", seconds % 60, "s"),
            { TotalHours: < 3 } => $"{minutes}m",
            { TotalHours: < 8 } => Pair(hours, "h", minutes % 60, "m"),
            { TotalDays: < 2 } => $"{hours}h",
            { TotalDays: < 8 } => Pair(days, "d", hours % 24, "h"),
            { TotalDays: < 730 } => $"{days}d",
            { TotalDays: < 2920 } => Pair(days / 365, "y", days % 365, "d"),
            _ => $"{days / 365}y",
        };
    }

    public static Column Text(string name, Func<JsonObject, object?> cell, int priority = 0) =>
        Make(name, "string", cell, priority);

    public static Column Number(string name, Func<JsonObject, object?> cell, int priority = 0) =>
        Make(name, "integer", cell, priority);

    /// <summary>How long ago a moment was that the object says.</summary>
    public static Column Since(string name, int priority, Func<JsonObject, string?> moment) => new(
        name, "string", "", "", priority,
        (item, now) => moment(item) is { } time ? AgeOf(time, now) : "<unknown>");

    public static Column Path(string name, params string[] path) =>
        Text(name, item => item.At(path)?.DeepClone() ?? JsonValue.Create(""));

    public static int Count(JsonNode? item, params string[] path) => item.At(path) switch
    {
        JsonObject members => members.Count,
        JsonArray list => list.Count,
        _ => 0,
    };

    public static long Value(JsonNode? item, params string[] path) => item.At(path).Number() ?? 0;

    /// <summary>Of <c>matchLabels</c> and <c>matchExpressions</c>, or a plain map of labels.</summary>
    public static string SelectorOf(JsonNode? selector)
    {
        var labels = selector.At("matchLabels") as JsonObject ?? selector as JsonObject ?? [];
        var parts = labels.Where(pair => pair.Value is JsonValue).Select(pair => $"{pair.Key}={pair.Value.Text()}");
        var text = string.Join(",", parts);
        return text.Length > 0 ? text : "<none>";
    }

    public static IReadOnlyList<Column> Template() =>
    [
        Text("Containers", item => Join(item, "name"), 1),
        Text("Images", item => Join(item, "image"), 1),
    ];

    private static Column Selector() => Text("Selector", item => SelectorOf(item.At("spec", "selector")), 1);

    private static string Join(JsonObject item, string member)
    {
        var spec = item.At("spec", "template", "spec") ?? item.At("spec", "jobTemplate", "spec", "template", "spec");
        return string.Join(",", (spec.At("containers") as JsonArray ?? []).Select(each => each.TextAt(member)));
    }

    private static string Ready(JsonObject item, string wanted) =>
        $"{Value(item, "status", "readyReplicas")}/{Value(item, "spec", wanted)}";

    private static IReadOnlyList<Column> Deployment() =>
    [
        Name, Text("Ready", item => Ready(item, "replicas")),
        Text("Up-to-date", item => Value(item, "status", "updatedReplicas")),
        Text("Available", item => Value(item, "status", "availableReplicas")),
        Age, .. Template(), Selector(),
    ];

    private static IReadOnlyList<Column> ReplicaSet() =>
    [
        Name, Number("Desired", item => Value(item, "spec", "replicas")),
        Number("Current", item => Value(item, "status", "replicas")),
        Number("Ready", item => Value(item, "status", "readyReplicas")),
        Age, .. Template(), Selector(),
    ];

    private static IReadOnlyList<Column> DaemonSet() =>
    [
        Name, Number("Desired", item => Value(item, "status", "desiredNumberScheduled")),
        Number("Current", item => Value(item, "status", "currentNumberScheduled")),
        Number("Ready", item => Value(item, "status", "numberReady")),
        Number("Up-to-date", item => Value(item, "status", "updatedNumberScheduled")),
        Number("Available", item => Value(item, "status", "numberAvailable")),
        Text("Node Selector", item => SelectorOf(item.At("spec", "template", "spec", "nodeSelector"))),
        Age, .. Template(), Selector(),
    ];

    private static IReadOnlyList<Column> Job() =>
    [
        Name, Text("Status", item => (item.At("status", "conditions") as JsonArray ?? [])
            .FirstOrDefault(each => each.TextAt("status") == "True").TextAt("type") ?? "Running"),
        Text("Completions", item => $"{Value(item, "status", "succeeded")}/{Value(item, "spec", "completions")}"),
        Text("Duration", _ => ""), Age, .. Template(), Selector(),
    ];

    private static IReadOnlyList<Column> CronJob() =>
    [
        Name, Path("Schedule", "spec", "schedule"),
        Text("Timezone", item => item.TextAt("spec", "timeZone") ?? "<none>"),
        Text("Suspend", item => item.At("spec", "suspend").IsTrue() ? "True" : "False"),
        Number("Active", item => Count(item, "status", "active")),
        Text("Last Schedule", item => item.TextAt("status", "lastScheduleTime") ?? "<none>"), Age, .. Template(),
    ];

    private static IReadOnlyList<Column> Ingress() =>
    [
        Name, Text("Class", item => item.TextAt("spec", "ingressClassName") ?? "<none>"),
        Text("Hosts", item => string.Join(",", (item.At("spec", "rules") as JsonArray ?? [])
            .Select(rule => rule.TextAt("host") ?? "*").DefaultIfEmpty("*"))),
        Text("Address", item => string.Join(",", (item.At("status", "loadBalancer", "ingress") as JsonArray ?? [])
            .Select(each => each.TextAt("ip") ?? each.TextAt("hostname")))),
        Text("Ports", item => Count(item, "spec", "tls") > 0 ? "80, 443" : "80"), Age,
    ];

    private static IReadOnlyList<Column> Binding() =>
    [
        Name, Text("Role", item => $"{item.TextAt("roleRef", "kind")}/{item.TextAt("roleRef", "name")}"), Age,
    ];

    private static IReadOnlyList<Column> Request() =>
    [
        Name, Age, Path("SignerName", "spec", "signerName"), Path("Requestor", "spec", "username"),
        Text("RequestedDuration", item =>
            item.At("spec", "expirationSeconds") is { } seconds ? $"{seconds}s" : "<none>"),
        Text("Condition", item => string.Join(",", (item.At("status", "conditions") as JsonArray ?? [])
            .Select(each => each.TextAt("type")).DefaultIfEmpty("Pending"))),
    ];

    private static Column Make(string name, string type, Func<JsonObject, object?> cell, int priority) =>
        new(name, type, "", $"{name}, as the object says it.", priority, (item, _) => cell(item) switch
        {
            JsonNode node => node,
            string text => JsonValue.Create(text),
            int number => JsonValue.Create(number),
            long number => JsonValue.Create(number),
            _ => null,
        });

    private static string Pair(long first, string firstUnit, long second, string secondUnit) =>
        second == 0 ? $"{first}{firstUnit}" : $"{first}{firstUnit}{second}{secondUnit}";
}
