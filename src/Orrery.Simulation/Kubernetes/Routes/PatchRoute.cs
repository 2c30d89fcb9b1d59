using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Documents;
using Orrery.Simulation.Kubernetes.Patches;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>The four kinds of patches.</summary>
internal sealed class PatchRoute(KubernetesApi api)
{
    private const string ApplyType = "application/apply-patch+yaml";

    public Answer Patch(RequestInfo info)
    {
        if (info.ContentType == ApplyType)
            return Apply(info);
        var warnings = new List<string>();
        var changed = Patched(info, () => api.Store.Table.Find(info.Kind, info.Namespace, info.Name));
        ResourceRoutes.CheckName(info, changed);
        var result = api.Store.Writing.Update(info.Kind, changed, ResourceRoutes.OptionsOf(info, warnings));
        return Presentation.Object(api, info, result) with { Warnings = warnings };
    }

    /// <summary>What comes of a patch of the object, as an update would send it.</summary>
    public JsonObject Patched(RequestInfo info, Func<JsonObject?> find)
    {
        var shape = api.Store.Shapes.For(info.Kind);
        Func<JsonObject, JsonNode?, JsonNode?> change = info.ContentType switch
        {
            "application/merge-patch+json" => MergePatch.Apply,
            "application/json-patch+json" => JsonPatch.Apply,
            "application/strategic-merge-patch+json" when info.Kind.Definition is null =>
                (item, patch) => StrategicMergePatch.Apply(item, patch, shape),
            "application/strategic-merge-patch+json" => throw ApiFailure.UnsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: "
                + "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"),
            _ => throw ApiFailure.UnsupportedMediaType("415: Unsupported Media Type"),
        };
        var live = find() ?? throw ApiFailure.NotFound(info.Kind, info.Name);
        var version = live.TextAt("metadata", "resourceVersion");
        var patched = change(live.Copy(), RequestBody.Parse(info)) as JsonObject ?? throw ApiFailure.Unprocessable();
        // Only a version that the patch itself sets is a condition.
        if (patched.TextAt("metadata", "resourceVersion") == version)
            patched.Child("metadata").Remove("resourceVersion");
        return patched;
    }

    private Answer Apply(RequestInfo info)
    {
        if (info.Query["fieldManager"].Length == 0)
        {
            throw ApiFailure.Invalid("meta.k8s.io", "PatchOptions", "",
                [FieldProblem.Required("fieldManager", "is required for apply patch")]);
        }

        if (RequestBody.Parse(info) is not JsonObject config)
            throw ApiFailure.BadRequest("error decoding YAML: the patch is not an object");
        CheckType(info, config);
        ResourceRoutes.CheckName(info, config);
        if (config.At("metadata", "managedFields") is JsonArray { Count: > 0 })
            throw ApiFailure.BadRequest("metadata.managedFields must be nil");
        var warnings = new List<string>();
        if (info.Kind.IsNamespaced && config.TextAt("metadata", "namespace") is null)
        {
            // Refusals of the schema name the object as it was sent.
            api.Store.Writing.CheckApplied(info.Kind, config);
        }

        ResourceRoutes.Place(info, config);
        var (item, isNew) = api.Store.Writing.Apply(info.Kind, config, ResourceRoutes.OptionsOf(info, warnings));
        return Presentation.Object(api, info, item, isNew ? 201 : 200) with { Warnings = warnings };
    }

    private static void CheckType(RequestInfo info, JsonObject config)
    {
        var (version, kind) = (config["apiVersion"].Text() ?? "", config["kind"].Text() ?? "");
        if (version == info.Kind.ApiVersion && kind == info.Kind.Kind)
            return;
        var (group, bare) = version.Split('/') is [var g, var v] ? (g, v) : ("", version);
        throw ApiFailure.BadRequest($"invalid object type: {group}/{bare}, Kind={kind}");
    }
}
