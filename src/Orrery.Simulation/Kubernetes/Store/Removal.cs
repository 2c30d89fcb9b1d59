using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Store;

/// <summary>Deleting: preconditions, finalizers, grace periods.</summary>
internal sealed class Removal(ClusterStore store)
{
    /// <summary>The object as it is afterwards (marked), or null when it is gone at once.</summary>
    public (JsonObject? Marked, JsonObject Last) Delete(
        ResourceKind kind, string ns, string name, DeleteOptions options)
    {
        var item = store.Table.Find(kind, ns, name) ?? throw ApiFailure.NotFound(kind, name);
        CheckPreconditions(kind, name, item, options);
        var marked = item.Copy();
        var metadata = marked.Child("metadata");
        AddPropagation(metadata, options.Propagation);
        var grace = GraceOf(kind, marked, options);
        var isHeld = metadata["finalizers"] is JsonArray { Count: > 0 }
            || marked.At("spec", "finalizers") is JsonArray { Count: > 0 } && kind.Kind == "Namespace";
        if (!isHeld && grace == 0)
        {
            if (!options.IsDryRun)
                store.Remove(kind, item);
            return (null, item.Copy());
        }

        if (metadata["deletionTimestamp"] is not null && JsonNode.DeepEquals(item, marked))
            return (item.Copy(), item.Copy());
        if (metadata["deletionTimestamp"] is null)
        {
            metadata["deletionTimestamp"] = store.Now;
            if (kind.Kind != "Namespace")
                metadata["deletionGracePeriodSeconds"] = grace;
            if (metadata["generation"].Number() is { } generation)
                metadata["generation"] = generation + 1;
        }

        if (kind.Kind == "Namespace")
            marked.Child("status")["phase"] = "Terminating";
        if (!options.IsDryRun)
            store.Commit(kind, marked);
        var result = marked.Copy();
        return (result, result);
    }

    private static void CheckPreconditions(ResourceKind kind, string name, JsonObject item, DeleteOptions options)
    {
        if (options.Uid is { } uid && item.TextAt("metadata", "uid") is { } actual && uid != actual)
        {
            throw Precondition(kind, name, $"the UID in the precondition ({uid}) does not match the UID in record "
                + $"({actual}). The object might have been deleted and then recreated");
        }

        if (options.ResourceVersion is { } version && item.TextAt("metadata", "resourceVersion") is { } at
            && version != at)
        {
            throw Precondition(kind, name, $"the ResourceVersion in the precondition ({version}) does not match the "
                + $"ResourceVersion in record ({at}). The object might have been modified");
        }
    }

    // Here the real server names the kind, not the resource.
    private static ApiFailure Precondition(ResourceKind kind, string name, string why)
    {
        var details = ApiFailure.Of(kind, name);
        details["kind"] = kind.Kind;
        return new ApiFailure(
            409, "Conflict", $"Operation cannot be fulfilled on {kind.QualifiedKind} \"{name}\": {why}")
        {
            Details = details,
        };
    }

    private static void AddPropagation(JsonObject metadata, string? propagation)
    {
        var finalizer = propagation switch { "Foreground" => "foregroundDeletion", "Orphan" => "orphan", _ => null };
        if (finalizer is null)
            return;
        var finalizers = metadata["finalizers"] as JsonArray ?? [];
        if (finalizers.Any(each => each.Text() == finalizer))
            return;
        finalizers.Add((JsonNode)finalizer);
        if (finalizers.Parent is null)
            metadata["finalizers"] = finalizers;
    }

    // Only pods that stand on a node get time to stop.
    private static long GraceOf(ResourceKind kind, JsonObject item, DeleteOptions options)
    {
        if (kind is not { Kind: "Pod", Group: "" } || item.At("spec", "nodeName") is null)
            return 0;
        if (item.TextAt("status", "phase") is "Succeeded" or "Failed")
            return 0;
        return options.GracePeriodSeconds ?? item.At("spec", "terminationGracePeriodSeconds").Number() ?? 30;
    }
}
