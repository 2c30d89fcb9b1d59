using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Patches;

/// <summary>JSON Patch (RFC 6902).</summary>
internal static class JsonPatch
{
    public static JsonNode? Apply(JsonObject target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
            throw ApiFailure.BadRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        foreach (var operation in operations)
            Apply(target, operation as JsonObject ?? throw ApiFailure.Unprocessable());
        return target;
    }

    private static void Apply(JsonObject target, JsonObject operation)
    {
        var path = Pointer(operation["path"]);
        switch (operation["op"].Text())
        {
            case "add":
                Put(target, path, operation["value"]?.DeepClone(), isInsert: true);
                break;
            case "replace":
                Find(target, path);
                Put(target, path, operation["value"]?.DeepClone(), isInsert: false);
                break;
            case "remove":
                Remove(target, path);
                break;
            case "test":
                if (!JsonNode.DeepEquals(Find(target, path), operation["value"]))
                    throw ApiFailure.Unprocessable();
                break;
            case "move":
                var moved = Find(target, Pointer(operation["from"]))?.DeepClone();
                Remove(target, Pointer(operation["from"]));
                Put(target, path, moved, isInsert: true);
                break;
            case "copy":
                Put(target, path, Find(target, Pointer(operation["from"]))?.DeepClone(), isInsert: true);
                break;
            default:
                throw ApiFailure.Unprocessable();
        }
    }

    private static string[] Pointer(JsonNode? node)
    {
        var text = node.Text() ?? throw ApiFailure.Unprocessable();
        return [.. text.Split('/').Skip(1).Select(part =>
            part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static JsonNode? Find(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var part in path)
        {
            node = node switch
            {
                JsonObject members when members.ContainsKey(part) => members[part],
                JsonArray list when Index(list, part) is { } index && index < list.Count => list[index],
                _ => throw ApiFailure.Unprocessable(),
            };
        }

        return node;
    }

    private static void Put(JsonObject target, string[] path, JsonNode? value, bool isInsert)
    {
        if (path.Length == 0)
            throw ApiFailure.Unprocessable();
        switch (Find(target, path.AsSpan(..^1)))
        {
            case JsonObject members:
                members[path[^1]] = value;
                break;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                break;
            case JsonArray list when Index(list, path[^1]) is { } index && index <= list.Count:
                if (isInsert)
                    list.Insert(index, value);
                else
                    list[index] = value;
                break;
            default:
                throw ApiFailure.Unprocessable();
        }
    }

    private static void Remove(JsonObject target, string[] path)
    {
        Find(target, path);
        switch (Find(target, path.AsSpan(..^1)))
        {
            case JsonObject members:
                members.Remove(path[^1]);
                break;
            case JsonArray list:
                list.RemoveAt(Index(list, path[^1]) ?? 0);
                break;
            default:
                throw ApiFailure.Unprocessable();
        }
    }

    private static int? Index(JsonArray list, string part) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= list.Count
            ? index
            : null;
}
