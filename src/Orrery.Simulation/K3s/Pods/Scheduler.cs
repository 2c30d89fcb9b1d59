using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Storage;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>Puts pods on the node, or says in the scheduler's words why it cannot.</summary>
internal sealed class Scheduler
{
    private const string NoHelp =
        " preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

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
        if (Problem(pod) is { } problem)
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
                claim.Child("metadata").Child("annotations")["volume.kubernetes.io/selected-node"] = _cluster.NodeName;
                Store.Update(claim, new WriteOptions { Manager = "kube-scheduler" });
            }

            pod.SetCondition(Store.Now, "PodScheduled", false, ("SchedulerError", "waiting for volumes"));
            Store.UpdateStatus(pod, "kube-scheduler");
            return;
        }

        pod.Child("spec")["nodeName"] = _cluster.NodeName;
        var placed = Store.Update(pod, new WriteOptions { Manager = "kube-scheduler", Subresource = "binding" });
        placed.SetCondition(Store.Now, "PodScheduled", true);
        Store.UpdateStatus(placed, "kube-scheduler");
    }

    private string? Problem(JsonObject pod)
    {
        const string Start = "0/1 nodes are available: ";
        if (Store.Peek("v1", "Node", "", _cluster.NodeName) is not { } node)
            return "no nodes available to schedule pods";
        if (node.Condition("Ready") != "True")
            return Start + "1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }." + NoHelp;
        if (node.At("spec", "unschedulable").IsTrue())
            return Start + "1 node(s) were unschedulable." + NoHelp;
        if (pod.At("spec", "nodeSelector") is JsonObject selector
            && selector.Any(pair => node.Labels()?[pair.Key].Text() != pair.Value.Text()))
        {
            return Start + "1 node(s) didn't match Pod's node affinity/selector." + NoHelp;
        }

        foreach (var (name, claim) in Claims(pod))
        {
            if (claim is null)
                return Start + $"persistentvolumeclaim \"{name}\" not found." + NoHelp;
            if (claim.TextAt("status", "phase") != "Bound" && !StorageClasses.WaitsForConsumer(Store, claim))
                return Start + "pod has unbound immediate PersistentVolumeClaims." + NoHelp;
        }

        var ports = HostPorts(pod);
        var taken = Store.PeekAll("v1", "Pod").Where(other => other.Uid() != pod.Uid()
            && other.TextAt("spec", "nodeName") is { Length: > 0 } && !other.IsFinished()).SelectMany(HostPorts);
        return ports.Intersect(taken).Any()
            ? Start + "1 node(s) didn't have free ports for the requested pod ports. preemption: 0/1 nodes are "
                + "available: 1 No preemption victims found for incoming pod."
            : null;
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
