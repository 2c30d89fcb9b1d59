using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Documents;

/// <summary>
/// The JSON paths that printer columns use: members, indices, wildcards, and filters on one member's text.
/// </summary>
internal static class JsonPaths
{
    public static JsonNode? First(JsonNode? node, string path)
    {
        IEnumerable<JsonNode?> found = [node];
        foreach (var step in Steps(path))
            found = found.SelectMany(each => Take(each, step)).ToList();
        return found.FirstOrDefault();
    }

    private static IEnumerable<JsonNode?> Take(JsonNode? node, string step)
    {
        if (step == "[*]")
            return node as JsonArray ?? [];
        if (step.StartsWith("[?(@.", StringComparison.Ordinal))
        {
            var parts = step[5..].TrimEnd(']', ')').Split("==", 2);
            var wanted = parts.Length > 1 ? parts[1].Trim().Trim('"', '\'') : "";
            return (node as JsonArray ?? []).Where(item => item.At(parts[0].Trim().Split('.')).Text() == wanted);
        }

        if (step.StartsWith('['))
        {
            return node is JsonArray list && int.TryParse(step.Trim('[', ']'), out var index) && index < list.Count
                ? [list[index]]
                : [];
        }

        return (node as JsonObject)?[step] is { } member ? [member] : [];
    }

    private static IEnumerable<string> Steps(string path)
    {
        var at = 0;
        while (at < path.Length)
        {
            if (path[at] == '.')
            {
                at++;
                continue;
            }

            var start = at;
            if (path[at] == '[')
            {
                at = path.IndexOf(']', at) is >= 0 and var close ? close + 1 : path.Length;
            }
            else
            {
                while (at < path.Length && path[at] is not ('.' or '['))
                    at += path[at] == '\\' ? 2 : 1;
            }

            yield return path[start..Math.Min(at, path.Length)].Replace("\\.", ".", StringComparison.Ordinal);
        }
    }
}
