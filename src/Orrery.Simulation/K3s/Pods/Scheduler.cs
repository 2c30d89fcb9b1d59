using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Storage;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>Puts pods on nodes, or says in the scheduler's words why it cannot.</summary>
internal sealed class Scheduler
{
    private const string Crowded = "node(s) didn't have free ports for the requested pod ports";
    private const string Elsewhere = "node(s) didn't match PersistentVolume's node affinity";

    private readonly SimulatedCluster _cluster;

    public Scheduler(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "Pod", static pod => IsUnscheduled(pod) ? [ObjectKey.Of(pod)] : [], Reconcile);
        foreach (var kind in new[] { "Node", "Pod", "PersistentVolumeClaim", "PersistentVolume" })
            cluster.Loop.On("", kind, item => IsUnscheduled(item) ? [] : Waiting(), Reconcile);
    }

    private ClusterStore Store => _cluster.Store;

    // Only what has been looked at already waits for something.
    private IEnumerable<ObjectKey> Waiting() => Store.PeekAll("v1", "Pod")
        .Where(pod => IsUnscheduled(pod) && pod.Condition("PodScheduled") == "False").Select(ObjectKey.Of);

    private static bool IsUnscheduled(JsonObject pod) => pod.TextAt("kind") == "Pod"
        && pod.TextAt("spec", "nodeName") is null or "" && !pod.IsGoing() && !pod.IsFinished();

    private void Reconcile(ObjectKey key)
    {
        if (Store.Get("v1", "Pod", key.Namespace, key.Name) is not { } pod || !IsUnscheduled(pod))
            return;
        var (place, problem) = Choose(pod);
        if (place is null)
        {
            var before = pod.At("status", "conditions").Items()
                .FirstOrDefault(each => each.TextAt("type") == "PodScheduled").TextAt("message");
            pod.SetCondition(Store.Now, "PodScheduled", false, ("Unschedulable", problem));
            Store.UpdateStatus(pod, "kube-scheduler");
            if (before != problem)
                Events.Tell(Store, pod, "default-scheduler", ("FailedScheduling", problem), isWarning: true);
            return;
        }

        if (ClaimsToProvision(pod) is { Count: > 0 } waiting)
        {
            // The provisioner acts once a node is chosen; the pod goes on when all its claims are bound.
            foreach (var claim in waiting)
            {
                claim.Child("metadata").Child("annotations")["volume.kubernetes.io/selected-node"] = place;
                Store.Update(claim, new WriteOptions { Manager = "kube-scheduler" });
            }

            pod.SetCondition(Store.Now, "PodScheduled", false, ("SchedulerError", "waiting for volumes"));
            Store.UpdateStatus(pod, "kube-scheduler");
            return;
        }

        pod.Child("spec")["nodeName"] = place;
        var placed = Store.Update(pod, new WriteOptions { Manager = "kube-scheduler", Subresource = "binding" });
        placed.SetCondition(Store.Now, "PodScheduled", true);
        Store.UpdateStatus(placed, "kube-scheduler");
    }

    /// <summary>The node with the fewest pods that may have it, or why there is none.</summary>
    private (string? Place, string Problem) Choose(JsonObject pod)
    {
        var nodes = Store.PeekAll("v1", "Node").Where(node => _cluster.NodeOf(node.Name()) is not null)
            .OrderBy(node => node.Name(), StringComparer.Ordinal).ToList();
        if (nodes.Count == 0)
            return (null, "no nodes available to schedule pods");
        var start = $"0/{nodes.Count} nodes are available: ";
        var problems = nodes.Select(node => (node.Name(), Problem: Problem(pod, node))).ToList();
        var able = problems.Where(each => each.Problem is null).Select(each => each.Item1).ToList();
        var mayStay = able.Count > 0 || problems.Exists(each => each.Problem is Crowded or Elsewhere);
        if (mayStay && ProblemOfClaims(pod) is { } missing)
            return (null, start + missing + NoHelp(nodes.Count));
        if (able.Count > 0)
            return (able.MinBy(name => able.Count == 1 ? 0 : Load(name)), "");
        var reasons = problems.GroupBy(each => each.Problem!, StringComparer.Ordinal)
            .OrderBy(reason => reason.Key, StringComparer.Ordinal).Select(reason => $"{reason.Count()} {reason.Key}");
        var isCrowded = problems.Exists(each => each.Problem == Crowded);
        return (null, start + string.Join(", ", reasons) + "." + (isCrowded
            ? $" preemption: 0/{nodes.Count} nodes are available: {nodes.Count} No preemption victims found for"
                + " incoming pod."
            : NoHelp(nodes.Count)));
    }

    private static string NoHelp(int count) =>
        $" preemption: 0/{count} nodes are available: {count} Preemption is not helpful for scheduling.";

    private int Load(string node) =>
        Store.PeekAll("v1", "Pod").Count(pod => pod.TextAt("spec", "nodeName") == node && !pod.IsFinished());

    private string? Problem(JsonObject pod, JsonObject node)
    {
        switch (PodPlaces.Keeps(pod, node))
        {
            case null:
                break;
            case "node.kubernetes.io/unschedulable":
                return "node(s) were unschedulable";
            case var taint:
                return $"node(s) had untolerated taint {{{taint}: }}";
        }

        if ((PodPlaces.BoundTo(pod) is { } bound && bound != node.Name()) || !Matches(pod, node))
            return "node(s) didn't match Pod's node affinity/selector";
        if (Claims(pod).Any(pair => !IsOn(pair.Claim, node)))
            return Elsewhere;
        var ports = HostPorts(pod);
        var taken = Store.PeekAll("v1", "Pod").Where(other => other.Uid() != pod.Uid()
            && other.TextAt("spec", "nodeName") == node.Name() && !other.IsFinished()).SelectMany(HostPorts);
        return ports.Intersect(taken).Any() ? Crowded : null;
    }

    private static bool Matches(JsonObject pod, JsonObject node) =>
        (pod.At("spec", "nodeSelector") as JsonObject ?? [])
            .All(pair => node.Labels()?[pair.Key].Text() == pair.Value.Text());

    private bool IsOn(JsonObject? claim, JsonObject node)
    {
        var volume = Store.Peek("v1", "PersistentVolume", "", claim.TextAt("spec", "volumeName") ?? "");
        var places = volume.At("spec", "nodeAffinity", "required", "nodeSelectorTerms").Items().ToList();
        return places.Count == 0 || places.Exists(term => term["matchExpressions"].Items().All(match =>
            (match["values"] as JsonArray ?? []).Any(value => value.Text() == LabelOf(node, match.TextAt("key")))));
    }

    private static string? LabelOf(JsonObject node, string? label) => label == "kubernetes.io/hostname"
        ? node.Name()
        : node.Labels()?[label ?? ""].Text();

    private string? ProblemOfClaims(JsonObject pod)
    {
        foreach (var (name, claim) in Claims(pod))
        {
            if (claim is null)
                return $"persistentvolumeclaim \"{name}\" not found.";
            if (claim.TextAt("status", "phase") != "Bound" && !StorageClasses.WaitsForConsumer(Store, claim))
                return "pod has unbound immediate PersistentVolumeClaims.";
        }

        return null;
    }

    private List<JsonObject> ClaimsToProvision(JsonObject pod) => [.. Claims(pod).Select(pair => pair.Claim!)
        .Where(claim => claim.TextAt("status", "phase") != "Bound").Select(claim => claim.Copy())];

    private IEnumerable<(string Name, JsonObject? Claim)> Claims(JsonObject pod) =>
        pod.At("spec", "volumes").Items().Select(volume => volume.TextAt("persistentVolumeClaim", "claimName"))
            .OfType<string>()
            .Select(name => (name, Store.Peek("v1", "PersistentVolumeClaim", pod.Namespace(), name)));

    private static IEnumerable<string> HostPorts(JsonObject pod)
    {
        var isOnHost = pod.At("spec", "hostNetwork").IsTrue();
        return pod.At("spec", "containers").Items().SelectMany(container => container["ports"].Items())
            .Select(port => (
                Port: port.At("hostPort").Number() ?? (isOnHost ? port.At("containerPort").Number() : null),
                Protocol: port.TextAt("protocol") ?? "TCP"))
            .Where(port => port.Port is > 0).Select(port => $"{port.Protocol} {port.Port}");
    }
}
