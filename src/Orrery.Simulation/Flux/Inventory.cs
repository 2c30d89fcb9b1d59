using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Health;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Flux;

/// <summary>
/// What a Kustomization has applied, as its status says it: <c>shop_web_apps_Deployment</c>. What is no longer built
/// is pruned by it. https://fluxcd.io/flux/components/kustomize/kustomizations/#inventory
/// </summary>
internal static class Inventory
{
    private const string Annotation = "kustomize.toolkit.fluxcd.io/";

    public static JsonObject Of(IEnumerable<JsonObject> objects) => new()
    {
        ["entries"] = new JsonArray([.. objects.Select(item => (JsonNode)new JsonObject
        {
            ["id"] = IdOf(item),
            ["v"] = (item.TextAt("apiVersion") ?? "").Split('/')[^1],
        })]),
    };

    /// <summary>What stood in the inventory and is not among the objects; of those that may be pruned.</summary>
    public static IEnumerable<JsonObject> Stale(
        ClusterStore store, JsonObject kustomization, IEnumerable<JsonObject> objects)
    {
        var built = objects.Select(IdOf).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in kustomization.At("status", "inventory", "entries").Items())
        {
            if (entry.TextAt("id") is not { } id || built.Contains(id)
                || id.Split('_') is not [var ns, var name, var group, var kind])
                continue;
            var apiVersion = group.Length == 0 ? entry.TextAt("v") : $"{group}/{entry.TextAt("v")}";
            if (store.Get(apiVersion ?? "", kind, ns, name) is { } item && MayPrune(kustomization, item))
                yield return item;
        }
    }

    /// <summary>An object that is left alone where it is there already.</summary>
    public static bool IsOnlyMade(JsonObject item) => Setting(item, "ssa") == "IfNotPresent";

    public static JsonObject Marked(JsonObject item, JsonObject kustomization) => item
        .Labelled(Annotation + "name", kustomization.Name())
        .Labelled(Annotation + "namespace", kustomization.Namespace());

    private static bool MayPrune(JsonObject kustomization, JsonObject item) =>
        !item.IsGoing() && Setting(item, "prune") != "disabled"
        && item.Labels().TextAt(Annotation + "name") == kustomization.Name()
        && item.Labels().TextAt(Annotation + "namespace") == kustomization.Namespace();

    // A label counts as an annotation does.
    private static string? Setting(JsonObject item, string name) =>
        item.At("metadata", "annotations").TextAt(Annotation + name) ?? item.Labels().TextAt(Annotation + name);

    private static string IdOf(JsonObject item) =>
        $"{item.Namespace()}_{item.Name()}_{HealthChecks.GroupOf(item)}_{item.TextAt("kind")}";
}
