using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Ownership;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>Objects that are only asked: who am I, may I.</summary>
internal sealed class ReviewRoutes(KubernetesApi api)
{
    private readonly Authorization _authorization = new(api.Store);

    public Answer Handle(RequestInfo info) => info.Kind.Kind switch
    {
        "SelfSubjectAccessReview" => Access(info),
        "SelfSubjectReview" => Self(info),
        _ => throw ApiFailure.Unsupported($"{info.Kind.ApiVersion}, Kind={info.Kind.Kind}"),
    };

    /// <summary>The managedFields of an object that is not stored.</summary>
    public static JsonArray Owner(KubernetesApi api, RequestInfo info, string apiVersion, JsonObject fields)
    {
        var entry = new JsonObject
        {
            ["manager"] = info.Manager,
            ["operation"] = "Update",
            ["apiVersion"] = apiVersion,
            ["time"] = api.Store.Now,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields,
        };
        if (info.Subresource.Length > 0)
            entry["subresource"] = info.Subresource;
        return new JsonArray(entry);
    }

    private Answer Access(RequestInfo info)
    {
        var item = RequestBody.Object(info);
        var asked = item.At("spec", "resourceAttributes");
        var attributes = new Authorization.Attributes(
            asked.TextAt("verb") ?? item.TextAt("spec", "nonResourceAttributes", "verb") ?? "",
            asked.TextAt("group") ?? "",
            asked.TextAt("subresource") is { Length: > 0 } sub
                ? $"{asked.TextAt("resource")}/{sub}"
                : asked.TextAt("resource") ?? "",
            asked.TextAt("namespace") ?? "",
            asked.TextAt("name") ?? "");
        var shape = ShapeTable.Instance.Structs["SelfSubjectAccessReview"];
        var empty = new JsonObject { ["spec"] = new JsonObject() };
        var given = new JsonObject { ["spec"] = item["spec"]?.DeepClone() };
        var set = ValueDifference.Between(empty, given, shape).Set;
        item["metadata"] = new JsonObject { ["managedFields"] = Owner(api, info, info.Kind.ApiVersion, set.ToJson()) };
        item["status"] = new JsonObject { ["allowed"] = _authorization.Allows(info.Identity, attributes) };
        return Answer.Json(item, 201);
    }

    private Answer Self(RequestInfo info)
    {
        var item = RequestBody.Object(info);
        item["metadata"] = new JsonObject { ["creationTimestamp"] = api.Store.Now };
        item["status"] = new JsonObject
        {
            ["userInfo"] = new JsonObject
            {
                ["username"] = info.Identity.Name,
                ["uid"] = info.Identity.Uid,
                ["groups"] = new JsonArray([.. info.Identity.Groups.Select(group => (JsonNode)group)]),
            },
        };
        return Answer.Json(item, 201);
    }
}
