using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>
/// Requests to services through the API server:
/// https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/. What the service answers is
/// passed on as it is; where it does not answer, the server says so itself.
/// </summary>
internal sealed class ServiceProxy(KubernetesApi api, Authorization authorization)
{
    /// <summary>Null for a request that goes to no service.</summary>
    public Answer? Handle(WorldRequest request, Identity identity)
    {
        var parts = request.Path.Split('/', 8);
        if (parts is not ["", "api", "v1", "namespaces", var ns, "services", var service, var tail])
            return null;
        if (tail.Split('/', 2) is not ["proxy", var rest])
            return null;
        service = Uri.UnescapeDataString(service);
        var name = service.Split(':') is [_, var named, _] ? named : service.Split(':')[0];
        var verb = request.Method switch
        {
            "POST" => "create",
            "PUT" => "update",
            var other => other.ToLowerInvariant(),
        };
        var kind = api.Store.Kinds.Find("", "v1", "services")!;
        if (!authorization.Allows(identity, new Authorization.Attributes(verb, "", "services/proxy", ns, name)))
        {
            throw ApiFailure.Forbidden(kind, name,
                $"User \"{identity.Name}\" cannot {verb} resource \"services/proxy\" in API group \"\" in the namespace"
                + $" \"{ns}\"");
        }

        var found = api.Store.Get("v1", "Service", ns, name) ?? throw ApiFailure.NotFound(kind, name);
        if (!HasEndpoints(found, ns, name))
            throw ApiFailure.Unavailable($"no endpoints available for service \"{service}\"");
        var reply = api.Serve(new ServiceCall(ns, name, request with { Path = $"/{rest}" }))
            ?? throw ApiFailure.Unavailable("error trying to reach service: dial tcp: connect: connection refused");
        return new Answer
        {
            Status = reply.Status,
            ContentType = reply.Headers.GetValueOrDefault("content-type") ?? "",
            Body = reply.Body,
            Passed = true,
        };
    }

    private bool HasEndpoints(JsonObject service, string ns, string name) => service.At("spec", "selector") is null
        || api.Store.List("discovery.k8s.io/v1", "EndpointSlice", ns).Any(slice =>
            slice.TextAt("metadata", "labels", "kubernetes.io/service-name") == name
            && (slice["endpoints"] as JsonArray ?? []).Any(endpoint => endpoint.At("conditions", "ready").IsTrue()));
}

/// <summary>A request that has come through to a service.</summary>
/// <param name="Service">Its name.</param>
public sealed record ServiceCall(string Namespace, string Service, WorldRequest Request);
