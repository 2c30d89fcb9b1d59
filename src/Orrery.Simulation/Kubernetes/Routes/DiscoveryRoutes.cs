using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Documents;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>What is not a resource: version, health, which kinds there are and of what shapes.</summary>
internal sealed class DiscoveryRoutes(KubernetesApi api)
{
    private const string Protobuf = "application/com.github.proto-openapi.spec.v2";

    private readonly DiscoveryDocuments _documents = new(api);
    private readonly OpenApiDocuments _openApi = new(api.Store);

    /// <summary>Null when the path means a resource.</summary>
    public Answer? Handle(WorldRequest request, Query query)
    {
        var accept = request.Headers.TryGetValue("accept", out var given) ? given : "";
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var answer = parts switch
        {
            ["healthz" or "readyz" or "livez", ..] => Answer.Text("ok"),
            ["version"] => Answer.Json(_documents.Version()),
            ["api"] when WantsAll(accept) is { } version => Aggregated(_documents.AllOfCore(version), version),
            ["apis"] when WantsAll(accept) is { } version => Aggregated(_documents.AllOfGroups(version), version),
            ["api"] => Answer.Json(_documents.CoreVersions()),
            ["apis"] => Answer.Json(_documents.Groups()),
            ["apis", var group] => Answer.Json(_documents.Group(group) ?? throw ApiFailure.PathNotFound()),
            ["api", var version] => Resources("", version),
            ["apis", var group, var version] => Resources(group, version),
            ["openapi", "v2"] => OpenApiV2(accept),
            ["openapi", "v3"] => Answer.Text(JsonText.Of(_openApi.Index())),
            ["openapi", "v3", .. var rest] => OpenApiV3(rest, accept),
            ["api" or "apis", ..] => null,
            _ => throw ApiFailure.PathNotFound(),
        };
        if (answer is null)
            return null;
        return request.Method is "GET" ? answer : throw ApiFailure.MethodNotAllowed();
    }

    private Answer Resources(string group, string version) => api.Store.Kinds.Serves(group, version)
        ? Answer.Json(_documents.Resources(group, version))
        : throw ApiFailure.PathNotFound();

    private Answer OpenApiV2(string accept)
    {
        var document = _openApi.SwaggerV2();
        return accept.Contains(Protobuf, StringComparison.Ordinal)
            ? new Answer
            {
                ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
                Body = OpenApiProtobuf.Encode(document),
            }
            : Answer.Json(document);
    }

    private Answer OpenApiV3(string[] path, string accept)
    {
        if (!accept.Contains("json", StringComparison.Ordinal) && !accept.Contains("*/*", StringComparison.Ordinal)
            && accept.Contains("protobuf", StringComparison.Ordinal))
        {
            throw ApiFailure.Unsupported("OpenAPI v3 as protobuf");
        }

        return Answer.Json(_openApi.V3(string.Join('/', path)) ?? throw ApiFailure.PathNotFound());
    }

    // The older v2beta1 has another media type and is no longer served since 1.35; before, it had the same contents.
    private string? WantsAll(string accept)
    {
        foreach (var wanted in accept.Split(','))
        {
            if (!wanted.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal))
                continue;
            if (wanted.Contains("v=v2;", StringComparison.Ordinal) || wanted.EndsWith("v=v2", StringComparison.Ordinal))
                return "v2";
            if (wanted.Contains("v=v2beta1", StringComparison.Ordinal) && _documents.Minor < 35)
                return "v2beta1";
        }

        return null;
    }

    private static Answer Aggregated(JsonObject document, string version) => Answer.Json(document) with
    {
        ContentType = $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList",
    };
}
