using System.Globalization;
using System.Text.Json.Nodes;
using static Orrery.Tests.Providers.Kubernetes.KubernetesScene;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>
/// As much of an API server as server-side apply of maps needs: it keeps objects, notes who owns which field, and
/// refuses conflicts. Lists inside objects are owned as a whole.
/// </summary>
internal sealed class ApplyingServer
{
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private int _version = 100;

    /// <summary>Deleted objects stay, terminating, until their finalizers are taken off.</summary>
    public bool HoldsBack { get; set; }

    public JsonObject this[string path] => _objects[path];

    public IEnumerable<string> Paths => _objects.Keys;

    public HttpResponseMessage Answer(ApiCall call) => call.Method switch
    {
        "GET" when call.Query.ContainsKey("watch") => Watch(call),
        "GET" when Plurals.Any(plural => call.Path.EndsWith($"/{plural}", StringComparison.Ordinal)) => List(call),
        "GET" => _objects.TryGetValue(call.Path, out var found)
            ? Json(found.ToJsonString())
            : Status(404, "NotFound"),
        "PATCH" => Apply(call.Path, call.Json, call.Query["fieldManager"], call.Query.ContainsKey("force")),
        "DELETE" => Delete(call),
        _ => Status(405, "MethodNotAllowed"),
    };

    /// <summary>What kubectl edit does: gives a field another value and becomes its owner.</summary>
    public void Edit(string path, string field, string value)
    {
        var item = _objects[path];
        item["data"]![field] = value;
        foreach (var entry in item["metadata"]!["managedFields"]!.AsArray())
            (entry!["fieldsV1"]!["f:data"] as JsonObject)?.Remove($"f:{field}");
        var owned = new JsonObject { ["f:data"] = new JsonObject { [$"f:{field}"] = new JsonObject() } };
        item["metadata"]!["managedFields"]!.AsArray().Add(new JsonObject
        {
            ["manager"] = "kubectl-edit",
            ["operation"] = "Update",
            ["fieldsV1"] = owned,
        });
        Touch(item);
    }

    public HttpResponseMessage Apply(string path, JsonObject manifest, string manager, bool force)
    {
        var isNew = !_objects.TryGetValue(path, out var item);
        var metadata = (JsonObject)manifest["metadata"]!;
        if (metadata["uid"] is { } uid && (string?)uid != (string?)item?["metadata"]!["uid"])
            return Status(409, "Conflict", "uid mismatch");
        metadata.Remove("uid");
        item ??= (JsonObject)JsonNode.Parse($$$"""
            {"apiVersion":"{{{manifest["apiVersion"]}}}","kind":"{{{manifest["kind"]}}}","metadata":{
            "name":"{{{metadata["name"]}}}","namespace":"{{{metadata["namespace"]}}}","uid":"u-{{{_version}}}",
            "managedFields":[]}}
            """)!;
        var managers = (JsonArray)item["metadata"]!["managedFields"]!;
        var wanted = Leaves(manifest, "").ToDictionary(leaf => leaf.Path, leaf => leaf.Value, StringComparer.Ordinal);
        var conflicts = (
            from entry in managers
            where (string?)entry!["manager"] != manager
            from path1 in OwnedBy(entry)
            where wanted.TryGetValue(path1, out var value) && !JsonNode.DeepEquals(value, At(item, path1))
            select (Entry: (JsonObject)entry!, Path: path1)).ToList();
        if (conflicts.Count > 0 && !force)
        {
            return Status(409, "Conflict", "Apply failed", string.Join(',', conflicts.Select(conflict => $$$"""
                {"reason":"FieldManagerConflict","message":"conflict with \"{{{conflict.Entry["manager"]}}}\"",
                "field":"{{{conflict.Path.Replace('|', '.')}}}"}
                """)));
        }

        foreach (var (entry, leaf) in conflicts)
            Note(entry, OwnedBy(entry).Where(owned => owned != leaf));
        var own = managers.FirstOrDefault(entry => (string?)entry!["manager"] == manager) as JsonObject;
        foreach (var gone in own is null ? [] : OwnedBy(own).Where(owned => !wanted.ContainsKey(owned)).ToList())
            Set(item, gone, null);
        if (own is null)
            managers.Add(own = new JsonObject { ["manager"] = manager, ["operation"] = "Apply" });
        Note(own, wanted.Keys);
        foreach (var (leaf, value) in wanted)
            Set(item, leaf, value?.DeepClone());
        _objects[path] = item;
        Touch(item);
        return Json(item.ToJsonString(), isNew ? 201 : 200);
    }

    private static readonly string[] Plurals = ["configmaps", "secrets", "pods"];

    private void Touch(JsonObject item) =>
        item["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);

    private HttpResponseMessage Delete(ApiCall call)
    {
        if (!_objects.TryGetValue(call.Path, out var item))
            return Status(404, "NotFound");
        if ((string?)call.Json["preconditions"]?["uid"] != (string?)item["metadata"]!["uid"])
            return Status(409, "Conflict", "the UID in the precondition does not match");
        if (!HoldsBack)
            _objects.Remove(call.Path);
        item["metadata"]!["deletionTimestamp"] = "2026-01-01T00:00:00Z";
        item["metadata"]!["finalizers"] = new JsonArray("example.dev/hold");
        Touch(item);
        return Json(item.ToJsonString());
    }

    private HttpResponseMessage List(ApiCall call)
    {
        var plural = call.Path[(call.Path.LastIndexOf('/') + 1)..];
        var selector = call.Query.GetValueOrDefault("labelSelector")?.Split('=');
        var name = call.Query.GetValueOrDefault("fieldSelector")?.Split('=')[1];
        var items = _objects.Where(entry => entry.Key.Contains($"/{plural}/", StringComparison.Ordinal))
            .Select(entry => entry.Value)
            .Where(item => name is null || (string?)item["metadata"]!["name"] == name)
            .Where(item => selector is null || (string?)item["metadata"]!["labels"]?[selector[0]] == selector[1]);
        return Json(ListOf($"{_version}", "", [.. items.Select(item => item.ToJsonString())]));
    }

    /// <summary>Ends at once, with what became of the object that it asks for.</summary>
    private HttpResponseMessage Watch(ApiCall call)
    {
        HoldsBack = false;
        var held = _objects.Where(entry => entry.Value["metadata"]!["deletionTimestamp"] is not null).ToList();
        foreach (var (path, _) in held)
            _objects.Remove(path);
        return Json(string.Concat(held.Select(
            entry => $$"""{"type":"DELETED","object":{{entry.Value.ToJsonString()}}}""" + "\n")));
    }

    private static IEnumerable<(string Path, JsonNode? Value)> Leaves(JsonObject map, string under)
    {
        foreach (var (name, value) in map)
        {
            var path = $"{under}|{name}";
            if (path is "|apiVersion" or "|kind" or "|metadata|name" or "|metadata|namespace")
                continue;
            if (value is JsonObject { Count: > 0 } inner)
            {
                foreach (var leaf in Leaves(inner, path))
                    yield return leaf;
            }
            else
            {
                yield return (path, value);
            }
        }
    }

    private static IEnumerable<string> OwnedBy(JsonNode? entry) =>
        Owned((JsonObject)entry!["fieldsV1"]!, "").ToList();

    private static IEnumerable<string> Owned(JsonObject fields, string under) => fields.SelectMany(field =>
        field.Value is JsonObject { Count: > 0 } inner ? Owned(inner, $"{under}|{field.Key[2..]}")
            : under.Length == 0 ? [] : [$"{under}|{field.Key[2..]}"]);

    private static void Note(JsonObject entry, IEnumerable<string> paths)
    {
        var fields = new JsonObject();
        foreach (var path in paths.ToList())
            Set(fields, path.Replace("|", "|f:", StringComparison.Ordinal), new JsonObject());
        entry["fieldsV1"] = fields;
    }

    private static JsonNode? At(JsonObject item, string path) =>
        path[1..].Split('|').Aggregate((JsonNode?)item, (node, name) => (node as JsonObject)?[name]);

    private static void Set(JsonObject item, string path, JsonNode? value)
    {
        var names = path[1..].Split('|');
        foreach (var name in names[..^1])
        {
            if (item[name] is not JsonObject inner)
                item[name] = inner = [];
            item = inner;
        }

        if (value is null)
            item.Remove(names[^1]);
        else
            item[names[^1]] = value;
    }
}
