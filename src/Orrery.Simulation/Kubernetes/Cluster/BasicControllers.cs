using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Cluster;

/// <summary>
/// What every cluster does by itself, whatever runs in it: empties deleted namespaces, collects the dependents of
/// deleted owners, and gives each namespace its service account and the cluster's certificate.
/// </summary>
internal sealed class BasicControllers
{
    private const string VolumeFinalizer = "kubernetes.io/pv-protection";

    private const string ClaimFinalizer = "kubernetes.io/pvc-protection";

    private readonly ClusterStore _store;
    private readonly Agenda _agenda;
    private readonly TimeSpan _delay;

    private BasicControllers(ClusterStore store, Agenda agenda, TimeSpan delay) =>
        (_store, _agenda, _delay) = (store, agenda, delay);

    public static void Start(ClusterStore store, Agenda agenda, TimeSpan delay)
    {
        var controllers = new BasicControllers(store, agenda, delay);
        store.Changed += controllers.Look;
        foreach (var ns in store.List("v1", "Namespace"))
            controllers.After(() => controllers.Equip(ns.TextAt("metadata", "name") ?? ""));
    }

    private void Look(StoreChange change)
    {
        var name = change.Object.TextAt("metadata", "name") ?? "";
        var uid = change.Object.TextAt("metadata", "uid") ?? "";
        if (change is { Kind: { Kind: "Namespace", Group: "" }, Type: not ChangeType.Deleted })
        {
            if (change.Object.TextAt("status", "phase") == "Terminating")
                After(() => Empty(name));
            else if (change.Type == ChangeType.Added)
                After(() => Equip(name));
        }

        if (change.Type == ChangeType.Deleted)
        {
            After(() => Collect(uid, isOrphaning: false));
            // What stands in a namespace that is being deleted may have been the last.
            if (change.Object.TextAt("metadata", "namespace") is { } ns)
                After(() => Empty(ns));
            if (change.Kind.Kind == "CustomResourceDefinition")
                return;
        }
        else if (change.Object.At("metadata", "deletionTimestamp") is not null)
        {
            After(() => Finalize(change.Kind, change.Object));
        }
    }

    private void After(Action action) => _agenda.After(_delay, action);

    private void Equip(string ns)
    {
        if (_store.Get("v1", "Namespace", "", ns) is not { } found || found.TextAt("status", "phase") != "Active")
            return;
        if (_store.Get("v1", "ServiceAccount", ns, "default") is null)
            Make("ServiceAccount", ns, "default", []);
        if (_store.Get("v1", "ConfigMap", ns, "kube-root-ca.crt") is null)
        {
            Make("ConfigMap", ns, "kube-root-ca.crt", new JsonObject
            {
                ["data"] = new JsonObject { ["ca.crt"] = "(simulated certificate)\n" },
            });
        }
    }

    private void Make(string kind, string ns, string name, JsonObject rest)
    {
        rest["apiVersion"] = "v1";
        rest["kind"] = kind;
        rest["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns };
        _store.Create(rest, new WriteOptions { Manager = "kube-controller-manager" });
    }

    /// <summary>Deletes what is left in a namespace that is being deleted; when nothing is, the namespace.</summary>
    private void Empty(string name)
    {
        if (_store.Get("v1", "Namespace", "", name) is not { } ns || ns.TextAt("status", "phase") != "Terminating")
            return;
        var isEmpty = true;
        foreach (var kind in _store.Kinds.Stored.Where(kind => kind.IsNamespaced).ToList())
        {
            var left = _store.Table.All(kind).Where(item => item.TextAt("metadata", "namespace") == name);
            foreach (var item in left.ToList())
            {
                isEmpty = false;
                if (item.At("metadata", "deletionTimestamp") is null)
                    _store.Removal.Delete(kind, name, item.TextAt("metadata", "name") ?? "", new DeleteOptions());
            }
        }

        if (!isEmpty)
            return;
        ns["spec"] = new JsonObject();
        _store.Update(ns, new WriteOptions { Manager = "kube-controller-manager", Subresource = "finalize" });
    }

    /// <summary>The owner is gone: its dependents go too, unless another owner is left.</summary>
    private void Collect(string uid, bool isOrphaning)
    {
        foreach (var (kind, item) in Dependents(uid))
        {
            var references = (JsonArray)item["metadata"]!["ownerReferences"]!;
            var isLast = references.All(reference => reference.TextAt("uid") == uid);
            if (isLast && !isOrphaning)
            {
                var (ns, name) = (item.TextAt("metadata", "namespace") ?? "", item.TextAt("metadata", "name") ?? "");
                _store.Removal.Delete(kind, ns, name, new DeleteOptions());
                continue;
            }

            var changed = item.Copy();
            var left = references.Where(reference => reference.TextAt("uid") != uid)
                .Select(reference => reference?.DeepClone());
            changed["metadata"]!["ownerReferences"] = new JsonArray([.. left]);
            _store.Update(changed, new WriteOptions { Manager = "kube-controller-manager" });
        }
    }

    /// <summary>The finalizers of the garbage collector itself.</summary>
    private void Finalize(ResourceKind kind, JsonObject changed)
    {
        var (ns, name) = (changed.TextAt("metadata", "namespace") ?? "", changed.TextAt("metadata", "name") ?? "");
        if (_store.Table.Find(kind, ns, name) is not { } item)
            return;
        var uid = item.TextAt("metadata", "uid") ?? "";
        var finalizers = (item.At("metadata", "finalizers") as JsonArray ?? []).Select(each => each.Text()).ToList();
        if (finalizers.Contains("orphan"))
        {
            Collect(uid, isOrphaning: true);
            Drop(kind, item, "orphan");
        }
        else if (finalizers.Contains("foregroundDeletion"))
        {
            Collect(uid, isOrphaning: false);
            if (Dependents(uid).Count == 0)
                Drop(kind, item, "foregroundDeletion");
            else
                After(() => Finalize(kind, changed));
        }
        else if (finalizers.Find(each => each is VolumeFinalizer or ClaimFinalizer) is { } protection)
        {
            Drop(kind, item, protection);
        }
    }

    private void Drop(ResourceKind kind, JsonObject item, string finalizer)
    {
        if (_store.Table.Find(kind, item.TextAt("metadata", "namespace") ?? "", item.TextAt("metadata", "name") ?? "")
            is not { } live)
        {
            return;
        }

        var changed = live.Copy();
        var left = (changed.At("metadata", "finalizers") as JsonArray ?? [])
            .Where(each => each.Text() != finalizer).Select(each => each?.DeepClone());
        changed["metadata"]!["finalizers"] = new JsonArray([.. left]);
        _store.Update(changed, new WriteOptions { Manager = "kube-controller-manager" });
    }

    private List<(ResourceKind Kind, JsonObject Item)> Dependents(string uid) =>
        [.. _store.Kinds.Stored
            .SelectMany(kind => _store.Table.All(kind).Select(item => (kind, item)))
            .Where(pair => (pair.item.At("metadata", "ownerReferences") as JsonArray ?? [])
                .Any(reference => reference.TextAt("uid") == uid))];
}
