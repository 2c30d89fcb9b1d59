using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Flux;

/// <summary>
/// How kustomize-controller applies: namespaces and definitions first, then everything else is tried before any of it
/// is changed (<c>ApplyAllStaged</c> of https://github.com/fluxcd/pkg/tree/main/ssa).
/// </summary>
internal sealed class KustomizeApply(ClusterStore store)
{
    public const string Manager = "kustomize-controller";

    private static readonly HashSet<string> First = new(StringComparer.Ordinal)
    {
        "ClusterRole", "CustomResourceDefinition", "Namespace",
    };

    public static string Shown(JsonObject item) => item.Namespace().Length == 0
        ? $"{item.TextAt("kind")}/{item.Name()}"
        : $"{item.TextAt("kind")}/{item.Namespace()}/{item.Name()}";

    /// <summary>Why it cannot be, or null.</summary>
    public string? Apply(List<JsonObject> objects)
    {
        foreach (var item in objects)
        {
            if (Decryptor.IsEncryptedSecret(item))
            {
                return $"{Shown(item)} is SOPS encrypted, configuring decryption is required for this secret to be"
                    + " reconciled";
            }
        }

        var stages = objects.ToLookup(item => First.Contains(item.TextAt("kind") ?? ""));
        return Stage([.. stages[true]]) ?? Stage([.. stages[false]]);
    }

    public void Prune(JsonObject kustomization, IEnumerable<JsonObject> objects)
    {
        foreach (var item in Inventory.Stale(store, kustomization, objects).ToList())
        {
            store.Delete(
                item.TextAt("apiVersion") ?? "", item.TextAt("kind") ?? "", item.Namespace(), item.Name(),
                new DeleteOptions { Propagation = "Background" });
        }
    }

    private string? Stage(IReadOnlyList<JsonObject> objects) =>
        Apply(objects, isDryRun: true) ?? Apply(objects, isDryRun: false);

    private string? Apply(IReadOnlyList<JsonObject> objects, bool isDryRun)
    {
        foreach (var item in objects)
        {
            var apiVersion = item.TextAt("apiVersion") ?? "";
            if (Inventory.IsOnlyMade(item)
                && store.Get(apiVersion, item.TextAt("kind") ?? "", item.Namespace(), item.Name()) is not null)
                continue;
            try
            {
                store.Apply(
                    item.Copy(), new WriteOptions { Manager = Manager, Force = true, IsDryRun = isDryRun });
            }
            catch (ApiFailure problem)
            {
                return $"{Shown(item)}{(isDryRun ? " dry-run" : "")} failed: {problem.Message}";
            }
        }

        return null;
    }
}
