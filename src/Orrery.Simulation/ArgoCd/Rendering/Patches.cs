using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Patches;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>Kustomize's patches: strategic merges and lists of JSON operations.</summary>
internal static class Patches
{
    private static readonly TimeSpan MatchMax = TimeSpan.FromSeconds(1);

    public static void Apply(
        List<JsonObject> objects, string text, JsonObject? target, Func<JsonObject, Shape> shapeOf)
    {
        try
        {
            foreach (var patch in YamlDocuments.All(text))
                Apply(objects, patch, target, shapeOf);
        }
        catch (ApiFailure problem)
        {
            throw new ManifestException($"unable to parse SM or JSON patch from [{Shorten(text)}]: {problem.Message}");
        }
    }

    private static void Apply(
        List<JsonObject> objects, JsonNode? patch, JsonObject? target, Func<JsonObject, Shape> shapeOf)
    {
        if (patch is JsonObject merge)
        {
            var hit = objects.Where(item => target is null ? IsOf(item, merge) : Fits(item, target)).ToList();
            if (hit.Count == 0 && target is null)
            {
                throw new ManifestException(
                    $"no resource matches strategic merge patch"
                        + $" \"{merge.TextAt("kind")}/{merge.TextAt("metadata", "name")}\"");
            }

            foreach (var item in hit)
                Merge(objects, item, merge, shapeOf);
        }
        else if (patch is JsonArray operations)
        {
            if (target is null)
                throw new ManifestException("must specify a target for JSON patch");
            foreach (var item in objects.Where(item => Fits(item, target)).ToList())
                JsonPatch.Apply(item, operations);
        }
    }

    private static void Merge(
        List<JsonObject> objects, JsonObject item, JsonObject patch, Func<JsonObject, Shape> shapeOf)
    {
        var change = patch.Copy();
        // Whom it meant says the target; a patch renames nothing.
        change.Remove("apiVersion");
        change.Remove("kind");
        (change["metadata"] as JsonObject)?.Remove("name");
        (change["metadata"] as JsonObject)?.Remove("namespace");
        if (StrategicMergePatch.Apply(item, change, shapeOf(item)) is null)
            objects.Remove(item);
    }

    private static bool IsOf(JsonObject item, JsonObject patch) =>
        item.TextAt("kind") == patch.TextAt("kind")
        && Health.HealthChecks.GroupOf(item) == Health.HealthChecks.GroupOf(patch)
        && item.TextAt("metadata", "name") == patch.TextAt("metadata", "name")
        && (patch.TextAt("metadata", "namespace") is not { } ns || item.TextAt("metadata", "namespace") == ns);

    private static bool Fits(JsonObject item, JsonObject target)
    {
        if (target["annotationSelector"] is not null)
            throw new ManifestException(
                "the simulated Argo CD does not support the kustomize field 'annotationSelector'");
        return IsMatch(target["group"], Health.HealthChecks.GroupOf(item))
            && IsMatch(target["version"], (item.TextAt("apiVersion") ?? "").Split('/')[^1])
            && IsMatch(target["kind"], item.TextAt("kind"))
            && IsMatch(target["name"], item.TextAt("metadata", "name"))
            && IsMatch(target["namespace"], item.TextAt("metadata", "namespace"))
            && (target["labelSelector"].Text() is not { } selector
                || LabelSelector.Parse(selector).Matches(item.At("metadata", "labels") as JsonObject));
    }

    private static bool IsMatch(JsonNode? pattern, string? value) =>
        pattern.Text() is not { Length: > 0 } text
        || Regex.IsMatch(value ?? "", $"^(?:{text})$", RegexOptions.CultureInvariant, MatchMax);

    private static string Shorten(string text)
    {
        const int charactersMax = 80;
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= charactersMax ? line : line[..charactersMax];
    }
}
