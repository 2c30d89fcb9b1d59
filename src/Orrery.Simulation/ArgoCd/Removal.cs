using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Syncing;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd;

/// <summary>Deletes what an Application has delivered before it goes itself, where its finalizer says so.</summary>
internal static class Removal
{
    private const string Finalizer = "resources-finalizer.argocd.argoproj.io";

    /// <summary>True while there is something to wait for.</summary>
    public static bool Continue(ClusterStore store, ManagedObjects managed, JsonObject application)
    {
        var finalizers = application.At("metadata", "finalizers") as JsonArray ?? [];
        var own = finalizers.FirstOrDefault(each =>
            each.Text() is { } text && text.StartsWith(Finalizer, StringComparison.Ordinal));
        if (own is null)
            return false;
        var name = application.TextAt("metadata", "name") ?? "";
        var left = managed.Of(name).Where(item => !SyncAnnotations.HasOption(item, "Delete=false")).ToList();
        if (left.Count == 0)
        {
            finalizers.Remove(own);
            store.Update(application, new WriteOptions { Manager = "argocd-application-controller" });
            return false;
        }

        // The last wave goes first, and the one before it only when that is gone.
        var wave = left.Max(SyncAnnotations.WaveOf);
        foreach (var item in left.Where(item =>
            SyncAnnotations.WaveOf(item) == wave && item.At("metadata", "deletionTimestamp") is null))
        {
            var key = ObjectKey.Of(item);
            store.Delete(
                item.TextAt("apiVersion") ?? "", key.Kind, key.Namespace, key.Name,
                new DeleteOptions
                {
                    Propagation = own.Text()!.EndsWith("/background", StringComparison.Ordinal)
                    ? "Background" : "Foreground"
                });
        }

        return true;
    }
}
