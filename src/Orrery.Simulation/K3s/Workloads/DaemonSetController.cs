using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Pods;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Workloads;

/// <summary>DaemonSets: one pod on each node; a changed template replaces it.</summary>
internal sealed class DaemonSetController
{
    private const string Manager = "kube-controller-manager";
    private const string Revision = "controller-revision-hash";

    private readonly ClusterStore _store;

    public DaemonSetController(SimulatedCluster cluster)
    {
        _store = cluster.Store;
        cluster.Loop.On("apps", "DaemonSet", Reconcile);
        cluster.Loop.On("", "Pod", static pod => PodTemplate.OwnerOf(pod, "DaemonSet"), Reconcile);
        cluster.Loop.On("", "Node", _ => cluster.Store.PeekAll("apps/v1", "DaemonSet").Select(ObjectKey.Of), Reconcile);
    }

    private void Reconcile(ObjectKey key)
    {
        if (_store.Get("apps/v1", "DaemonSet", key.Namespace, key.Name) is not { } set || set.IsGoing())
            return;
        var revision = PodTemplate.HashOf(set);
        var pods = PodTemplate.PodsOf(_store, set);
        var places = _store.PeekAll("v1", "Node").Where(node => PodPlaces.Selects(set.At("spec", "template"), node))
            .Select(node => node.Name()).ToList();
        var nodes = places.Count;
        foreach (var pod in pods.Where(pod => pod.IsFinished()
            || pod.Labels()?[Revision].Text() != revision || !places.Contains(PodPlaces.BoundTo(pod) ?? "")).ToList())
        {
            pods.Remove(pod);
            _store.Delete("v1", "Pod", key.Namespace, pod.Name());
        }

        foreach (var place in places.Where(place => pods.TrueForAll(pod => PodPlaces.BoundTo(pod) != place)).ToList())
        {
            var made = PodPlaces.Bind(PodTemplate.PodOf(set).Labelled(Revision, revision), place);
            made.Child("metadata")["generateName"] = key.Name + "-";
            pods.Add(_store.Create(made, new WriteOptions { Manager = Manager }));
        }

        var ready = pods.Count(pod => pod.IsReady());
        var status = new JsonObject
        {
            ["currentNumberScheduled"] = pods.Count,
            ["desiredNumberScheduled"] = nodes,
            ["numberAvailable"] = ready,
            ["numberMisscheduled"] = 0,
            ["numberReady"] = ready,
            ["observedGeneration"] = set.At("metadata", "generation").Number() ?? 1,
            ["updatedNumberScheduled"] = pods.Count,
        };
        if (nodes > ready)
            status["numberUnavailable"] = nodes - ready;
        set["status"] = status;
        _store.HandOverStatus(set, Manager);
    }
}
