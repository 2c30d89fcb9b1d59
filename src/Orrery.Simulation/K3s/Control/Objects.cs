using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Control;

/// <summary>Small readings and writings of Kubernetes objects, as controllers need them.</summary>
internal static class Objects
{
    public static string Name(this JsonNode? item) => item.TextAt("metadata", "name") ?? "";

    public static string Namespace(this JsonNode? item) => item.TextAt("metadata", "namespace") ?? "";

    public static string Uid(this JsonNode? item) => item.TextAt("metadata", "uid") ?? "";

    public static JsonObject? Labels(this JsonNode? item) => item.At("metadata", "labels") as JsonObject;

    public static bool IsGoing(this JsonNode? item) => item.At("metadata", "deletionTimestamp") is not null;

    /// <summary>The objects in a list; nothing where there is none.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();

    public static JsonObject Of(string apiVersion, string kind, string ns, string name)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns.Length > 0)
            metadata["namespace"] = ns;
        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }

    public static JsonObject With(this JsonObject item, string name, JsonNode? value)
    {
        item[name] = value;
        return item;
    }

    public static JsonObject Labelled(this JsonObject item, string name, string value)
    {
        item.Child("metadata").Child("labels")[name] = value;
        return item;
    }

    /// <summary>Without a name of its own: the server makes one that begins so.</summary>
    public static JsonObject Generated(this JsonObject item, string start)
    {
        item.Child("metadata").Remove("name");
        item.Child("metadata")["generateName"] = start;
        return item;
    }

    public static JsonObject OwnedBy(this JsonObject item, JsonObject owner)
    {
        item.Child("metadata")["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = owner["apiVersion"]?.DeepClone(),
            ["kind"] = owner["kind"]?.DeepClone(),
            ["name"] = owner.Name(),
            ["uid"] = owner.Uid(),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        return item;
    }

    public static bool IsOwnedBy(this JsonNode? item, string uid) =>
        item.At("metadata", "ownerReferences").Items().Any(owner => owner.TextAt("uid") == uid);

    /// <summary>The status of one of an object's conditions, or null.</summary>
    public static string? Condition(this JsonNode? item, string type) =>
        item.At("status", "conditions").Items().FirstOrDefault(each => each.TextAt("type") == type).TextAt("status");

    /// <summary>Sets a condition; its transition time changes only with its status.</summary>
    public static void SetCondition(
        this JsonObject item, string now, string type, bool isTrue, (string Reason, string Message) why = default)
    {
        var status = item.Child("status");
        var conditions = status["conditions"] as JsonArray ?? [];
        var before = conditions.Items().FirstOrDefault(each => each.TextAt("type") == type);
        var text = isTrue ? "True" : "False";
        var made = new JsonObject { ["type"] = type, ["status"] = text };
        made["lastTransitionTime"] = before.TextAt("status") == text
            ? before.TextAt("lastTransitionTime") ?? now : now;
        if (why.Reason is { Length: > 0 })
            made["reason"] = why.Reason;
        if (why.Message is { Length: > 0 })
            made["message"] = why.Message;
        if (item.TextAt("kind") == "Deployment")
            made["lastUpdateTime"] = made["lastTransitionTime"]?.DeepClone();
        if (before is null)
            conditions.Add((JsonNode)made);
        else
            conditions[conditions.IndexOf(before)] = made;
        if (conditions.Parent is null)
            status["conditions"] = conditions;
    }

    /// <summary>What is given is what is stored, and must not be changed.</summary>
    public static JsonObject UpdateStatus(this ClusterStore store, JsonObject item, string manager) =>
        store.Put(item, new WriteOptions { Manager = manager, Subresource = "status" });

    /// <summary>The same without a copy: nobody uses what is given any more.</summary>
    public static void HandOverStatus(this ClusterStore store, JsonObject item, string manager) =>
        store.HandOver(item, new WriteOptions { Manager = manager, Subresource = "status" });
}
