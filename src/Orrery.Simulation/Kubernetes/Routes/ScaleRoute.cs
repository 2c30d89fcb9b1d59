using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Documents;
using Orrery.Simulation.Kubernetes.Patches;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>The number of replicas, as an object of its own.</summary>
internal sealed class ScaleRoute(KubernetesApi api)
{
    public Answer Handle(RequestInfo info)
    {
        if (info.Kind.Definition is not null)
            throw ApiFailure.Unsupported($"the scale of {info.Kind.QualifiedPlural}");
        var item = api.Store.Table.Find(info.Kind, info.Namespace, info.Name)
            ?? throw ApiFailure.NotFound(info.Kind, info.Name);
        switch (info.Verb)
        {
            case "get":
                return Answer.Json(Of(item));
            case "update":
                return Set(info, item, RequestBody.Object(info, "Scale", "autoscaling/v1"));
            case "patch" when info.ContentType
                is "application/merge-patch+json" or "application/strategic-merge-patch+json":
                return Set(info, item, MergePatch.Apply(Of(item), RequestBody.Parse(info)) as JsonObject ?? []);
            case "patch" when info.ContentType == "application/json-patch+json":
                return Set(info, item, JsonPatch.Apply(Of(item), RequestBody.Parse(info)) as JsonObject ?? []);
            case "patch":
                throw ApiFailure.Unsupported($"patches of a scale as {info.ContentType}");
            default:
                throw ApiFailure.MethodNotAllowed();
        }
    }

    private Answer Set(RequestInfo info, JsonObject item, JsonObject scale)
    {
        if (scale.At("spec", "replicas").Number() is < 0)
        {
            throw ApiFailure.Invalid("autoscaling", "Scale", info.Name, [FieldProblem.Invalid(
                "spec.replicas", scale.At("spec", "replicas"), "must be greater than or equal to 0")]);
        }

        var changed = item.Copy();
        changed.Child("spec")["replicas"] = scale.At("spec", "replicas").Number() ?? 0;
        if (scale.TextAt("metadata", "resourceVersion") is { Length: > 0 } version)
            changed.Child("metadata")["resourceVersion"] = version;
        return Answer.Json(Of(api.Store.Writing.Update(info.Kind, changed, ResourceRoutes.OptionsOf(info, []))));
    }

    private static JsonObject Of(JsonObject item)
    {
        var metadata = new JsonObject();
        foreach (var name in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
            metadata[name] = item.At("metadata", name)?.DeepClone();
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = item.At("spec", "replicas")?.DeepClone() },
            ["status"] = new JsonObject
            {
                ["replicas"] = Columns.Value(item, "status", "replicas"),
                ["selector"] = Columns.SelectorOf(item.At("spec", "selector")),
            },
        };
    }
}
