using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Documents;

/// <summary>Objects as rows of a table, for <c>kubectl get</c>.</summary>
internal static class Tables
{
    public static JsonObject Of(
        KubernetesApi api, RequestInfo info, IReadOnlyList<JsonObject> items, JsonObject metadata, bool hasHeader)
    {
        var columns = info.Kind.Definition is null ? Columns.Of(info.Kind) : Custom(api, info);
        var rows = items.Select(item => (JsonNode)new JsonObject
        {
            ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(item, api.Store.Clock))]),
            ["object"] = info.Query["includeObject"] switch
            {
                "None" => null,
                "Object" => item.Copy(),
                _ => Presentation.Partial(item),
            },
        });
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = hasHeader
                ? new JsonArray([.. columns.Select(column => (JsonNode)column.Definition())])
                : null,
            ["rows"] = new JsonArray([.. rows]),
        };
    }

    private static List<Column> Custom(KubernetesApi api, RequestInfo info)
    {
        var columns = new List<Column> { Columns.Name };
        var given = api.Store.Definitions.VersionOf(info.Kind)?["additionalPrinterColumns"] as JsonArray;
        foreach (var column in (given ?? []).OfType<JsonObject>())
        {
            var path = column["jsonPath"].Text() ?? "";
            var type = column["type"].Text() ?? "string";
            columns.Add(new Column(
                column["name"].Text() ?? "", type, column["format"].Text() ?? "",
                column["description"].Text() ?? $"Custom resource definition column (in JSONPath format): {path}",
                (int)(column["priority"].Number() ?? 0),
                (item, now) => type == "date"
                    ? JsonPaths.First(item, path).Text() is { } time ? Columns.AgeOf(time, now) : null
                    : JsonPaths.First(item, path)?.DeepClone()));
        }

        if (given is null)
            columns.Add(Columns.Age);
        return columns;
    }
}
