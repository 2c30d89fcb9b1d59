using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Ownership;

/// <summary>One step of a path, in the form of <c>fieldsV1</c>.</summary>
internal static class PathElement
{
    public static string OfField(string name) => "f:" + name;

    /// <summary>Of an item of a list that is a set or is merged by key.</summary>
    public static string OfItem(Shape list, JsonNode? item)
    {
        if (list.ListKind == ListKind.Set)
            return "v:" + JsonText.Of(item);
        var keys = new JsonObject();
        foreach (var key in list.Keys.Order(StringComparer.Ordinal))
        {
            // A key that is not given counts with its default, as a port's protocol does.
            var given = (item as JsonObject)?[key] ?? (list.Item?.Fields.GetValueOrDefault(key)?.Default);
            if (given is not null)
                keys[key] = given.DeepClone();
        }

        return "k:" + JsonText.Of(keys);
    }

    public static string ToText(string element)
    {
        var rest = element[2..];
        if (element[0] == 'f')
            return "." + rest;
        if (element[0] == 'v')
            return $"[={rest}]";
        var keys = (JsonNode.Parse(rest) as JsonObject ?? [])
            .Select(pair => $"{pair.Key}={JsonText.Of(pair.Value)}");
        return $"[{string.Join(",", keys)}]";
    }
}
