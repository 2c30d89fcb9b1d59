using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Workloads;

/// <summary>ReplicaSets: as many pods as they say.</summary>
internal sealed class ReplicaSetController
{
    private const string Manager = "kube-controller-manager";

    private readonly ClusterStore _store;

    public ReplicaSetController(SimulatedCluster cluster)
    {
        _store = cluster.Store;
        cluster.Loop.On("apps", "ReplicaSet", Reconcile);
        cluster.Loop.On("", "Pod", static pod => PodTemplate.OwnerOf(pod, "ReplicaSet"), Reconcile);
    }

    private void Reconcile(ObjectKey key)
    {
        if (_store.Peek("apps/v1", "ReplicaSet", key.Namespace, key.Name) is not { } set || set.IsGoing())
            return;
        var pods = PodTemplate.PodsOf(_store, set);
        foreach (var pod in pods.Where(pod => pod.IsFinished()).ToList())
        {
            pods.Remove(pod);
            _store.Delete("v1", "Pod", key.Namespace, pod.Name());
        }

        // Pods that are going still count: the next starts when they are gone only where somebody waits for that.
        var wanted = set.Replicas();
        foreach (var pod in pods.OrderBy(pod => pod.IsReady()).Take(Math.Max(0, pods.Count - wanted)).ToList())
        {
            pods.Remove(pod);
            _store.Delete("v1", "Pod", key.Namespace, pod.Name());
        }

        for (var missing = wanted - pods.Count; missing > 0; missing--)
        {
            var made = PodTemplate.PodOf(set);
            made.Child("metadata")["generateName"] = key.Name + "-";
            pods.Add(_store.Create(made, new WriteOptions { Manager = Manager }));
        }

        var going = _store.PeekAll("v1", "Pod", key.Namespace).Count(pod => pod.IsGoing() && pod.IsOwnedBy(set.Uid()));
        var ready = pods.Count(pod => pod.IsReady());
        var status = new JsonObject
        {
            ["replicas"] = pods.Count + (wanted == 0 ? going : 0),
            ["fullyLabeledReplicas"] = pods.Count,
            ["readyReplicas"] = ready,
            ["availableReplicas"] = ready,
            ["observedGeneration"] = set.At("metadata", "generation").Number() ?? 1,
        };
        if (JsonNode.DeepEquals(set["status"], status))
            return;
        set = set.Copy();
        set["status"] = status;
        _store.HandOverStatus(set, Manager);
    }
}
