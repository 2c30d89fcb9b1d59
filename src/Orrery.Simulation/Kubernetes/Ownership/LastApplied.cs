using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Ownership;

/// <summary>
/// The annotation of client-side <c>kubectl apply</c>, which the server honours when the same kubectl goes over to
/// server-side apply: what it applied before is no conflict, and the annotation follows what it applies now.
/// </summary>
internal static class LastApplied
{
    public const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    private const string Kubectl = "kubectl";

    /// <summary>The fields that may be taken over: applied before, and since then unchanged.</summary>
    public static FieldSet Allowed(JsonObject live, FieldOwner owner, Shape shape)
    {
        if (owner.Manager != Kubectl || live.TextAt("metadata", "annotations", Annotation) is not { } text)
            return new FieldSet();
        try
        {
            var applied = JsonNode.Parse(text) as JsonObject ?? [];
            var difference = ValueDifference.Between(applied, live, shape);
            var set = FieldSet.Difference(ValueDifference.Leaves(applied, shape), difference.Set);
            return FieldSet.Difference(set, difference.Removed);
        }
        catch (JsonException)
        {
            // An annotation that is no configuration allows nothing.
            return new FieldSet();
        }
    }

    public static void Follow(JsonObject merged, JsonObject config, FieldOwner owner)
    {
        if (owner.Manager != Kubectl || merged.TextAt("metadata", "annotations", Annotation) is null)
            return;
        var applied = config.Copy();
        applied.Child("metadata").Remove("managedFields");
        if (applied.At("metadata", "annotations") is JsonObject annotations)
        {
            annotations.Remove(Annotation);
            if (annotations.Count == 0)
                applied.Child("metadata").Remove("annotations");
        }

        merged.Child("metadata").Child("annotations")[Annotation] = JsonText.Of(Sorted(applied)) + "\n";
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
