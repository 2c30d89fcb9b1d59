using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s;

/// <summary>
/// The little of kubectl that is run on machines, answered by the API itself. What it does not know it refuses.
/// </summary>
internal sealed class Kubectl(KubernetesApi api)
{
    public (int ExitCode, string Output, string Error) Run(ValueList<string> arguments) => arguments switch
    {
        ["get", "--raw", var path] => Raw(path),
        ["get", "namespace" or "namespaces" or "ns", var name, "-o", var output] =>
            Field($"/api/v1/namespaces/{name}", output),
        ["get", "namespace" or "namespaces" or "ns", var name, var output]
            when output.StartsWith("-o=", StringComparison.Ordinal) => Field($"/api/v1/namespaces/{name}", output[3..]),
        ["get", "nodes" or "node" or "no"] => Nodes(),
        _ => (1, "", $"error: the simulated kubectl does not know \"{string.Join(' ', arguments)}\"\n"),
    };

    private (int ExitCode, string Output, string Error) Raw(string path)
    {
        var (status, text) = Get(path);
        return status == 200 ? (0, text, "") : Refused(status, text);
    }

    private (int ExitCode, string Output, string Error) Field(string path, string output)
    {
        if (!output.StartsWith("jsonpath={.", StringComparison.Ordinal) || !output.EndsWith('}'))
            return (1, "", $"error: the simulated kubectl does not know the output \"{output}\"\n");
        var (status, text) = Get(path);
        if (status != 200)
            return Refused(status, text);
        var node = JsonNode.Parse(text);
        foreach (var name in output["jsonpath={.".Length..^1].Split('.'))
            node = node.At(name);
        return (0, node.Text() ?? node?.ToJsonString() ?? "", "");
    }

    private (int ExitCode, string Output, string Error) Nodes()
    {
        var (status, text) = Get("/api/v1/nodes");
        if (status != 200)
            return Refused(status, text);
        var nodes = JsonNode.Parse(text).At("items").Items().ToList();
        if (nodes.Count == 0)
            return (0, "", "No resources found\n");
        var lines = nodes.Select(node =>
            $"{node.Name(),-12}   {(node.Condition("Ready") == "True" ? "Ready" : "NotReady"),-8}   control-plane   "
            + node.TextAt("status", "nodeInfo", "kubeletVersion"));
        return (0, $"{"NAME",-12}   {"STATUS",-8}   ROLES           VERSION\n" + string.Join('\n', lines) + "\n", "");
    }

    private (int Status, string Text) Get(string path)
    {
        var parts = path.Split('?', 2);
        var reply = api.Handle(
            new WorldRequest { Method = "GET", Path = parts[0], Query = parts.ElementAtOrDefault(1) ?? "" },
            api.Agenda.Now);
        return (reply.Status, Encoding.UTF8.GetString(reply.Body.Span));
    }

    private static (int ExitCode, string Output, string Error) Refused(int status, string text)
    {
        var (reason, message) = ("", text.Trim());
        if (text.StartsWith('{') && JsonNode.Parse(text) is { } answer)
            (reason, message) = (answer.TextAt("reason") ?? "", answer.TextAt("message") ?? "");
        return (1, "", $"Error from server ({(reason.Length > 0 ? reason : $"{status}")}): {message}\n");
    }
}
