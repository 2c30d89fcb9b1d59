using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>
/// Commands in pods over a WebSocket, as registry/core/pod/rest/subresources.go and kubelet answer in
/// https://github.com/kubernetes/kubernetes. Input is not simulated, and that is said.
/// </summary>
internal static class PodExecRoute
{
    /// <summary>Newest first; the older ones do not say how a command ended.</summary>
    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    public static Answer Of(KubernetesApi api, RequestInfo info, JsonObject pod)
    {
        var command = info.Query.All("command");
        if (!info.Query.IsTrue("stdin") && !info.Query.IsTrue("stdout") && !info.Query.IsTrue("stderr"))
            throw ApiFailure.BadRequest("you must specify at least 1 of stdin, stdout, stderr");
        if (command.Count == 0)
            throw ApiFailure.Unsupported("commands without a word");
        var container = PodLogs.Container(info, pod);
        if (pod.TextAt("spec", "nodeName") is not { Length: > 0 })
            throw ApiFailure.BadRequest($"pod {info.Name} does not have a host assigned");
        if (!info.Header("upgrade").Equals("websocket", StringComparison.OrdinalIgnoreCase))
            throw ApiFailure.Unsupported("commands in pods but over WebSockets");
        if (info.Query.IsTrue("stdin"))
            throw ApiFailure.Unsupported("input of commands in pods");
        var offered = info.Header("sec-websocket-protocol").Split(',', StringSplitOptions.TrimEntries);
        var protocol = Protocols.FirstOrDefault(offered.Contains)
            ?? throw ApiFailure.BadRequest($"unable to upgrade: protocols {string.Join(", ", offered)}");
        var stream = api.Execute(new PodCall(pod, container, command, info.Request.Tag));
        return new Answer { Status = 101, ContentType = "", Stream = stream, Protocol = protocol };
    }
}

/// <summary>A command that has come through to a pod.</summary>
/// <param name="Tag">The address of the resource that it serves, where known.</param>
internal sealed record PodCall(JsonObject Pod, string Container, ValueList<string> Command, string? Tag);
