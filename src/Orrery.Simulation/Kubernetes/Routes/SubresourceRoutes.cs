using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Documents;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>What hangs below an object: its status, scale, approval, tokens, binding, commands.</summary>
internal sealed class SubresourceRoutes(KubernetesApi api)
{
    private readonly PatchRoute _patch = new(api);
    private readonly ScaleRoute _scale = new(api);

    public Answer Handle(RequestInfo info)
    {
        if (!info.Kind.Subresources.Contains(info.Subresource))
            throw ApiFailure.ResourceNotFound();
        return info.Subresource switch
        {
            "status" => Half(info),
            "approval" => Half(info),
            "scale" => _scale.Handle(info),
            "finalize" when info.Verb == "update" => Finalize(info),
            "token" when info.Verb == "create" => Token(info),
            "binding" when info.Verb == "create" => Bind(info),
            "eviction" when info.Verb == "create" => Evict(info),
            "log" when info.Verb == "get" => PodLogs.Of(info, Find(info)),
            "exec" => PodExecRoute.Of(api, info, Find(info)),
            _ => throw ApiFailure.Unsupported($"{info.Verb} of {info.Kind.Plural}/{info.Subresource}"),
        };
    }

    private Answer Half(RequestInfo info)
    {
        switch (info.Verb)
        {
            case "get":
                return Presentation.Object(api, info, Find(info));
            case "patch":
                return _patch.Patch(info);
            case "update":
                var item = RequestBody.Object(info);
                var warnings = new List<string>();
                ResourceRoutes.Place(info, item);
                ResourceRoutes.CheckName(info, item);
                var options = ResourceRoutes.OptionsOf(info, warnings);
                var changed = api.Store.Writing.Update(info.Kind, item, options);
                return Presentation.Object(api, info, changed) with { Warnings = warnings };
            default:
                throw ApiFailure.MethodNotAllowed();
        }
    }

    private Answer Finalize(RequestInfo info)
    {
        var item = RequestBody.Object(info);
        ResourceRoutes.CheckName(info, item);
        var changed = api.Store.Writing.Update(info.Kind, item, ResourceRoutes.OptionsOf(info, []));
        return Presentation.Object(api, info, changed);
    }

    private Answer Token(RequestInfo info)
    {
        var account = Find(info);
        var item = RequestBody.Object(info, "TokenRequest", "authentication.k8s.io/v1");
        var spec = item.Child("spec");
        spec.TryAdd("audiences", new JsonArray(api.Options.Audience));
        spec.TryAdd("expirationSeconds", 3600);
        spec.TryAdd("boundObjectRef", null);
        var end = api.Store.Clock.AddSeconds(spec["expirationSeconds"].Number() ?? 3600).UtcDateTime;
        item["metadata"] = new JsonObject
        {
            ["name"] = info.Name,
            ["namespace"] = info.Namespace,
            ["uid"] = account.At("metadata", "uid")?.DeepClone(),
            ["creationTimestamp"] = api.Store.Now,
            ["managedFields"] = ReviewRoutes.Owner(api, info, "authentication.k8s.io/v1", new JsonObject
            {
                ["f:spec"] = new JsonObject { ["f:expirationSeconds"] = new JsonObject() },
            }),
        };
        item["status"] = new JsonObject
        {
            ["token"] = api.IssueToken(
                account,
                [.. (spec["audiences"] as JsonArray ?? []).Select(each => each.Text() ?? "")],
                end - api.Store.Clock.UtcDateTime),
            ["expirationTimestamp"] = end.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        return Answer.Json(item, 201);
    }

    private Answer Bind(RequestInfo info)
    {
        var pod = Find(info).Copy();
        var target = RequestBody.Object(info, "Binding", "v1").TextAt("target", "name") ?? "";
        if (pod.TextAt("spec", "nodeName") is { Length: > 0 } node)
            throw ApiFailure.Conflict(info.Kind, info.Name, $"pod {info.Name} is already assigned to node \"{node}\"");
        pod.Child("spec")["nodeName"] = target;
        pod.Child("status")["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = "True",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = api.Store.Now,
        });
        api.Store.Writing.Update(info.Kind, pod, new WriteOptions { Manager = info.Manager, Subresource = "binding" });
        return Success();
    }

    private Answer Evict(RequestInfo info)
    {
        var item = RequestBody.Object(info, "Eviction", "policy/v1");
        var pod = Find(info);
        Disruptions.Check(api.Store, pod);
        api.Store.Removal.Delete(info.Kind, info.Namespace, info.Name, new DeleteOptions
        {
            GracePeriodSeconds = item.At("deleteOptions", "gracePeriodSeconds").Number(),
        });
        return Success();
    }

    private JsonObject Find(RequestInfo info) =>
        api.Store.Table.Find(info.Kind, info.Namespace, info.Name) ?? throw ApiFailure.NotFound(info.Kind, info.Name);

    private static Answer Success() => Answer.Json(
        new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["code"] = 201,
        },
        201);
}
