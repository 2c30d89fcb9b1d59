using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Health;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.ArgoCd.Syncing;

/// <summary>Which object: whatever version it is written in.</summary>
internal sealed record ObjectKey(string Group, string Kind, string Namespace, string Name)
{
    public const string TrackingId = "argocd.argoproj.io/tracking-id";

    public static ObjectKey Of(JsonObject item) => new(
        HealthChecks.GroupOf(item), item.TextAt("kind") ?? "", item.TextAt("metadata", "namespace") ?? "",
        item.TextAt("metadata", "name") ?? "");

    /// <summary>As the annotation of what an Application delivers says it.</summary>
    public string TrackingOf(string application) => $"{application}:{Group}/{Kind}:{Namespace}/{Name}";

    /// <summary>
    /// The Application that delivers an object; null for none, and for objects that only copied the annotation.
    /// </summary>
    public static string? OwnerOf(JsonObject item)
    {
        if (item.At("metadata", "annotations").TextAt(TrackingId) is not { } text
            || text.Split(':', 2) is not [var application, var rest])
        {
            return null;
        }

        var key = Of(item);
        // An object of the cluster carries the destination's namespace there.
        return rest == $"{key.Group}/{key.Kind}:{key.Namespace}/{key.Name}"
            || (key.Namespace.Length == 0 && rest.StartsWith($"{key.Group}/{key.Kind}:", StringComparison.Ordinal)
                && rest.EndsWith($"/{key.Name}", StringComparison.Ordinal))
                ? application
                : null;
    }

    /// <summary>For messages: <c>apps/Deployment/web</c>.</summary>
    public override string ToString() => Group.Length == 0 ? $"{Kind}/{Name}" : $"{Group}/{Kind}/{Name}";
}

/// <summary>What annotations of an object say about its delivery.</summary>
internal static class SyncAnnotations
{
    private const string Wave = "argocd.argoproj.io/sync-wave";
    private const string Hook = "argocd.argoproj.io/hook";
    private const string Options = "argocd.argoproj.io/sync-options";

    public static int WaveOf(JsonObject item) =>
        int.TryParse(Annotation(item, Wave), System.Globalization.CultureInfo.InvariantCulture, out var wave) ? wave
            : 0;

    /// <summary>Null for what is no hook.</summary>
    public static string? HookOf(JsonObject item) => Annotation(item, Hook)
        ?? Annotation(item, "helm.sh/hook")?.Split(',')[0] switch
        {
            "pre-install" or "pre-upgrade" => "PreSync",
            "post-install" or "post-upgrade" => "PostSync",
            null or "crd-install" => null,
            _ => "Skip",
        };

    public static bool HasOption(JsonObject item, string option) =>
        Annotation(item, Options)?.Split(',').Any(each => each.Trim() == option) == true;

    private static string? Annotation(JsonObject item, string name) => item.At("metadata", "annotations").TextAt(name);
}
