using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>What the server sets itself when an object is made or changed; none of it has an owner.</summary>
internal static class Preparation
{
    public static void BeforeCreate(ClusterStore store, ResourceKind kind, JsonObject item, WriteOptions options)
    {
        if (Revisions.IsCounted(kind))
            item.Child("metadata")["generation"] = 1;
        else
            item.Child("metadata").Remove("generation");
        if (kind.Definition is not null && Revisions.HasStatus(store, kind))
            item.Remove("status");
        switch (kind.Kind)
        {
            case "Namespace":
                item["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
                item["status"] = new JsonObject { ["phase"] = "Active" };
                break;
            case "Node":
                Taint(item.Child("spec"));
                break;
            case "Service":
                Addresses.Allocate(store, kind, item);
                break;
            case "PersistentVolume":
                Protect(item, "kubernetes.io/pv-protection");
                item["status"] = new JsonObject { ["phase"] = "Pending", ["lastPhaseTransitionTime"] = store.Now };
                break;
            case "PersistentVolumeClaim":
                Protect(item, "kubernetes.io/pvc-protection");
                item["status"] = new JsonObject { ["phase"] = "Pending" };
                break;
            case "Pod":
                Pods.Prepare(store, item);
                break;
            case "CertificateSigningRequest":
                Request(item, options);
                break;
            case "CustomResourceDefinition":
                item["status"] = Definitions.NewStatus(item);
                break;
            case "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" or "Job" or "CronJob":
                ResetStatus(store, kind, item);
                break;
            default:
                break;
        }
    }

    public static void BeforeUpdate(
        ClusterStore store, ResourceKind kind, JsonObject live, JsonObject item, WriteOptions options)
    {
        if (kind.Kind == "Service")
            Addresses.Keep(store, kind, live, item);
        if (kind.Kind == "Namespace" && options.Subresource != "finalize")
            item["spec"] = live["spec"]?.DeepClone() ?? new JsonObject();
        if (kind.Kind == "CertificateSigningRequest" && options.Subresource.Length > 0)
            Stamp(store, item);
        if (kind.Kind == "Pod" && options.Subresource.Length == 0)
            Pods.Keep(live, item);
    }

    private static void Protect(JsonObject item, string finalizer)
    {
        var metadata = item.Child("metadata");
        var finalizers = metadata["finalizers"] as JsonArray ?? [];
        if (finalizers.Any(each => each.Text() == finalizer))
            return;
        finalizers.Add((JsonNode)finalizer);
        if (finalizers.Parent is null)
            metadata["finalizers"] = finalizers;
    }

    private static void Taint(JsonObject spec)
    {
        var taints = spec["taints"] as JsonArray ?? [];
        if (taints.Any(taint => taint.TextAt("key") == "node.kubernetes.io/not-ready"))
            return;
        taints.Add((JsonNode)new JsonObject
        {
            ["key"] = "node.kubernetes.io/not-ready",
            ["effect"] = "NoSchedule",
        });
        if (taints.Parent is null)
            spec["taints"] = taints;
    }

    private static void Request(JsonObject item, WriteOptions options)
    {
        var spec = item.Child("spec");
        var identity = options.Identity;
        spec["username"] = identity?.Name ?? "system:apiserver";
        if (identity is { Uid.Length: > 0 })
            spec["uid"] = identity.Uid;
        if (identity is not null)
            spec["groups"] = new JsonArray([.. identity.Groups.Select(group => (JsonNode)group)]);
        item["status"] = new JsonObject();
    }

    // The times of conditions are the server's own.
    private static void Stamp(ClusterStore store, JsonObject item)
    {
        foreach (var condition in (item.At("status", "conditions") as JsonArray ?? []).OfType<JsonObject>())
        {
            condition.TryAdd("lastUpdateTime", store.Now);
            condition.TryAdd("lastTransitionTime", store.Now);
        }
    }

    private static void ResetStatus(ClusterStore store, ResourceKind kind, JsonObject item)
    {
        var empty = new JsonObject();
        Shapes.Filling.FillEmpty(empty, store.Shapes.For(kind));
        item["status"] = empty["status"]?.DeepClone() ?? new JsonObject();
    }
}
