using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// One of Flux' controllers for one kind: looks at an object when what is wanted of it changes, when somebody asks in
/// an annotation, when what it depends on has changed, and at its interval. It runs once its Deployment is ready.
/// </summary>
public abstract class FluxController
{
    private const string Requested = "reconcile.fluxcd.io/requestedAt";
    private const string Finalizer = "finalizers.fluxcd.io";

    private readonly Agenda _agenda;
    private readonly FluxProcess _process;
    private readonly string _apiVersion;
    private readonly string _kind;
    private readonly Dictionary<ObjectKey, (TimeSpan Due, bool IsPoll)> _due = [];

    private protected FluxController(
        ClusterStore store, Agenda agenda, FluxOptions options, (string ApiVersion, string Kind) of,
        FluxProcess process)
    {
        (Store, _agenda, Options, _process) = (store, agenda, options, process);
        (_apiVersion, _kind) = of;
        store.Changed += change =>
        {
            if (change.Kind.Kind == _kind && change.Kind.ApiVersion == _apiVersion && IsNews(change))
                LookAt(ObjectKey.Of(change.Object), options.Reaction);
        };
    }

    private protected ClusterStore Store { get; }

    private protected FluxOptions Options { get; }

    private protected TimeSpan Requeue => _process.Requeue();

    private protected TimeSpan Now => _agenda.Now;

    /// <summary>Looks at everything, as controllers do when they start.</summary>
    public void Begin()
    {
        Forget();
        foreach (var item in All())
            LookAt(ObjectKey.Of(item), Options.Reaction);
    }

    /// <summary>What it held in memory and on its disk is gone.</summary>
    private protected virtual void Forget()
    {
    }

    /// <summary>Does what is to be done for one object, and says so in its status.</summary>
    /// <returns>Null where nothing is to come by itself.</returns>
    private protected abstract Later? Reconcile(ObjectKey key, JsonObject item);

    /// <summary>Takes back what it has made; it is called again until that is gone.</summary>
    /// <returns>Null when nothing is left.</returns>
    private protected virtual Later? Finish(ObjectKey key, JsonObject item) => null;

    /// <summary>Whether the object shall be held until <see cref="Finish"/> has ended.</summary>
    private protected virtual bool HasFinalizer => false;

    private protected void LookAt(ObjectKey key, TimeSpan after) => Plan(key, Later.Step(after));

    /// <summary>As stored: they are not changed.</summary>
    private protected IReadOnlyList<JsonObject> All() => [.. Store.PeekAll(_apiVersion, _kind)];

    /// <summary>Says how it is with one; a moment changes with the word alone.</summary>
    /// <param name="isReady">Null while nobody knows.</param>
    private protected void Tell(JsonObject item, bool? isReady, string reason, string message)
    {
        var before = item.At("status", "conditions").Items()
            .FirstOrDefault(each => each.TextAt("type") == "Ready");
        var word = isReady is { } known ? $"{known}" : "Unknown";
        item.Child("status")["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = "Ready",
            ["status"] = word,
            ["reason"] = reason,
            ["message"] = message,
            ["observedGeneration"] = item.At("metadata", "generation")?.DeepClone(),
            ["lastTransitionTime"] = before.TextAt("status") == word
                ? before.TextAt("lastTransitionTime") ?? Store.Now : Store.Now,
        });
        if (isReady is not null)
            item["status"]!["observedGeneration"] = item.At("metadata", "generation").Number() ?? 1;
        if (item.At("metadata", "annotations").TextAt(Requested) is { } requested)
            item["status"]!["lastHandledReconcileAt"] = requested;
        var stored = Store.UpdateStatus(item, Manager);
        item["metadata"] = stored["metadata"]?.DeepClone();
    }

    private protected abstract string Manager { get; }

    private protected static TimeSpan DurationOf(JsonObject item, string name, TimeSpan otherwise) =>
        Settings.DurationOf(item.TextAt("spec", name)) ?? otherwise;

    /// <summary>A field that is not simulated; null where there is none.</summary>
    private protected static string? Unsupported(JsonObject item, IReadOnlySet<string> supported) =>
        (item["spec"] as JsonObject ?? []).FirstOrDefault(
            field => !supported.Contains(field.Key) && !field.Value.IsEmpty()).Key;

    private static bool IsNews(StoreChange change) => change.Before is null
        || change.Before.At("metadata", "generation").Number() != change.Object.At("metadata", "generation").Number()
        || change.Before.At("metadata", "annotations").TextAt(Requested)
            != change.Object.At("metadata", "annotations").TextAt(Requested)
        || change.Before.IsGoing() != change.Object.IsGoing();

    private void Plan(ObjectKey key, Later later)
    {
        var due = Now + later.After;
        if (_due.TryGetValue(key, out var planned) && planned.Due <= due)
            return;
        _due[key] = (due, later.IsPoll);
        if (later.IsPoll)
            _agenda.Poll(later.After, () => Run(key, due));
        else
            _agenda.At(due, () => Run(key, due));
    }

    private void Run(ObjectKey key, TimeSpan due)
    {
        if (!_due.TryGetValue(key, out var planned) || planned.Due != due)
            return;
        _due.Remove(key);
        if (!_process.IsRunning() || Store.Get(_apiVersion, _kind, key.Namespace, key.Name) is not { } item)
            return;
        try
        {
            if (Look(key, item) is { } next)
                Plan(key, next);
        }
        catch (ApiFailure)
        {
            // Another writer was first, or admission is away.
            Plan(key, Later.Step(Options.Retry));
        }
    }

    private Later? Look(ObjectKey key, JsonObject item)
    {
        var finalizers = item.At("metadata", "finalizers") as JsonArray ?? [];
        var own = finalizers.FirstOrDefault(each => each.Text() == Finalizer);
        if (item.IsGoing())
        {
            if (own is null)
                return null;
            if (Finish(key, item) is { } later)
                return later;
            finalizers.Remove(own);
            Store.Update(item, new WriteOptions { Manager = Manager });
            return null;
        }

        if (HasFinalizer && own is null)
        {
            finalizers.Add((JsonNode)Finalizer);
            if (finalizers.Parent is null)
                item.Child("metadata")["finalizers"] = finalizers;
            item = Store.Update(item, new WriteOptions { Manager = Manager });
        }

        return item.At("spec", "suspend").IsTrue() ? null : Reconcile(key, item);
    }
}
