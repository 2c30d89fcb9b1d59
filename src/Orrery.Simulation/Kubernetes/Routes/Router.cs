using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>Finds who answers a request, once it is known who asks and whether they may.</summary>
internal sealed class Router(KubernetesApi api)
{
    private readonly DiscoveryRoutes _discovery = new(api);
    private readonly ResourceRoutes _resources = new(api);
    private readonly SubresourceRoutes _subresources = new(api);
    private readonly ReviewRoutes _reviews = new(api);
    private readonly Authorization _authorization = new(api.Store);
    private readonly ServiceProxy _proxy = new(api, new Authorization(api.Store));
    private readonly StorageReadiness _readiness = new(api);

    public Answer Handle(WorldRequest request)
    {
        try
        {
            var identity = Authenticate(request);
            var query = new Query(request.Query);
            if (_discovery.Handle(request, query) is { } found)
                return found;
            if (_proxy.Handle(request, identity) is { } passed)
                return passed;
            var info = Read(request, query, identity);
            if (!_authorization.Allows(info))
                throw Forbidden(info);
            return Route(info);
        }
        catch (ApiFailure failure)
        {
            return Answer.Of(failure);
        }
    }

    private Answer Route(RequestInfo info)
    {
        if (info.Kind.Definition is { } definition)
        {
            _readiness.Check(info);
            if (info.Verb is "create" or "update" or "patch")
                api.WriteOf(definition, info.Request.Tag);
        }

        if (info.Subresource.Length > 0)
            return _subresources.Handle(info);
        if (!info.Kind.Verbs.Contains(info.Verb))
            throw ApiFailure.MethodNotAllowed();
        if (!info.Kind.IsStored)
            return _reviews.Handle(info);
        return _resources.Handle(info);
    }

    private Identity Authenticate(WorldRequest request)
    {
        if (!request.Headers.TryGetValue("authorization", out var given))
            return api.Options.WithoutToken;
        var token = given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? given[7..].Trim() : "";
        return api.Options.Tokens.TryGetValue(token, out var identity) ? identity : throw ApiFailure.Unauthorized();
    }

    private RequestInfo Read(WorldRequest request, Query query, Identity identity)
    {
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(Uri.UnescapeDataString).ToArray();
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var tail] => ("", v, tail),
            ["apis", var g, var v, .. var tail] => (g, v, tail),
            _ => throw ApiFailure.PathNotFound(),
        };
        if (!api.Store.Kinds.Serves(group, version))
            throw ApiFailure.PathNotFound();
        var ns = "";
        // "namespaces/x" alone is the namespace itself, and so are its subresources.
        if (rest is ["namespaces", var name, var resource, ..] && resource is not ("status" or "finalize"))
            (ns, rest) = (name, rest[2..]);
        if (rest.Length is 0 or > 3)
            throw ApiFailure.ResourceNotFound();
        var kind = api.Store.Kinds.Find(group, version, rest[0]);
        if (kind is null || (ns.Length > 0 && !kind.IsNamespaced))
            throw kind is null && group.Length > 0 ? ApiFailure.PathNotFound() : ApiFailure.ResourceNotFound();
        return new RequestInfo
        {
            Request = request,
            Query = query,
            Identity = identity,
            Kind = kind,
            Namespace = ns,
            Name = rest.Length > 1 ? rest[1] : "",
            Subresource = rest.Length > 2 ? rest[2] : "",
        };
    }

    private static ApiFailure Forbidden(RequestInfo info)
    {
        var group = info.Kind.Group;
        var resource = info.Subresource.Length > 0 ? $"{info.Kind.Plural}/{info.Subresource}" : info.Kind.Plural;
        var scope = info.Namespace.Length > 0 ? $"in the namespace \"{info.Namespace}\"" : "at the cluster scope";
        return ApiFailure.Forbidden(info.Kind, info.Name,
            $"User \"{info.Identity.Name}\" cannot {info.Verb} resource \"{resource}\" in API group \"{group}\" "
            + scope);
    }
}
