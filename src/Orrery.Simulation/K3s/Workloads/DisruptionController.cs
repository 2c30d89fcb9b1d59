using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Workloads;

/// <summary>
/// Says of each PodDisruptionBudget how many of its pods may go now:
/// https://kubernetes.io/docs/concepts/workloads/pods/disruptions.
/// </summary>
internal sealed class DisruptionController
{
    private const string Manager = "kube-controller-manager";

    private readonly ClusterStore _store;

    public DisruptionController(SimulatedCluster cluster)
    {
        _store = cluster.Store;
        cluster.Loop.On("policy", "PodDisruptionBudget", Reconcile);
        cluster.Loop.On("", "Pod", pod => _store.PeekAll("policy/v1", "PodDisruptionBudget", pod.Namespace())
            .Where(budget => Selects(budget, pod)).Select(ObjectKey.Of), Reconcile);
    }

    private void Reconcile(ObjectKey key)
    {
        if (_store.Get("policy/v1", "PodDisruptionBudget", key.Namespace, key.Name) is not { } budget
            || budget.IsGoing())
        {
            return;
        }

        var pods = _store.PeekAll("v1", "Pod", key.Namespace)
            .Where(pod => Selects(budget, pod) && !pod.IsFinished()).ToList();
        var expected = pods.GroupBy(pod => pod.At("metadata", "ownerReferences").Items()
                .FirstOrDefault(owner => owner["controller"].IsTrue()).TextAt("uid") ?? pod.Uid())
            .Sum(group => ScaleOf(group.First()) ?? group.Count());
        var healthy = pods.Count(pod => pod.IsReady() && !pod.IsGoing());
        var desired = budget.At("spec", "minAvailable") is { } least
            ? Share(least, expected)
            : expected - Share(budget.At("spec", "maxUnavailable"), expected);
        var before = budget.At("status")?.ToJsonString();
        budget["status"] = new JsonObject
        {
            ["currentHealthy"] = healthy,
            ["desiredHealthy"] = desired,
            ["disruptionsAllowed"] = Math.Max(0, healthy - desired),
            ["expectedPods"] = expected,
            ["observedGeneration"] = budget.At("metadata", "generation").Number() ?? 1,
        };
        if (budget.At("status")?.ToJsonString() != before)
            _store.UpdateStatus(budget, Manager);
    }

    private static bool Selects(JsonObject budget, JsonObject pod) =>
        LabelSelector.FromObject(budget.At("spec", "selector")).Matches(pod.Labels());

    private int? ScaleOf(JsonObject pod)
    {
        foreach (var kind in new[] { "ReplicaSet", "StatefulSet" })
        {
            if (PodTemplate.OwnerOf(pod, kind).FirstOrDefault() is { Name: { } name } owner
                && _store.Peek("apps/v1", kind, owner.Namespace, name) is { } set)
            {
                return set.Replicas();
            }
        }

        return null;
    }

    /// <summary>A number, or a part of all, rounded up.</summary>
    private static int Share(JsonNode? value, int all) =>
        value.Text() is { } text && text.EndsWith('%')
            && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
                ? (all * percent + 99) / 100
                : (int)(value.Number() ?? 0);
}
