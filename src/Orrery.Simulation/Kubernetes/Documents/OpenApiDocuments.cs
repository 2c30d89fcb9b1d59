using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Documents;

/// <summary>
/// The shapes of all kinds as OpenAPI, so far as clients read them: fields and types, merge keys, the kind that each
/// means, and that patches can be tried (dryRun) and checked (fieldValidation).
/// </summary>
internal sealed class OpenApiDocuments(ClusterStore store)
{
    private static readonly string[] PatchParameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

    public JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var path in Paths())
        {
            var hash = Convert.ToHexString(SHA512.HashData(JsonText.Bytes(V3(path))));
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>Of <c>apis/apps/v1</c>; null when there is no such group and version.</summary>
    public JsonObject? V3(string path)
    {
        if (!Paths().Contains(path))
            return null;
        var kinds = store.Kinds.All.Where(kind => PathOf(kind) == path).ToList();
        var paths = new JsonObject();
        foreach (var kind in kinds.Where(kind => kind.IsStored))
            paths[ItemPath(kind)] = Item(kind, "application/json", isV3: true);
        var document = new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "simulated" },
            ["paths"] = paths,
        };
        if (kinds.Count > 0)
            document["components"] = new JsonObject { ["schemas"] = Schemas(kinds, "#/components/schemas/") };
        return document;
    }

    public JsonObject SwaggerV2()
    {
        var kinds = store.Kinds.All.ToList();
        var paths = new JsonObject();
        foreach (var kind in kinds.Where(kind => kind.IsStored))
            paths[ItemPath(kind)] = Item(kind, "application/json", isV3: false);
        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "simulated" },
            ["paths"] = paths,
            ["definitions"] = Schemas(kinds, "#/definitions/"),
        };
    }

    private List<string> Paths()
    {
        var paths = new List<string> { ".well-known/openid-configuration", "api", "apis", "openid/v1/jwks", "version" };
        foreach (var path in store.Kinds.All.Select(PathOf).Distinct())
        {
            paths.Add(path);
            // Groups have a path of their own, custom ones only that of their versions.
            if (path.Count(c => c == '/') == 2)
                paths.Add(path[..path.LastIndexOf('/')]);
        }

        foreach (var custom in store.Kinds.All.Where(kind => kind.Definition is not null).Select(kind => kind.Group))
            paths.Remove($"apis/{custom}");
        return [.. paths.Distinct().Order(StringComparer.Ordinal)];
    }

    private static string PathOf(ResourceKind kind) =>
        kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.Group}/{kind.Version}";

    private static string ItemPath(ResourceKind kind) =>
        $"/{PathOf(kind)}/{(kind.IsNamespaced ? "namespaces/{namespace}/" : "")}{kind.Plural}/{{name}}";

    private static JsonObject Item(ResourceKind kind, string mediaType, bool isV3)
    {
        JsonObject Parameter(string name) => isV3
            ? new() { ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string" } }
            : new() { ["name"] = name, ["in"] = "query", ["type"] = "string", ["uniqueItems"] = true };
        var patch = new JsonObject
        {
            ["description"] = $"partially update the specified {kind.Kind}",
            ["operationId"] = $"patch{kind.Kind}",
            ["parameters"] = new JsonArray([.. PatchParameters.Select(name => (JsonNode)Parameter(name))]),
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
            ["x-kubernetes-action"] = "patch",
            ["x-kubernetes-group-version-kind"] = KindOf(kind),
        };
        if (!isV3)
            patch["produces"] = new JsonArray(mediaType);
        return new JsonObject { ["patch"] = patch };
    }

    private JsonObject Schemas(IEnumerable<ResourceKind> kinds, string prefix)
    {
        var schemas = new JsonObject();
        foreach (var kind in kinds)
        {
            if (store.Shapes.Find(kind) is not { } shape)
                continue;
            var schema = Schema(shape, prefix, schemas, isTop: true);
            schema["x-kubernetes-group-version-kind"] = new JsonArray(KindOf(kind));
            schemas[NameOf(kind)] = schema;
        }

        return schemas;
    }

    private static JsonObject Schema(Shape shape, string prefix, JsonObject schemas, bool isTop = false)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Struct when !isTop && shape.Name.Length > 0:
                var name = "io.k8s." + shape.Name;
                if (!schemas.ContainsKey(name))
                {
                    // Taken first, so that a shape that holds itself ends.
                    schemas[name] = new JsonObject();
                    schemas[name] = Members(shape, prefix, schemas);
                }

                return new JsonObject { ["$ref"] = prefix + name };
            case ShapeKind.Struct:
                return Members(shape, prefix, schemas);
            case ShapeKind.Map:
                return new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = Schema(shape.Item ?? Shape.Anything, prefix, schemas),
                };
            case ShapeKind.List:
                return List(shape, prefix, schemas);
            default:
                return Scalar(shape.Kind);
        }
    }

    private static JsonObject Members(Shape shape, string prefix, JsonObject schemas)
    {
        var properties = new JsonObject();
        foreach (var field in shape.Fields.Values)
            properties[field.Name] = Schema(field.Shape, prefix, schemas);
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (shape.IsAtomic)
            schema["x-kubernetes-map-type"] = "atomic";
        if (shape.KeepsUnknown)
            schema["x-kubernetes-preserve-unknown-fields"] = true;
        return schema;
    }

    private static JsonObject List(Shape shape, string prefix, JsonObject schemas)
    {
        var schema = new JsonObject
        {
            ["type"] = "array",
            ["items"] = Schema(shape.Item ?? Shape.Anything, prefix, schemas),
            ["x-kubernetes-list-type"] = shape.ListKind switch
            {
                ListKind.Map => "map",
                ListKind.Set => "set",
                _ => "atomic",
            },
        };
        if (shape.Keys.Count > 0)
            schema["x-kubernetes-list-map-keys"] = new JsonArray([.. shape.Keys.Select(key => (JsonNode)key)]);
        if (shape.MergeKey is not null)
            schema["x-kubernetes-patch-strategy"] = "merge";
        if (shape.MergeKey is { Length: > 0 } merge)
            schema["x-kubernetes-patch-merge-key"] = merge;
        return schema;
    }

    private static JsonObject Scalar(ShapeKind kind) => kind switch
    {
        ShapeKind.Integer => new() { ["type"] = "integer", ["format"] = "int64" },
        ShapeKind.Number => new() { ["type"] = "number" },
        ShapeKind.Boolean => new() { ["type"] = "boolean" },
        ShapeKind.IntegerOrText => new() { ["type"] = "string", ["format"] = "int-or-string" },
        ShapeKind.Bytes => new() { ["type"] = "string", ["format"] = "byte" },
        ShapeKind.Time => new() { ["type"] = "string", ["format"] = "date-time" },
        ShapeKind.Anything => new() { ["x-kubernetes-preserve-unknown-fields"] = true },
        _ => new() { ["type"] = "string" },
    };

    private static JsonObject KindOf(ResourceKind kind) => new()
    {
        ["group"] = kind.Group,
        ["kind"] = kind.Kind,
        ["version"] = kind.Version,
    };

    private static string NameOf(ResourceKind kind) => kind.Group.Length == 0
        ? $"io.k8s.api.core.{kind.Version}.{kind.Kind}"
        : $"{string.Join('.', kind.Group.Split('.').Reverse())}.{kind.Version}.{kind.Kind}";
}
