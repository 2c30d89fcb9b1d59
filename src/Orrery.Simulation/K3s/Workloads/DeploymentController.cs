using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Workloads;

/// <summary>
/// Deployments: a ReplicaSet for each template, the old ones scaled down when the new one is ready, or before it where
/// there must be none beside it.
/// </summary>
internal sealed class DeploymentController
{
    private const string Manager = "kube-controller-manager";

    private readonly SimulatedCluster _cluster;

    public DeploymentController(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("apps", "Deployment", Reconcile);
        cluster.Loop.On("apps", "ReplicaSet", static set => PodTemplate.OwnerOf(set, "Deployment"), Reconcile);
    }

    private ClusterStore Store => _cluster.Store;

    private void Reconcile(ObjectKey key)
    {
        if (Store.Get("apps/v1", "Deployment", key.Namespace, key.Name) is not { } deployment || deployment.IsGoing())
            return;
        var hash = PodTemplate.HashOf(deployment);
        var wanted = deployment.Replicas();
        var uid = deployment.Uid();
        var sets = Store.PeekAll("apps/v1", "ReplicaSet", key.Namespace)
            .Where(set => set.IsOwnedBy(uid)).Select(set => set.Copy()).ToList();
        var current = sets.Find(set => set.Labels()?["pod-template-hash"].Text() == hash);
        var old = sets.Where(set => set != current).ToList();
        var goesFirst = deployment.TextAt("spec", "strategy", "type") == "Recreate"
            || deployment.At("spec", "strategy", "rollingUpdate", "maxSurge").Number() == 0;
        if (goesFirst)
            old.ForEach(set => Scale(set, 0));
        var mayStart = !goesFirst || old.TrueForAll(set => (set.At("status", "replicas").Number() ?? 0) == 0);
        if (mayStart)
            current = current is null ? Make(deployment, hash, wanted) : Scale(current, wanted);
        if (current is not null && Ready(current) >= wanted)
            old.ForEach(set => Scale(set, 0));
        Tell(deployment, current, current is null ? old : [.. old, current]);
    }

    private JsonObject Make(JsonObject deployment, string hash, int replicas)
    {
        var set = Objects.Of("apps/v1", "ReplicaSet", deployment.Namespace(), $"{deployment.Name()}-{hash}")
            .OwnedBy(deployment);
        var template = (JsonObject)deployment.At("spec", "template")!.DeepClone();
        template.Labelled("pod-template-hash", hash);
        var selector = (JsonObject)deployment.At("spec", "selector")!.DeepClone();
        selector.Child("matchLabels")["pod-template-hash"] = hash;
        set.Child("metadata")["labels"] = template.Labels()?.DeepClone();
        set["spec"] = new JsonObject { ["replicas"] = replicas, ["selector"] = selector, ["template"] = template };
        return Store.Create(set, new WriteOptions { Manager = Manager });
    }

    private JsonObject Scale(JsonObject set, int replicas)
    {
        if (set.Replicas() == replicas)
            return set;
        set.Child("spec")["replicas"] = replicas;
        return Store.Update(set, new WriteOptions { Manager = Manager });
    }

    private void Tell(JsonObject deployment, JsonObject? current, List<JsonObject> sets)
    {
        var (wanted, ready) = (deployment.Replicas(), sets.Sum(Ready));
        var updated = current?.At("status", "replicas").Number() ?? 0;
        var total = sets.Sum(set => set.At("status", "replicas").Number() ?? 0);
        var status = deployment.Child("status");
        status["observedGeneration"] = deployment.At("metadata", "generation").Number() ?? 1;
        Count(status, "replicas", total);
        Count(status, "updatedReplicas", updated);
        Count(status, "readyReplicas", ready);
        Count(status, "availableReplicas", ready);
        Count(status, "unavailableReplicas", Math.Max(0, wanted - ready));
        var isAvailable = ready >= wanted;
        deployment.SetCondition(Store.Now, "Available", isAvailable, isAvailable
            ? ("MinimumReplicasAvailable", "Deployment has minimum availability.")
            : ("MinimumReplicasUnavailable", "Deployment does not have minimum availability."));
        var set = $"ReplicaSet \"{current.Name()}\"";
        var isDone = isAvailable && updated >= wanted && total == updated && current is not null;
        var isLate = !isDone && current is not null && IsLate(deployment, current);
        deployment.SetCondition(Store.Now, "Progressing", !isLate, isDone
            ? ("NewReplicaSetAvailable", $"{set} has successfully progressed.")
            : isLate ? ("ProgressDeadlineExceeded", $"{set} has timed out progressing.")
            : ("ReplicaSetUpdated", $"{set} is progressing."));
        Store.HandOverStatus(deployment, Manager);
    }

    private bool IsLate(JsonObject deployment, JsonObject current)
    {
        var deadline = TimeSpan.FromSeconds(deployment.At("spec", "progressDeadlineSeconds").Number() ?? 600);
        var started = DateTimeOffset.Parse(
            current.TextAt("metadata", "creationTimestamp") ?? Store.Now, CultureInfo.InvariantCulture);
        var left = started + deadline - Store.Clock;
        if (left > TimeSpan.Zero)
            _cluster.Loop.Again(Reconcile, ObjectKey.Of(deployment), left + TimeSpan.FromSeconds(1));
        return left <= TimeSpan.Zero;
    }

    private static int Ready(JsonObject set) => (int)(set.At("status", "readyReplicas").Number() ?? 0);

    private static void Count(JsonObject status, string name, long count)
    {
        if (count > 0)
            status[name] = count;
        else
            status.Remove(name);
    }
}
