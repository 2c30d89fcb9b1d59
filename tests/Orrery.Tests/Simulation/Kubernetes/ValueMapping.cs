using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>Which simulated uid, version and generated name stands for which recorded one.</summary>
internal sealed partial class ValueMapping
{
    private readonly Dictionary<string, string> _texts = [];
    private readonly SortedDictionary<long, string> _versions = [];
    private readonly Dictionary<string, string> _tokens = [];

    public void Learn(string member, string real, string simulated)
    {
        if (member == "resourceVersion" && long.TryParse(real, CultureInfo.InvariantCulture, out var version))
            _versions[version] = simulated;
        else if (member == "continue")
            _tokens[real] = simulated;
        else if (member is "uid" || (member == "name" && Generated().IsMatch(real)))
            _texts[real] = simulated;
        else if (member == "cells" && _texts.ContainsKey(real))
            _texts[real] = simulated;
    }

    /// <summary>A text with the simulated uids and names.</summary>
    public string InText(string text)
    {
        foreach (var (real, simulated) in _texts)
            text = text.Replace(real, simulated, StringComparison.Ordinal);
        return text;
    }

    public string InQuery(string query)
    {
        query = InText(query);
        foreach (var (real, simulated) in _tokens)
            query = query.Replace($"continue={real}", $"continue={simulated}", StringComparison.Ordinal);
        return Versions().Replace(query, match => $"resourceVersion={Version(match.Groups["version"].Value)}");
    }

    public string InBody(string body)
    {
        body = InText(body);
        var isJson = body.StartsWith('{') || body.StartsWith('[');
        if (!isJson || !body.Contains("resourceVersion", StringComparison.Ordinal))
            return body;
        var document = JsonNode.Parse(body);
        Replace(document);
        return document!.ToJsonString();
    }

    private void Replace(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Replace(item);
        }

        if (node is not JsonObject members)
            return;
        var path = (string?)(members["path"] as JsonValue);
        if (path == "/metadata/resourceVersion" && members["value"] is JsonValue given)
            members["value"] = Version((string)given!);
        foreach (var (name, member) in members.ToList())
        {
            if (name == "resourceVersion" && member is JsonValue value)
                members[name] = Version((string)value!);
            else
                Replace(member);
        }
    }

    /// <summary>Ours for theirs; the last one before it where that very one was never seen.</summary>
    private string Version(string real)
    {
        if (!long.TryParse(real, CultureInfo.InvariantCulture, out var version) || version < 10 || version > 1_000_000)
            return real;
        return _versions.LastOrDefault(pair => pair.Key <= version).Value ?? real;
    }

    [GeneratedRegex("^(gen|kube-api-access)-[a-z0-9]{5}$")]
    private static partial Regex Generated();

    [GeneratedRegex("resourceVersion=(?<version>[0-9]+)")]
    private static partial Regex Versions();
}
