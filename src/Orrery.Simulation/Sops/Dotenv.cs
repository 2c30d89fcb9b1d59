using System.Text.Json.Nodes;

namespace Orrery.Simulation.Sops;

/// <summary>Lines <c>NAME=value</c>, in which SOPS keeps its metadata under names of their own.</summary>
internal static class Dotenv
{
    private const string Prefix = "sops_";
    private const string Recipients = "sops_age__list_";

    /// <summary>Values by name, and the metadata as the member <c>sops</c> of its usual form.</summary>
    public static JsonObject Read(string text)
    {
        var (values, metadata, ages) = (new JsonObject(), new JsonObject(), new JsonArray());
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var pair = line.Split('=', 2);
            var value = pair[^1].Replace("\\n", "\n", StringComparison.Ordinal);
            if (pair[0].StartsWith(Recipients, StringComparison.Ordinal))
            {
                if (pair[0].EndsWith("__map_enc", StringComparison.Ordinal))
                    ages.Add((JsonNode)new JsonObject { ["enc"] = value });
            }
            else if (pair[0].StartsWith(Prefix, StringComparison.Ordinal))
            {
                metadata[pair[0][Prefix.Length..]] = value;
            }
            else
            {
                values[pair[0]] = value;
            }
        }

        metadata["age"] = ages;
        values["sops"] = metadata.Count > 1 ? metadata : null;
        return values;
    }
}
