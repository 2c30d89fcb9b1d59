using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.K3s;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Flux's kustomize-controller in a simulated cluster: builds, decrypts and applies what Kustomizations name, and says
/// in each how that went. After version 1.9 (https://github.com/fluxcd/kustomize-controller); what of a Kustomization
/// it does not know is refused by its name.
/// </summary>
public sealed class KustomizeController
{
    private const string Group = "kustomize.toolkit.fluxcd.io";
    private const string ApiVersion = Group + "/v1";
    private const string Manager = "kustomize-controller";

    private static readonly HashSet<string> Supported = new(StringComparer.Ordinal)
    {
        "decryption", "interval", "path", "prune", "retryInterval", "sourceRef", "suspend", "timeout",
    };

    private readonly ClusterStore _store;
    private readonly IArtifacts _artifacts;
    private readonly ControlLoop _loop;
    private readonly Dictionary<ObjectKey, List<JsonObject>> _applied = [];

    /// <param name="agenda">What it does by itself; whoever drives time calls it.</param>
    public KustomizeController(ClusterStore store, Agenda agenda, IArtifacts artifacts)
    {
        (_store, _artifacts) = (store, artifacts);
        _loop = new ControlLoop(store, agenda, new K3sLatencies(), static () => true);
        _loop.On(Group, "Kustomization", Reconcile);
        _loop.LookAtAll();
    }

    private void Reconcile(ObjectKey key)
    {
        if (_store.Get(ApiVersion, "Kustomization", key.Namespace, key.Name) is not { } item || item.IsGoing()
            || item.At("spec", "suspend").IsTrue())
            return;
        var (reason, message) = Run(key, item);
        var isReady = reason == "ReconciliationSucceeded";
        item.Child("status")["observedGeneration"] = item.At("metadata", "generation").Number() ?? 1;
        item.SetCondition(_store.Now, "Ready", isReady, (reason, message));
        _store.UpdateStatus(item, Manager);
        var interval = item.TextAt("spec", isReady ? "interval" : "retryInterval") ?? item.TextAt("spec", "interval");
        _loop.Again(Reconcile, key, Settings.DurationOf(interval) ?? TimeSpan.FromMinutes(1));
    }

    private (string Reason, string Message) Run(ObjectKey key, JsonObject item)
    {
        var source = item.At("spec", "sourceRef");
        var ns = source.TextAt("namespace") ?? key.Namespace;
        if (_artifacts.Find(source.TextAt("kind") ?? "", ns, source.TextAt("name") ?? "") is not { } artifact)
            return ("ArtifactFailed", "Source artifact not found, retrying in 30s");
        var folder = Paths.Join("", item.TextAt("spec", "path") ?? "");
        var isThere = artifact.Files.Keys.Any(
            path => folder.Length == 0 || path.StartsWith(folder + "/", StringComparison.Ordinal));
        if (!isThere)
            return ("ArtifactFailed", $"kustomization path not found: stat /{folder}: no such file or directory");
        List<JsonObject> objects;
        try
        {
            objects = Build(item, artifact, folder);
        }
        catch (ManifestException problem)
        {
            return ("BuildFailed", problem.Message);
        }

        if (Apply(objects) is { } refusal)
            return ("ReconciliationFailed", refusal);
        if (item.At("spec", "prune").IsTrue())
            Prune(key, objects);
        _applied[key] = objects;
        return ("ReconciliationSucceeded", $"Applied revision: {artifact.Revision}");
    }

    private List<JsonObject> Build(JsonObject item, Artifact artifact, string folder)
    {
        foreach (var (name, value) in item["spec"] as JsonObject ?? [])
        {
            if (!Supported.Contains(name) && !value.IsEmpty())
                throw new ManifestException($"the simulated kustomize-controller does not support spec.{name}");
        }

        var decryptor = new Decryptor(_store, item);
        // Where there is no kustomization, one is made of all manifests below.
        var built = Kustomization.FileIn(artifact.Files, folder) is not null
            ? new Kustomization(artifact.Files, ShapeOf).Build(folder, [])
            : PlainFolder.Render(artifact.Files, folder, new JsonObject { ["recurse"] = true });
        return [.. built.Select(each => decryptor.Decrypt(each.Copy()))];
    }

    /// <summary>Everything is tried before anything is changed. Why it cannot be, or null.</summary>
    private string? Apply(List<JsonObject> objects)
    {
        foreach (var item in objects)
        {
            if (Decryptor.IsEncryptedSecret(item))
            {
                return $"{Shown(item)} is SOPS encrypted, configuring decryption is required for this secret to be"
                    + " reconciled";
            }
        }

        return Apply(objects, isDryRun: true) ?? Apply(objects, isDryRun: false);
    }

    private string? Apply(List<JsonObject> objects, bool isDryRun)
    {
        foreach (var item in objects)
        {
            try
            {
                _store.Apply(
                    item.Copy(), new WriteOptions { Manager = Manager, Force = true, IsDryRun = isDryRun });
            }
            catch (ApiFailure problem)
            {
                return $"{Shown(item)}{(isDryRun ? " dry-run" : "")} failed: {problem.Message}";
            }
        }

        return null;
    }

    private void Prune(ObjectKey key, List<JsonObject> objects)
    {
        foreach (var item in _applied.GetValueOrDefault(key) ?? [])
        {
            if (!objects.Exists(each => Shown(each) == Shown(item)))
                _store.Delete(
                    item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "", item.Namespace(), item.Name());
        }
    }

    private static string Shown(JsonObject item) => item.Namespace().Length == 0
        ? $"{item.TextAt("kind")}/{item.Name()}"
        : $"{item.TextAt("kind")}/{item.Namespace()}/{item.Name()}";

    private Shape ShapeOf(JsonObject item) =>
        _store.Kinds.Find(item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "") is { } kind
            ? _store.Shapes.Find(kind) ?? Shape.Anything
            : Shape.Anything;
}
