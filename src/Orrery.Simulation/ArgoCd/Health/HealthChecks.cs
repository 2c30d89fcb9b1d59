using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Lua;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.ArgoCd.Health;

/// <summary>
/// The health of an object: by the check that is configured for its kind, otherwise by the built-in one
/// (https://argo-cd.readthedocs.io/en/stable/operator-manual/health/). Most kinds have none.
/// </summary>
internal sealed class HealthChecks
{
    private readonly Dictionary<string, LuaScript?> _scripts = new(StringComparer.Ordinal);

    /// <summary>Null where the kind has no health. An object that is being deleted is on its way.</summary>
    /// <param name="scriptOf">The configured check of a key such as <c>argoproj.io_Application</c>, or null.</param>
    public HealthState? Of(JsonObject item, Func<string, string?> scriptOf)
    {
        if (item.At("metadata", "deletionTimestamp") is not null)
            return new HealthState(HealthStatus.Progressing, "Pending deletion");
        var group = GroupOf(item);
        var kind = item.TextAt("kind") ?? "";
        var key = group.Length == 0 ? kind : $"{group}_{kind}";
        return scriptOf(key) is { } script ? Run(script, item) : BuiltIn(group, kind, item);
    }

    public static string GroupOf(JsonNode item) =>
        item.TextAt("apiVersion") is { } version && version.Split('/') is [var group, _] ? group : "";

    private HealthState Run(string text, JsonObject item)
    {
        try
        {
            if (!_scripts.TryGetValue(text, out var script))
                _scripts[text] = script = LuaScript.Read(text);
            var result = script!.Run("obj", LuaTable.From(item)) as LuaTable;
            return Enum.TryParse<HealthStatus>(result?.Text("status"), out var status)
                ? new HealthState(status, result!.Text("message") ?? "")
                : new HealthState(HealthStatus.Unknown, "Lua returned an invalid health status");
        }
        catch (LuaException problem)
        {
            return new HealthState(HealthStatus.Unknown, $"<string>: {problem.Message}");
        }
    }

    private static HealthState? BuiltIn(string group, string kind, JsonObject item) => (group, kind) switch
    {
        ("apps", "Deployment") => Deployment(item),
        ("apps", "StatefulSet") => StatefulSet(item),
        ("apps", "DaemonSet") => DaemonSet(item),
        ("apps", "ReplicaSet") => HealthState.Healthy,
        ("batch", "Job") => Job(item),
        ("", "Pod") => Pod(item),
        ("", "PersistentVolumeClaim") => item.TextAt("status", "phase") switch
        {
            "Bound" => HealthState.Healthy,
            "Lost" => new HealthState(HealthStatus.Degraded),
            _ => new HealthState(HealthStatus.Progressing),
        },
        ("", "Service") => item.TextAt("spec", "type") == "LoadBalancer" ? Balanced(item) : HealthState.Healthy,
        ("networking.k8s.io", "Ingress") => Balanced(item),
        ("apiregistration.k8s.io", "APIService") => Condition(item, "Available") is { Status: "True" }
            ? HealthState.Healthy
            : new HealthState(HealthStatus.Progressing),
        // Version 3 ships a check for definitions.
        ("apiextensions.k8s.io", "CustomResourceDefinition") => Condition(item, "Established") is { Status: "True" }
            ? HealthState.Healthy
            : new HealthState(HealthStatus.Progressing, "Status conditions not found"),
        _ => null,
    };

    private static HealthState Deployment(JsonObject item)
    {
        if (item.At("spec", "paused").IsTrue())
            return new HealthState(HealthStatus.Suspended, "Deployment is paused");
        if (!IsObserved(item))
            return Waiting(
                "Waiting for rollout to finish: observed deployment generation less than desired generation");
        if (Condition(item, "Progressing") is { Reason: "ProgressDeadlineExceeded" })
        {
            return new HealthState(
                HealthStatus.Degraded,
                $"Deployment \"{item.TextAt("metadata", "name")}\" exceeded its progress deadline");
        }

        var (wanted, updated) = (Number(item, "spec", "replicas", 1), Number(item, "status", "updatedReplicas", 0));
        var (all, ready) = (Number(item, "status", "replicas", 0), Number(item, "status", "availableReplicas", 0));
        return updated < wanted
            ? Waiting($"Waiting for rollout to finish: {updated} out of {wanted} new replicas have been updated...")
            : all > updated
                ? Waiting($"Waiting for rollout to finish: {all - updated} old replicas are pending termination...")
                : ready < updated
                    ? Waiting($"Waiting for rollout to finish: {ready} of {updated} updated replicas are available...")
                    : HealthState.Healthy;
    }

    private static HealthState StatefulSet(JsonObject item)
    {
        if (!IsObserved(item))
            return Waiting("Waiting for statefulset spec update to be observed...");
        var (wanted, ready) = (Number(item, "spec", "replicas", 1), Number(item, "status", "readyReplicas", 0));
        return ready < wanted
            ? Waiting($"Waiting for {wanted - ready} pods to be ready...")
            : item.TextAt("status", "updateRevision") != item.TextAt("status", "currentRevision")
                ? Waiting(
                    $"waiting for statefulset rolling update to complete"
                        + $" {Number(item, "status", "updatedReplicas", 0)} pods at revision"
                        + $" {item.TextAt("status", "updateRevision")}...")
                : HealthState.Healthy;
    }

    private static HealthState DaemonSet(JsonObject item)
    {
        if (!IsObserved(item))
            return Waiting(
                "Waiting for rollout to finish: observed daemon set generation less than desired generation");
        var wanted = Number(item, "status", "desiredNumberScheduled", 0);
        var updated = Number(item, "status", "updatedNumberScheduled", 0);
        var ready = Number(item, "status", "numberAvailable", 0);
        return updated < wanted || ready < wanted
            ? Waiting(
                $"Waiting for daemon set \"{item.TextAt("metadata", "name")}\" rollout to finish: {ready} of"
                    + $" {wanted} updated pods are available...")
            : HealthState.Healthy;
    }

    private static HealthState Job(JsonObject item) =>
        Condition(item, "Failed") is { Status: "True" } failed ? new HealthState(HealthStatus.Degraded, failed.Message)
        : Condition(item, "Complete") is { Status: "True" } complete
            ? HealthState.Healthy with { Message = complete.Message }
        : item.At("spec", "suspend").IsTrue() ? new HealthState(HealthStatus.Suspended)
        : new HealthState(HealthStatus.Progressing);

    private static HealthState Pod(JsonObject item) => item.TextAt("status", "phase") switch
    {
        "Succeeded" => HealthState.Healthy,
        "Failed" => new HealthState(HealthStatus.Degraded, item.TextAt("status", "message") ?? ""),
        "Running" when Condition(item, "Ready") is { Status: "True" } => HealthState.Healthy,
        _ => new HealthState(HealthStatus.Progressing),
    };

    private static HealthState Balanced(JsonObject item) =>
        item.At("status", "loadBalancer", "ingress") is JsonArray { Count: > 0 }
            ? HealthState.Healthy
            : new HealthState(HealthStatus.Progressing);

    private static bool IsObserved(JsonObject item) =>
        Number(item, "metadata", "generation", 0) <= Number(item, "status", "observedGeneration", 0);

    private static HealthState Waiting(string why) => new(HealthStatus.Progressing, why);

    private static long Number(JsonObject item, string parent, string name, long otherwise) =>
        item.At(parent, name).Number() ?? otherwise;

    private static (string Status, string Reason, string Message)? Condition(JsonObject item, string type)
    {
        var found = (item.At("status", "conditions") as JsonArray ?? [])
            .FirstOrDefault(each => each.TextAt("type") == type);
        return found is null
            ? null
            : (found.TextAt("status") ?? "", found.TextAt("reason") ?? "", found.TextAt("message") ?? "");
    }
}
