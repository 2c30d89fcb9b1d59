using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Documents;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>The verbs on resources.</summary>
internal sealed class ResourceRoutes(KubernetesApi api)
{
    // Kinds that are shown once more when they are deleted.
    private static readonly string[] ShownDeleted =
    [
        "Pod", "Service", "PersistentVolume", "PersistentVolumeClaim", "ResourceQuota", "ServiceAccount", "PodTemplate",
    ];

    private readonly ListRoute _list = new(api);
    private readonly PatchRoute _patch = new(api);

    public Answer Handle(RequestInfo info) => info.Verb switch
    {
        "get" => Get(info),
        "list" => _list.List(info),
        "watch" => _list.Watch(info),
        "create" when info.Name.Length == 0 => Create(info),
        "update" => Update(info),
        "patch" => _patch.Patch(info),
        "delete" => Delete(info),
        "deletecollection" => DeleteAll(info),
        _ => throw ApiFailure.MethodNotAllowed(),
    };

    /// <summary>What the request says about writing; warnings are gathered in the list.</summary>
    public static WriteOptions OptionsOf(RequestInfo info, List<string> warnings) => new()
    {
        Manager = info.Manager,
        Subresource = info.Subresource,
        IsDryRun = info.Query.IsDryRun,
        Force = info.Query.IsTrue("force"),
        FieldValidation = info.Query["fieldValidation"] is { Length: > 0 } given ? given : "Warn",
        Identity = info.Identity,
        Warn = warnings.Add,
    };

    private Answer Get(RequestInfo info)
    {
        var item = api.Store.Table.Find(info.Kind, info.Namespace, info.Name)
            ?? throw ApiFailure.NotFound(info.Kind, info.Name);
        return Presentation.Object(api, info, item);
    }

    private Answer Create(RequestInfo info)
    {
        var item = RequestBody.Object(info);
        var warnings = new List<string>();
        Place(info, item);
        var made = api.Store.Writing.Create(info.Kind, item, OptionsOf(info, warnings));
        return Presentation.Object(api, info, made, 201) with { Warnings = warnings };
    }

    private Answer Update(RequestInfo info)
    {
        var item = RequestBody.Object(info);
        var warnings = new List<string>();
        Place(info, item);
        CheckName(info, item);
        var changed = api.Store.Writing.Update(info.Kind, item, OptionsOf(info, warnings));
        return Presentation.Object(api, info, changed) with { Warnings = warnings };
    }

    private Answer Delete(RequestInfo info)
    {
        var options = DeleteBody.Of(info);
        var (marked, last) = api.Store.Removal.Delete(info.Kind, info.Namespace, info.Name, options);
        if (marked is not null || Array.IndexOf(ShownDeleted, info.Kind.Kind) >= 0)
            return Presentation.Object(api, info, marked ?? last);
        var details = ApiFailure.Of(info.Kind, info.Name);
        details["uid"] = last.TextAt("metadata", "uid");
        return Answer.Json(new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        });
    }

    private Answer DeleteAll(RequestInfo info)
    {
        var options = DeleteBody.Of(info);
        var chosen = ListRoute.Select(info, api.Store.Table.All(info.Kind)).ToList();
        foreach (var item in chosen)
        {
            api.Store.Removal.Delete(
                info.Kind, item.TextAt("metadata", "namespace") ?? "", item.TextAt("metadata", "name") ?? "", options);
        }

        return Presentation.List(api, info, chosen, new JsonObject { ["resourceVersion"] = $"{api.Store.Version}" });
    }

    /// <summary>The namespace of the path is that of the object.</summary>
    public static void Place(RequestInfo info, JsonObject item)
    {
        var metadata = item.Child("metadata");
        if (!info.Kind.IsNamespaced)
        {
            metadata.Remove("namespace");
            return;
        }

        if (metadata["namespace"].Text() is { Length: > 0 } given && given != info.Namespace)
        {
            throw ApiFailure.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request");
        }

        if (info.Namespace.Length == 0)
            throw ApiFailure.MethodNotAllowed();
        metadata["namespace"] = info.Namespace;
    }

    public static void CheckName(RequestInfo info, JsonObject item)
    {
        var metadata = item.Child("metadata");
        if (metadata["name"].Text() is { Length: > 0 } given && given != info.Name)
        {
            throw ApiFailure.BadRequest(
                $"the name of the object ({given}) does not match the name on the URL ({info.Name})");
        }

        metadata["name"] = info.Name;
    }
}
