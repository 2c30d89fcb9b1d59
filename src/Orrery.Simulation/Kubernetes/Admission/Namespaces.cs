using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>Whether something may be made in its namespace.</summary>
internal static class Namespaces
{
    /// <summary>The namespace exists and is not being deleted.</summary>
    public static void CheckCreate(ClusterStore store, ResourceKind kind, JsonObject item)
    {
        if (!kind.IsNamespaced)
            return;
        var name = item.TextAt("metadata", "namespace") ?? "";
        var kindOfNamespaces = store.Kinds.Find("v1", "Namespace") ?? kind;
        var ns = store.Table.Find(kindOfNamespaces, "", name) ?? throw ApiFailure.NotFound(kindOfNamespaces, name);
        if (ns.TextAt("status", "phase") == "Terminating")
        {
            throw ApiFailure.Forbidden(
                kind,
                item.TextAt("metadata", "name") ?? "",
                $"unable to create new content in namespace {name} because it is being terminated",
                new JsonObject
                {
                    ["reason"] = "NamespaceTerminating",
                    ["message"] = $"namespace {name} is being terminated",
                    ["field"] = "metadata.namespace",
                });
        }
    }
}
