using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>What stays the same between two revisions of an object, and what counts on.</summary>
internal static class Revisions
{
    // Built-in kinds whose changes are counted in metadata.generation.
    private static readonly string[] Counted =
    [
        "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job", "CronJob", "Pod",
        "PodDisruptionBudget", "NetworkPolicy", "Ingress", "IngressClass", "CustomResourceDefinition",
        "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "HorizontalPodAutoscaler", "PriorityClass",
        "EndpointSlice", "CSIDriver", "RuntimeClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
    ];

    public static bool IsCounted(ResourceKind kind) =>
        kind.Definition is not null || Array.IndexOf(Counted, kind.Kind) >= 0 && kind.Kind != "HorizontalPodAutoscaler"
        && kind.Kind != "CSIDriver" && kind.Kind != "RuntimeClass";

    public static void CheckUid(ResourceKind kind, JsonObject live, JsonObject item)
    {
        var (given, actual) = (item.TextAt("metadata", "uid"), live.TextAt("metadata", "uid"));
        if (given is null or "" || given == actual)
            return;
        var name = live.TextAt("metadata", "name") ?? "";
        var ns = live.TextAt("metadata", "namespace");
        var path = ns is null ? $"{kind.Plural}/{name}" : $"{kind.Plural}/{ns}/{name}";
        throw ApiFailure.Conflict(kind, name,
            $"StorageError: invalid object, Code: 4, Key: /registry/{path}, ResourceVersion: 0, AdditionalErrorMsg: "
            + $"Precondition failed: UID in precondition: {given}, UID in object meta: {actual}");
    }

    /// <summary>What only the server sets.</summary>
    public static void KeepMetadata(JsonObject live, JsonObject item)
    {
        var (from, to) = (live.Child("metadata"), item.Child("metadata"));
        string[] kept =
        [
            "uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp",
            "deletionGracePeriodSeconds", "generateName",
        ];
        foreach (var name in kept)
        {
            if (from[name] is { } value)
                to[name] = value.DeepClone();
            else
                to.Remove(name);
        }
    }

    /// <summary>A write of the object leaves its status alone, and a write of the status the rest.</summary>
    public static void KeepOtherHalf(
        ClusterStore store, ResourceKind kind, JsonObject live, JsonObject item, string subresource)
    {
        if (subresource == "status")
        {
            item.Remove("status", out var status);
            item.Child("metadata").Remove("managedFields", out var managed);
            var given = item.ToArray();
            item.Clear();
            foreach (var (name, value) in live)
                item[name] = name == "status" ? null : SameOf(value, given, name) ?? value?.DeepClone();
            Set(item, "status", status);
            Set(item.Child("metadata"), "managedFields", managed);
        }
        else if (subresource is "" or "finalize" && HasStatus(store, kind))
        {
            Set(item, "status", live["status"]?.DeepClone());
        }
    }

    // What was given unchanged needs no copy of what is there.
    private static JsonNode? SameOf(JsonNode? value, KeyValuePair<string, JsonNode?>[] given, string name)
    {
        var same = Array.Find(given, pair => pair.Key == name).Value;
        return JsonText.IsSameText(value, same) ? same : null;
    }

    public static bool HasStatus(ClusterStore store, ResourceKind kind) =>
        kind.Subresources.Contains("status")
        && (kind.Definition is not null || store.Shapes.Find(kind)?.Fields.ContainsKey("status") == true);

    public static void CountGeneration(ResourceKind kind, JsonObject live, JsonObject item, ClusterStore store)
    {
        if (!IsCounted(kind) || live.At("metadata", "generation").Number() is not { } generation)
            return;
        // A Deployment's annotations count too: they go on to its replica sets.
        var isAnnotated = kind is { Kind: "Deployment", Group: "apps" }
            && !JsonNode.DeepEquals(live.At("metadata", "annotations"), item.At("metadata", "annotations"));
        if (isAnnotated || !SameBut(live, item, HasStatus(store, kind) ? ["metadata", "status"] : ["metadata"]))
            item.Child("metadata")["generation"] = generation + 1;
    }

    /// <summary>Nothing differs, or only the times of field owners: such a write stores nothing.</summary>
    public static bool DiffersInNothingButTimes(JsonObject live, JsonObject item)
    {
        return SameBut(live, item, ["metadata"])
            && live["metadata"] is JsonObject one && item["metadata"] is JsonObject other
            && SameBut(one, other, ["managedFields"])
            && SameOwners(one["managedFields"] as JsonArray ?? [], other["managedFields"] as JsonArray ?? []);

        static bool SameOwners(JsonArray one, JsonArray other) => one.Count == other.Count
            && one.Zip(other).All(pair => pair is (JsonObject a, JsonObject b) && SameBut(a, b, ["time"]));
    }

    /// <summary>It was only waiting for its finalizers.</summary>
    public static bool IsFinished(ResourceKind kind, JsonObject item)
    {
        if (item.At("metadata", "deletionTimestamp") is null || !item.At("metadata", "finalizers").IsEmpty())
            return false;
        return kind.Kind == "Namespace"
            ? item.At("spec", "finalizers").IsEmpty()
            : item.At("metadata", "deletionGracePeriodSeconds").Number() is null or 0;
    }

    private static bool SameBut(JsonObject one, JsonObject other, string[] ignored)
    {
        foreach (var (name, value) in one)
        {
            if (Array.IndexOf(ignored, name) < 0 && !JsonNode.DeepEquals(value, other[name]))
                return false;
        }

        return other.All(
            pair => pair.Value is null || Array.IndexOf(ignored, pair.Key) >= 0 || one[pair.Key] is not null);
    }

    private static void Set(JsonObject item, string name, JsonNode? value)
    {
        if (value is null)
            item.Remove(name);
        else
            item[name] = value;
    }
}
