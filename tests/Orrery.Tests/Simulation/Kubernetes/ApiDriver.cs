using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>A simulated server and an administrator who asks it.</summary>
internal sealed class ApiDriver
{
    private TimeSpan _now;

    public ApiDriver(KubernetesApiOptions? options = null)
    {
        Api = new KubernetesApi(
            (options ?? new KubernetesApiOptions()) with
            {
                WithoutToken = new Identity("admin", "", ["system:masters", "system:authenticated"]),
            },
            new Agenda());
    }

    public KubernetesApi Api { get; }

    public ClusterStore Store => Api.Store;

    /// <summary>Some time passes, and what is due in it happens.</summary>
    public void Wait(double seconds) => Api.Agenda.AdvanceTo(_now += TimeSpan.FromSeconds(seconds));

    public (int Status, JsonNode? Body) Send(
        string method, string path, string body = "", string contentType = "application/json")
    {
        var reply = Reply(method, path, body, contentType);
        var text = Encoding.UTF8.GetString(reply.Body.Span);
        return (reply.Status, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    public WorldReply Reply(string method, string path, string body = "", string contentType = "application/json")
    {
        var parts = path.Split('?', 2);
        return Api.Handle(
            new WorldRequest
            {
                Method = method,
                Path = parts[0],
                Query = parts.Length > 1 ? parts[1] : "",
                Headers = ValueMap.Of(("accept", "application/json"), ("content-type", contentType)),
                Body = Encoding.UTF8.GetBytes(body),
            },
            _now);
    }

    public static JsonObject Object(string json) => (JsonObject)JsonNode.Parse(json)!;
}
