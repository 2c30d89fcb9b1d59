using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Flux;

/// <summary>The objects of releases in a cluster, which are known by Helm's annotations.</summary>
internal sealed class HelmObjects(ClusterStore store)
{
    public const string Manager = "helm-controller";

    private const string Release = "meta.helm.sh/release-name";
    private const string Space = "meta.helm.sh/release-namespace";

    // Helm waits for these: https://helm.sh/docs/intro/using_helm/.
    private static readonly HashSet<string> Waited = new(StringComparer.Ordinal)
    {
        "DaemonSet", "Deployment", "PersistentVolumeClaim", "StatefulSet",
    };

    /// <summary>False while definitions are not served yet.</summary>
    /// <exception cref="ApiFailure">One is refused.</exception>
    public bool Apply(HelmAction action)
    {
        var stages = action.Objects.ToLookup(IsDefinition);
        foreach (var item in stages[true])
            store.Apply(Marked(item, action), new WriteOptions { Manager = Manager, Force = true });
        if (stages[true].Any(item => !Readiness.IsReady(Stored(store, item))))
            return false;
        foreach (var item in stages[false])
            store.Apply(Marked(item, action), new WriteOptions { Manager = Manager, Force = true });
        return true;
    }

    /// <summary>All of a release but what it consists of now; definitions are left, and what is theirs.</summary>
    public void Delete(JsonObject release, IReadOnlyList<JsonObject> kept)
    {
        var keys = kept.Select(KeyOf).ToHashSet();
        var name = release.TextAt("spec", "releaseName") ?? release.Name();
        foreach (var kind in store.Kinds.Stored.ToList())
        {
            var gone = store.PeekAll(kind.ApiVersion, kind.Kind).Where(item =>
                item.At("metadata", "annotations").TextAt(Release) == name
                && item.At("metadata", "annotations").TextAt(Space) == release.Namespace()
                && !IsDefinition(item) && !keys.Contains(KeyOf(item)) && !item.IsGoing());
            foreach (var item in gone.ToList())
            {
                store.Delete(
                    kind.ApiVersion, kind.Kind, item.Namespace(), item.Name(),
                    new DeleteOptions { Propagation = "Background" });
            }
        }
    }

    /// <summary>The first that is not ready, as Helm names it; null when all are.</summary>
    public static string? Late(ClusterStore store, IEnumerable<JsonObject> objects) => objects
        .Where(item => Waited.Contains(item.TextAt("kind") ?? "") && !Readiness.IsReady(Stored(store, item)))
        .Select(item => $"{item.TextAt("kind")}/{item.Namespace()}/{item.Name()}").FirstOrDefault();

    private static JsonObject? Stored(ClusterStore store, JsonObject item) =>
        store.Peek(item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "", item.Namespace(), item.Name());

    private static bool IsDefinition(JsonObject item) => item.TextAt("kind") == "CustomResourceDefinition";

    private static (string, string, string, string) KeyOf(JsonObject item) =>
        (item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "", item.Namespace(), item.Name());

    private static JsonObject Marked(JsonObject given, HelmAction action)
    {
        var item = given.Copy().Labelled("app.kubernetes.io/managed-by", "Helm");
        var annotations = item.Child("metadata").Child("annotations");
        annotations[Release] = action.Chart.Release;
        annotations[Space] = action.Chart.Namespace;
        return item;
    }
}
