using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd.Syncing;

/// <summary>The objects that each Application has delivered, and how they compare with what it wants.</summary>
internal sealed class ManagedObjects
{
    public const string Manager = "argocd-controller";

    /// <summary>Client-side apply keeps the whole object in an annotation of at most this size.</summary>
    private const int AnnotationBytesMax = 262_144;

    private readonly ClusterStore _store;
    private readonly Dictionary<string, Dictionary<ObjectKey, string>> _byApplication = new(StringComparer.Ordinal);

    public ManagedObjects(ClusterStore store)
    {
        _store = store;
        foreach (var kind in store.Kinds.Stored.ToList())
        {
            foreach (var item in store.PeekAll(kind.ApiVersion, kind.Kind))
                Note(item, isGone: false);
        }
    }

    /// <summary>The Applications that a change concerns.</summary>
    public IEnumerable<string> Note(StoreChange change)
    {
        var before = change.Before is null ? null : ObjectKey.OwnerOf(change.Before);
        var now = ObjectKey.OwnerOf(change.Object);
        if (before is not null && before != now)
            Note(change.Before!, isGone: true);
        if (now is not null)
            Note(change.Object, change.Type == ChangeType.Deleted);
        return new[] { before, now }.OfType<string>().Distinct();
    }

    /// <summary>What an Application has delivered and still exists, as stored: not to be changed.</summary>
    public IReadOnlyList<JsonObject> Of(string application) =>
        !_byApplication.TryGetValue(application, out var keys)
            ? []
            : [.. keys.Select(pair => _store.Peek(pair.Value, pair.Key.Kind, pair.Key.Namespace, pair.Key.Name))
                .OfType<JsonObject>()];

    /// <summary>What is there in place of what is wanted, as stored: another object after each change.</summary>
    public JsonObject? Live(JsonObject target) => _store.Peek(
        target.TextAt("apiVersion") ?? "", target.TextAt("kind") ?? "",
        target.TextAt("metadata", "namespace") ?? "", target.TextAt("metadata", "name") ?? "");

    /// <summary>Applying would change nothing.</summary>
    public bool IsSame(JsonObject target, JsonObject live)
    {
        try
        {
            var after = Apply(target, isDryRun: true);
            return after.EqualsBut(live, "status", "metadata")
                && after.Child("metadata").EqualsBut(
                    live.Child("metadata"), "managedFields", "resourceVersion", "generation");
        }
        catch (ApiFailure)
        {
            return false;
        }
    }

    /// <summary>
    /// What could be applied to one of them without a change can be applied so to the other. A webhook may refuse for
    /// reasons of its own: with one nothing is known.
    /// </summary>
    public bool DifferOnlyInStatus(JsonObject one, JsonObject other)
    {
        const string admission = "admissionregistration.k8s.io/v1";
        return !_store.PeekAll(admission, "ValidatingWebhookConfiguration").Any()
            && !_store.PeekAll(admission, "MutatingWebhookConfiguration").Any()
            && one.EqualsBut(other, "status", "metadata")
            && one["metadata"] is JsonObject mine && other["metadata"] is JsonObject its
            && mine.EqualsBut(its, "managedFields", "resourceVersion")
            && Owners(mine).SequenceEqual(Owners(its), SameOwner.Instance);

        static IEnumerable<JsonObject> Owners(JsonObject metadata) =>
            (metadata["managedFields"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(entry => entry["subresource"].Text() != "status");
    }

    public JsonObject Apply(JsonObject target, bool isDryRun) => _store.Apply(
        target, new WriteOptions { Manager = Manager, Force = true, IsDryRun = isDryRun });

    /// <summary>What client-side apply would refuse, by the size of its annotation.</summary>
    public static string? ProblemOfSize(JsonObject target, bool isServerSide)
    {
        if (isServerSide || JsonText.Bytes(target).Length <= AnnotationBytesMax)
            return null;
        var key = ObjectKey.Of(target);
        return $"{key.Kind}{(key.Group.Length > 0 ? "." + key.Group : "")} \"{key.Name}\" is invalid:"
            + $" metadata.annotations: Too long: may not be more than {AnnotationBytesMax} bytes";
    }

    private void Note(JsonObject item, bool isGone)
    {
        if (ObjectKey.OwnerOf(item) is not { } application)
            return;
        if (!_byApplication.TryGetValue(application, out var keys))
            _byApplication[application] = keys = [];
        var key = ObjectKey.Of(item);
        if (isGone)
            keys.Remove(key);
        else
            keys[key] = item.TextAt("apiVersion") ?? "";
    }

    /// <summary>The same owner of the same fields, since whenever.</summary>
    private sealed class SameOwner : IEqualityComparer<JsonObject>
    {
        public static SameOwner Instance { get; } = new();

        public bool Equals(JsonObject? x, JsonObject? y) => x is not null && y is not null && x.EqualsBut(y, "time");

        public int GetHashCode(JsonObject obj) => obj.Count;
    }
}
