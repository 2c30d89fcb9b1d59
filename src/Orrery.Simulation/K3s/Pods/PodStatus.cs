using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>The states of a pod's containers that kubelet reports.</summary>
internal enum ContainerState
{
    Waiting,
    Running,
    Ready,
    Succeeded,
    Failed,
}

/// <summary>What a pod's status says.</summary>
/// <param name="Reason">Why its containers wait or ended.</param>
/// <param name="LastMessage">What the containers said when they ended the last time; null when they never did.</param>
internal sealed record PodReport(
    ContainerState State, int Restarts, string Reason = "", string Message = "", string? LastMessage = null,
    string? Address = null);

/// <summary>Writes a pod's status as kubelet does.</summary>
internal static class PodStatus
{
    /// <param name="seen">The pod, which is not changed.</param>
    public static void Write(ClusterStore store, JsonObject seen, PodReport report)
    {
        var pod = seen.Copy();
        var status = pod.Child("status");
        status["phase"] = report.State switch
        {
            ContainerState.Succeeded => "Succeeded",
            ContainerState.Failed => "Failed",
            ContainerState.Waiting when report.Restarts == 0 => "Pending",
            _ => "Running",
        };
        status["startTime"] = status["startTime"].Text() ?? store.Now;
        if (report.Address is { } address)
        {
            status["podIP"] = address;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address });
        }

        var isReady = report.State == ContainerState.Ready;
        var names = string.Join(' ', pod.At("spec", "containers").Items().Select(each => each.TextAt("name")));
        var why = report.State == ContainerState.Succeeded ? ("PodCompleted", "")
            : isReady ? default : ("ContainersNotReady", $"containers with unready status: [{names}]");
        pod.SetCondition(store.Now, "PodReadyToStartContainers", report.State is not ContainerState.Waiting);
        pod.SetCondition(store.Now, "Initialized", true, report.State == ContainerState.Succeeded ? why : default);
        pod.SetCondition(store.Now, "Ready", isReady, why);
        pod.SetCondition(store.Now, "ContainersReady", isReady, why);
        status["containerStatuses"] = new JsonArray(
            [.. pod.At("spec", "containers").Items().Select(container => Container(store, pod, container, report))]);
        store.HandOverStatus(pod, "kubelet");
    }

    private static JsonNode Container(ClusterStore store, JsonObject pod, JsonObject container, PodReport report)
    {
        var name = container.TextAt("name");
        var before = pod.At("status", "containerStatuses").Items().FirstOrDefault(each => each.TextAt("name") == name);
        var started = before.TextAt("state", "running", "startedAt") ?? store.Now;
        var ended = new JsonObject
        {
            ["exitCode"] = report.State == ContainerState.Succeeded ? 0 : 1,
            ["reason"] = report.State == ContainerState.Succeeded ? "Completed" : "Error",
            ["startedAt"] = started,
            ["finishedAt"] = store.Now,
        };
        if (report.LastMessage is { Length: > 0 } message)
            ended["message"] = message;
        var made = new JsonObject
        {
            ["name"] = name,
            ["image"] = container.TextAt("image"),
            ["imageID"] = "",
            ["ready"] = report.State == ContainerState.Ready,
            ["started"] = report.State is ContainerState.Running or ContainerState.Ready,
            ["restartCount"] = report.Restarts,
            ["lastState"] = new JsonObject(),
            ["state"] = report.State switch
            {
                ContainerState.Waiting => new JsonObject { ["waiting"] = Waiting(report) },
                ContainerState.Succeeded or ContainerState.Failed => new JsonObject { ["terminated"] = ended },
                _ => new JsonObject { ["running"] = new JsonObject { ["startedAt"] = started } },
            },
        };
        if (report.LastMessage is not null && report.State is not (ContainerState.Succeeded or ContainerState.Failed))
            made["lastState"] = new JsonObject { ["terminated"] = ended };
        return made;
    }

    private static JsonObject Waiting(PodReport report)
    {
        var waiting = new JsonObject { ["reason"] = report.Reason };
        if (report.Message.Length > 0)
            waiting["message"] = report.Message;
        return waiting;
    }
}
