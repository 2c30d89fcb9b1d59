using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes;

/// <summary>One request to an API server.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    public const string Json = "application/json";

    /// <summary>The media type of server-side apply. JSON is YAML too.</summary>
    public const string Apply = "application/apply-patch+yaml";

    /// <summary>Parameters whose value is null are left out.</summary>
    public IReadOnlyList<(string Name, string? Value)> Query { get; init; } = [];

    public JsonNode? Body { get; init; }

    public string ContentType { get; init; } = Json;

    public string Accept { get; init; } = Json;

    /// <summary>On whose behalf; null for what serves no resource.</summary>
    public OperationContext? Operation { get; init; }

    /// <summary>The reply has no end that one could wait for.</summary>
    public bool Streamed { get; init; }

    /// <summary>Changes nothing although its method could: a dry run.</summary>
    public bool OnlyAsks { get; init; }

    public string PathAndQuery
    {
        get
        {
            var query = string.Join('&', Query.Where(parameter => parameter.Value is not null).Select(
                parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value ?? "")}"));
            return query.Length == 0 ? Path : $"{Path}?{query}";
        }
    }

    /// <summary>Without its body, which may hold secrets.</summary>
    public override string ToString() => $"{Method} {Path}";
}
