using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Kubernetes.Streams;

/// <summary>A service of a cluster whose plain HTTP people look at from elsewhere.</summary>
public sealed class ForwardedService
{
    private static readonly ApiKind Service = ApiKind.Of("v1", "Service");
    private static readonly ApiKind Pod = ApiKind.Of("v1", "Pod");
    private static readonly ApiKind Secret = ApiKind.Of("v1", "Secret");
    private static readonly ApiKind Ingress = ApiKind.Of("networking.k8s.io/v1", "Ingress");

    private readonly KubernetesClient _client;
    private readonly KubernetesObject _service;
    private readonly string _namespace;

    private ForwardedService(KubernetesClient client, KubernetesObject service) =>
        (_client, _service, _namespace) = (client, service, service.Namespace ?? "");

    /// <summary>Null where the cluster has none yet.</summary>
    /// <param name="client">Of the cluster.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="selector">Its own labels, for example <c>app.kubernetes.io/name=grafana</c>.</param>
    /// <param name="cancellation">Ends the request.</param>
    public static async Task<ForwardedService?> FindAsync(
        KubernetesClient client, string space, string selector, CancellationToken cancellation)
    {
        var found = await client.ListAsync(
            Service, new ListScope { Namespace = space, LabelSelector = selector }, cancellation);
        return found.Count > 0 ? new ForwardedService(client, found[0]) : null;
    }

    /// <summary>Where an ingress publishes it, or null.</summary>
    public async Task<Uri?> UrlAsync(CancellationToken cancellation)
    {
        var scope = new ListScope { Namespace = _namespace };
        foreach (var ingress in await _client.ListAsync(Ingress, scope, cancellation))
        {
            var spec = ingress.Json.Object("spec");
            foreach (var rule in spec.Array("rules").OfType<JsonObject>())
            {
                if (rule.Text("host") is { } host && Uri.CheckHostName(host) == UriHostNameType.Dns && LeadsHere(rule))
                    return new UriBuilder(spec.Array("tls").Any() ? "https" : "http", host).Uri;
            }
        }

        return null;
    }

    /// <summary>
    /// One text of a secret of its namespace; null where there is none, or it is not called so. Secret.
    /// </summary>
    public async Task<string?> SecretTextAsync(string name, string key, CancellationToken cancellation)
    {
        var secret = await _client.FindAsync(new ObjectReference(Secret, _namespace, name), null, cancellation);
        return secret?.Json.Object("data")?.Text(key) is { } encoded
            ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded))
            : null;
    }

    /// <summary>
    /// A connection to one of its pods that is ready now. Throws <see cref="ProviderErrorCode.Unavailable"/> where none
    /// is.
    /// </summary>
    public async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var labels = _service.Json.Object("spec")?.Object("selector") ?? [];
        var selector = string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
        var pods = selector.Length == 0
            ? []
            : await _client.ListAsync(
                Pod, new ListScope { Namespace = _namespace, LabelSelector = selector }, cancellation);
        var pod = pods.FirstOrDefault(IsReady);
        return pod is not null && PortOf(pod) is { } port
            ? await _client.ForwardAsync(_namespace, pod.Name, port, cancellation)
            : throw new ProviderException(ProviderErrorCode.Unavailable, $"no pod of {_service.Name} is ready");
    }

    private static bool IsReady(KubernetesObject pod) =>
        !pod.IsTerminating && pod.Status.Array("conditions").OfType<JsonObject>()
            .Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");

    private bool LeadsHere(JsonObject rule) => rule.Object("http").Array("paths").OfType<JsonObject>()
        .Any(path => path.Object("backend")?.Object("service")?.Text("name") == _service.Name);

    /// <summary>The pod's number for the service's port of plain HTTP; its first one where none is called so.</summary>
    private int? PortOf(KubernetesObject pod)
    {
        var ports = _service.Json.Object("spec").Array("ports").OfType<JsonObject>().ToArray();
        var port = ports.FirstOrDefault(port => port.Text("name") is "http" or "http-web") ?? ports.FirstOrDefault();
        var target = port?["targetPort"] ?? port?["port"];
        if (target is JsonValue number && number.TryGetValue<int>(out var value))
            return value;
        return pod.Json.Object("spec").Array("containers").OfType<JsonObject>()
            .SelectMany(container => container.Array("ports").OfType<JsonObject>())
            .FirstOrDefault(declared => declared.Text("name") == target.AsText())
            ?["containerPort"] is JsonValue named && named.TryGetValue<int>(out var found)
            ? found
            : null;
    }
}
