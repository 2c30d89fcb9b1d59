using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Workloads;

/// <summary>StatefulSets: pods with lasting names and claims, one after the other.</summary>
internal sealed class StatefulSetController
{
    private const string Manager = "kube-controller-manager";
    private const string Revision = "controller-revision-hash";

    private readonly ClusterStore _store;

    public StatefulSetController(SimulatedCluster cluster)
    {
        _store = cluster.Store;
        cluster.Loop.On("apps", "StatefulSet", Reconcile);
        cluster.Loop.On("", "Pod", static pod => PodTemplate.OwnerOf(pod, "StatefulSet"), Reconcile);
    }

    private void Reconcile(ObjectKey key)
    {
        if (_store.Get("apps/v1", "StatefulSet", key.Namespace, key.Name) is not { } set || set.IsGoing())
            return;
        var revision = $"{key.Name}-{PodTemplate.HashOf(set)}";
        var wanted = set.Replicas();
        Move(set, revision, wanted);
        var pods = PodTemplate.PodsOf(_store, set);
        var ready = pods.Count(pod => pod.IsReady());
        var updated = pods.Count(pod => pod.Labels()?[Revision].Text() == revision);
        var status = set.Child("status");
        status["observedGeneration"] = set.At("metadata", "generation").Number() ?? 1;
        status["replicas"] = pods.Count;
        status["readyReplicas"] = ready;
        status["availableReplicas"] = ready;
        status["updatedReplicas"] = updated;
        status["updateRevision"] = revision;
        if (updated >= wanted || status["currentRevision"] is null)
            status["currentRevision"] = revision;
        status["currentReplicas"] =
            pods.Count(pod => pod.Labels()?[Revision].Text() == status["currentRevision"].Text());
        status["collisionCount"] = 0;
        _store.HandOverStatus(set, Manager);
    }

    // One step: makes the first pod that is missing, or replaces the last that is of an old template.
    private void Move(JsonObject set, string revision, int wanted)
    {
        var isParallel = set.TextAt("spec", "podManagementPolicy") == "Parallel";
        var pods = PodTemplate.PodsOf(_store, set);
        foreach (var pod in pods.Where(pod => OrdinalOf(pod) >= wanted || pod.IsFinished()))
            _store.Delete("v1", "Pod", set.Namespace(), pod.Name());
        for (var ordinal = 0; ordinal < wanted; ordinal++)
        {
            var name = $"{set.Name()}-{ordinal}";
            if (_store.Peek("v1", "Pod", set.Namespace(), name) is { } pod)
            {
                if (!pod.IsReady() && !isParallel)
                    break;
                continue;
            }

            Make(set, revision, name);
            if (!isParallel)
                return;
        }

        if (set.TextAt("spec", "updateStrategy", "type") == "OnDelete")
            return;
        // A pod of an old template that does not get ready is replaced too.
        var old = pods.Where(pod => pod.Labels()?[Revision].Text() != revision).MaxBy(OrdinalOf);
        if (old is not null && pods.TrueForAll(pod => pod == old || pod.IsReady()))
            _store.Delete("v1", "Pod", set.Namespace(), old.Name());
    }

    private void Make(JsonObject set, string revision, string name)
    {
        var pod = PodTemplate.PodOf(set).Labelled(Revision, revision)
            .Labelled("apps.kubernetes.io/pod-index", name[(name.LastIndexOf('-') + 1)..])
            .Labelled("statefulset.kubernetes.io/pod-name", name);
        pod.Child("metadata")["name"] = name;
        var spec = pod.Child("spec");
        spec["hostname"] = name;
        spec["subdomain"] = set.TextAt("spec", "serviceName");
        var volumes = spec["volumes"] as JsonArray ?? [];
        foreach (var template in set.At("spec", "volumeClaimTemplates").Items())
        {
            var claim = $"{template.Name()}-{name}";
            if (_store.Peek("v1", "PersistentVolumeClaim", set.Namespace(), claim) is null)
            {
                var made = Objects.Of("v1", "PersistentVolumeClaim", set.Namespace(), claim)
                    .With("spec", template["spec"]?.DeepClone());
                made.Child("metadata")["labels"] = set.At("spec", "selector", "matchLabels")?.DeepClone();
                _store.Create(made, new WriteOptions { Manager = Manager });
            }

            volumes.Add((JsonNode)new JsonObject
            {
                ["name"] = template.Name(),
                ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim },
            });
        }

        if (volumes.Parent is null && volumes.Count > 0)
            spec["volumes"] = volumes;
        _store.Create(pod, new WriteOptions { Manager = Manager });
    }

    private static int OrdinalOf(JsonObject pod) => int.TryParse(
        pod.Name()[(pod.Name().LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        ? at
        : 0;
}
