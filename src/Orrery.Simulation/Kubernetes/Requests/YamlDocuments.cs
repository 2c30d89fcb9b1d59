using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>
/// YAML as the server reads it: version 1.1, in which <c>y</c>, <c>no</c> and <c>on</c> without quotes are truths.
/// </summary>
internal static class YamlDocuments
{
    public static JsonNode? Parse(string text) => All(text) is [var first, ..] ? first : null;

    /// <summary>Each document of a stream; empty ones are null.</summary>
    public static IReadOnlyList<JsonNode?> All(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException problem)
        {
            throw ApiFailure.BadRequest($"error decoding YAML: {problem.Message}");
        }

        return [.. stream.Documents.Select(document => Convert(document.RootNode))];
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair =>
            KeyValuePair.Create(NameOf(pair.Key), Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value ?? ""),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value ?? ""),
        _ => null,
    };

    private static string NameOf(YamlNode key)
    {
        var value = Convert(key);
        return value.Text() ?? value?.ToJsonString() ?? "";
    }

    private static JsonNode? Plain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "true" or "True" or "TRUE":
                return JsonValue.Create(true);
            case "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "false" or "False" or "FALSE":
                return JsonValue.Create(false);
            default:
                break;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return JsonValue.Create(integer);
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        // Infinities and the like stay texts.
        return isNumber && text.Any(char.IsAsciiDigit) ? JsonValue.Create(number) : JsonValue.Create(text);
    }
}
