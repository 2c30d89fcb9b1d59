using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Flux's kustomize-controller in a simulated cluster: builds, decrypts and applies what Kustomizations name once what
/// they depend on is ready, waits until it is healthy where they say so, prunes what is gone, and says in each how that
/// went. After version 1.8 (https://github.com/fluxcd/kustomize-controller); what of a Kustomization it does not know
/// is refused by its name.
/// </summary>
public sealed class KustomizeController : FluxController
{
    private const string ApiVersion = "kustomize.toolkit.fluxcd.io/v1";
    private const string Kind = "Kustomization";

    private static readonly HashSet<string> Supported = new(StringComparer.Ordinal)
    {
        "decryption", "dependsOn", "interval", "path", "prune", "retryInterval", "sourceRef", "suspend", "timeout",
        "wait",
    };

    private readonly IArtifacts _artifacts;
    private readonly KustomizeApply _apply;
    private readonly Dictionary<ObjectKey, Waiting> _waiting = [];

    /// <param name="agenda">What it does by itself; whoever drives time calls it.</param>
    public KustomizeController(
        ClusterStore store, Agenda agenda, IArtifacts artifacts, FluxOptions? options = null,
        FluxProcess? process = null)
        : base(store, agenda, options ?? new FluxOptions(), (ApiVersion, Kind), process ?? new FluxProcess())
    {
        (_artifacts, _apply) = (artifacts, new KustomizeApply(store));
        store.Changed += change =>
        {
            if (change.Object.TextAt("status", "artifact", "revision") is { } now
                && change.Before.TextAt("status", "artifact", "revision") != now)
                Follow(change.Kind.Kind, ObjectKey.Of(change.Object));
        };
    }

    private protected override string Manager => KustomizeApply.Manager;

    private protected override bool HasFinalizer => true;

    private protected override void Forget() => _waiting.Clear();

    /// <summary>What it has applied goes with it.</summary>
    private protected override Later? Finish(ObjectKey key, JsonObject item)
    {
        _waiting.Remove(key);
        if (item.At("spec", "prune").IsTrue())
            _apply.Prune(item, []);
        return null;
    }

    private protected override Later? Reconcile(ObjectKey key, JsonObject item)
    {
        if (_waiting.GetValueOrDefault(key) is { } waiting)
            return Wait(key, item, waiting);
        var source = item.At("spec", "sourceRef");
        var ns = source.TextAt("namespace") ?? key.Namespace;
        if (_artifacts.Find(source.TextAt("kind") ?? "", ns, source.TextAt("name") ?? "") is not { } artifact)
        {
            Tell(item, false, "ArtifactFailed",
                $"Source artifact not found, retrying in {(int)Requeue.TotalSeconds}s");
            return Later.Poll(Requeue);
        }

        if (NotReady(item, artifact.Revision) is { } dependency)
        {
            Tell(item, false, "DependencyNotReady", dependency);
            return Later.Poll(Requeue);
        }

        item.Child("status")["lastAttemptedRevision"] = artifact.Revision;
        Tell(item, null, "Progressing", "Reconciliation in progress");
        return Apply(key, item, artifact);
    }

    private Later Apply(ObjectKey key, JsonObject item, Artifact artifact)
    {
        List<JsonObject> objects;
        try
        {
            objects = Build(item, artifact);
        }
        catch (ManifestException problem)
        {
            var isPath = problem.Message.StartsWith("kustomization path", StringComparison.Ordinal);
            return Failed(item, isPath ? "ArtifactFailed" : "BuildFailed", problem.Message);
        }

        if (_apply.Apply(objects) is { } refusal)
            return Failed(item, "ReconciliationFailed", refusal);
        if (item.At("spec", "prune").IsTrue())
            _apply.Prune(item, objects);
        item["status"]!["inventory"] = Inventory.Of(objects);
        if (!item.At("spec", "wait").IsTrue())
            return Done(item, artifact.Revision);
        var timeout = DurationOf(item, "timeout", DurationOf(item, "interval", TimeSpan.FromMinutes(1)));
        _waiting[key] = new Waiting(artifact.Revision, Now + timeout, objects);
        Store.UpdateStatus(item, Manager);
        return Wait(key, Store.Get(ApiVersion, Kind, key.Namespace, key.Name)!, _waiting[key]);
    }

    /// <summary>One that is waited for is not looked at otherwise, whatever is pushed meanwhile.</summary>
    private Later Wait(ObjectKey key, JsonObject item, Waiting waiting)
    {
        var late = waiting.Objects.Where(each => !Readiness.IsReady(Store.Get(
            each.TextAt("apiVersion") ?? "", each.TextAt("kind") ?? "", each.Namespace(), each.Name()))).ToList();
        if (late.Count > 0 && Now < waiting.Until)
            return Later.Step(Options.HealthInterval);
        _waiting.Remove(key);
        if (late.Count == 0)
            return Done(item, waiting.Revision);
        var shown = late.Select(each => $"{KustomizeApply.Shown(each)} status: 'InProgress'");
        return Failed(item, "HealthCheckFailed", $"timeout waiting for: [{string.Join(", ", shown)}]");
    }

    private Later Done(JsonObject item, string revision)
    {
        item.Child("status")["lastAppliedRevision"] = revision;
        Tell(item, true, "ReconciliationSucceeded", $"Applied revision: {revision}");
        // What was pushed while it waited is news.
        return IsOf(item, revision)
            ? Later.Poll(DurationOf(item, "interval", TimeSpan.FromMinutes(1)))
            : Later.Step(Options.Reaction);
    }

    private Later Failed(JsonObject item, string reason, string message)
    {
        Tell(item, false, reason, message);
        return Later.Poll(DurationOf(item, "retryInterval", DurationOf(item, "interval", TimeSpan.FromMinutes(1))));
    }

    private bool IsOf(JsonObject item, string revision)
    {
        var source = item.At("spec", "sourceRef");
        var ns = source.TextAt("namespace") ?? item.Namespace();
        return _artifacts.Find(source.TextAt("kind") ?? "", ns, source.TextAt("name") ?? "") is not { } newest
            || newest.Revision == revision;
    }

    /// <summary>Why it waits for another, or null.</summary>
    private string? NotReady(JsonObject item, string revision)
    {
        foreach (var reference in item.At("spec", "dependsOn").Items())
        {
            var (ns, name) = (reference.TextAt("namespace") ?? item.Namespace(), reference.TextAt("name") ?? "");
            if (Store.Get(ApiVersion, Kind, ns, name) is not { } other)
            {
                return $"dependency '{ns}/{name}' not found: kustomizations.kustomize.toolkit.fluxcd.io \"{name}\""
                    + " not found";
            }

            if (other.Condition("Ready") != "True"
                || other.At("status", "observedGeneration").Number() != other.At("metadata", "generation").Number())
                return $"dependency '{ns}/{name}' is not ready";
            if (JsonNode.DeepEquals(other.At("spec", "sourceRef"), item.At("spec", "sourceRef"))
                && other.TextAt("status", "lastAppliedRevision") != revision)
                return $"dependency '{ns}/{name}' revision is not up to date";
        }

        return null;
    }

    private List<JsonObject> Build(JsonObject item, Artifact artifact)
    {
        if (Unsupported(item, Supported) is { } field)
            throw new ManifestException($"the simulated kustomize-controller does not support spec.{field}");
        var folder = Paths.Join("", item.TextAt("spec", "path") ?? "");
        var isThere = artifact.Files.Keys.Any(
            path => folder.Length == 0 || path.StartsWith(folder + "/", StringComparison.Ordinal));
        if (!isThere)
            throw new ManifestException($"kustomization path not found: stat /{folder}: no such file or directory");
        var decryptor = new Decryptor(Store, item);
        // Where there is no kustomization, one is made of all manifests below.
        var built = Kustomization.FileIn(artifact.Files, folder) is not null
            ? new Kustomization(artifact.Files, ShapeOf).Build(folder, [])
            : PlainFolder.Render(artifact.Files, folder, new JsonObject { ["recurse"] = true });
        return [.. built.Select(each => Inventory.Marked(decryptor.Decrypt(each.Copy()), item))];
    }

    private void Follow(string kind, ObjectKey source)
    {
        foreach (var item in All())
        {
            var reference = item.At("spec", "sourceRef");
            if (reference.TextAt("kind") == kind && reference.TextAt("name") == source.Name
                && (reference.TextAt("namespace") ?? item.Namespace()) == source.Namespace)
                LookAt(ObjectKey.Of(item), Options.Reaction);
        }
    }

    private Shape ShapeOf(JsonObject item) =>
        Store.Kinds.Find(item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "") is { } kind
            ? Store.Shapes.Find(kind) ?? Shape.Anything
            : Shape.Anything;

    /// <summary>What was applied and must become healthy, and until when.</summary>
    private sealed record Waiting(string Revision, TimeSpan Until, IReadOnlyList<JsonObject> Objects);
}
