using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>
/// What containers have written. Known is only what one said when it failed; what others write is not simulated, and
/// that is said.
/// </summary>
internal static class PodLogs
{
    public static Answer Of(RequestInfo info, JsonObject pod)
    {
        // A pod without a node has written nothing.
        if (pod.TextAt("spec", "nodeName") is not { Length: > 0 })
            return new Answer { Status = 204 };
        var container = Container(info, pod);
        var status = (pod.At("status", "containerStatuses") as JsonArray ?? [])
            .FirstOrDefault(each => each.TextAt("name") == container);
        var ended = status.At("lastState", "terminated");
        if (!info.Query.IsTrue("previous"))
            ended = status.At("state", "terminated") ?? (status.At("state", "waiting") is null ? null : ended);
        if (ended.TextAt("message") is { } said)
            return Answer.Text(said.EndsWith('\n') ? said : said + "\n");
        if (ended is null && status.TextAt("state", "waiting", "reason") is { } reason)
        {
            throw ApiFailure.BadRequest(
                $"container \"{container}\" in pod \"{info.Name}\" is waiting to start: {Explained(reason)}");
        }

        throw ApiFailure.Unsupported("logs of containers that have not failed");
    }

    /// <summary>The container that a request means.</summary>
    public static string Container(RequestInfo info, JsonObject pod)
    {
        var names = (pod.At("spec", "containers") as JsonArray ?? [])
            .Select(each => each.TextAt("name") ?? "").ToArray();
        if (info.Query["container"] is { Length: > 0 } given)
        {
            return names.Contains(given)
                ? given
                : throw ApiFailure.BadRequest($"container {given} is not valid for pod {info.Name}");
        }

        return names is [var only]
            ? only
            : throw ApiFailure.BadRequest(
                $"a container name must be specified for pod {info.Name}, choose one of: [{string.Join(' ', names)}]");
    }

    // As kubelet says it, in validateContainerLogStatus of https://github.com/kubernetes/kubernetes.
    private static string Explained(string reason) => reason switch
    {
        "ErrImagePull" => "image can't be pulled",
        "ImagePullBackOff" => "trying and failing to pull image",
        _ => reason,
    };
}
