using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>
/// Compares what the real server answered with what the simulated one does: members, types, and values but for those
/// that chance, time or the server's build decide.
/// </summary>
internal sealed class DocumentDifferences(ValueMapping mapping)
{
    private static readonly string[] Volatile =
    [
        "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "lastTransitionTime",
        "lastUpdateTime", "lastPhaseTransitionTime", "continue", "serverAddress", "serverRelativeURL", "gitCommit",
        "gitTreeState", "goVersion", "buildDate", "clusterIP", "nodePort", "token", "expirationTimestamp",
        "since", "description",
    ];

    public List<string> Found { get; } = [];

    public void Compare(JsonNode? real, JsonNode? simulated, string path)
    {
        if (Kind(real) != Kind(simulated))
        {
            Found.Add($"{path}: {Short(real)} is {Short(simulated)}");
            return;
        }

        switch (real)
        {
            case JsonObject members:
                CompareMembers(members, (JsonObject)simulated!, path);
                break;
            case JsonArray list:
                CompareLists(list, (JsonArray)simulated!, path);
                break;
            default:
                CompareValues(real, simulated, path);
                break;
        }
    }

    private void CompareMembers(JsonObject real, JsonObject simulated, string path)
    {
        foreach (var (name, value) in real)
        {
            if (!simulated.ContainsKey(name))
                Found.Add($"{path}.{name}: missing, was {Short(value)}");
            else
                Compare(value, simulated[name], $"{path}.{name}");
        }

        foreach (var (name, value) in simulated)
        {
            if (!real.ContainsKey(name))
                Found.Add($"{path}.{name}: too much, {Short(value)}");
        }
    }

    private void CompareLists(JsonArray real, JsonArray simulated, string path)
    {
        if (real.Count != simulated.Count)
            Found.Add($"{path}: {real.Count} items are {simulated.Count}");
        for (var i = 0; i < Math.Min(real.Count, simulated.Count); i++)
            Compare(real[i], simulated[i], $"{path}[{i}]");
    }

    private void CompareValues(JsonNode? real, JsonNode? simulated, string path)
    {
        if (JsonNode.DeepEquals(real, simulated))
            return;
        var name = path[(path.LastIndexOf('.') + 1)..].Split('[')[0];
        var (one, other) = (real?.ToString() ?? "", simulated?.ToString() ?? "");
        mapping.Learn(name, one, other);
        // Ages in tables.
        var isAge = name == "cells" && one.Length < 8 && other.Length < 8 && one.EndsWith('s') && other.EndsWith('s');
        if (isAge || Array.IndexOf(Volatile, name) >= 0 || path.Contains("clusterIPs", StringComparison.Ordinal))
            return;
        // The version up to which the history is gone.
        if (one.StartsWith("too old resource version", StringComparison.Ordinal))
            (one, other) = (one.Split('(')[0], other.Split('(')[0]);
        if (mapping.InText(one) != other)
            Found.Add($"{path}: {Short(real)} is {Short(simulated)}");
    }

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        null => JsonValueKind.Null,
        JsonValueKind.False => JsonValueKind.True,
        { } kind => kind,
    };

    private static string Short(JsonNode? node)
    {
        var text = node?.ToJsonString() ?? "null";
        return text.Length > 150 ? text[..150] + "…" : text;
    }
}
