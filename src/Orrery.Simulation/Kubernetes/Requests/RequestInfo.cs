using System.Text;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>A request to a resource, read.</summary>
internal sealed record RequestInfo
{
    public required WorldRequest Request { get; init; }

    public required Query Query { get; init; }

    public required Identity Identity { get; init; }

    public required ResourceKind Kind { get; init; }

    /// <summary>Empty for all namespaces and for kinds without.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty for the collection.</summary>
    public string Name { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Header(string name) => Request.Headers.TryGetValue(name, out var value) ? value : "";

    public string Accept => Header("accept");

    /// <summary>Without parameters.</summary>
    public string ContentType => Header("content-type").Split(';')[0].Trim();

    public string Text => Encoding.UTF8.GetString(Request.Body.Span);

    /// <summary>The field manager: as given, or the first word of the user agent.</summary>
    public string Manager => Query["fieldManager"] is { Length: > 0 } given
        ? given
        : Header("user-agent").Split('/', ' ')[0] is { Length: > 0 } agent ? agent : "unknown";

    public string Verb => (Request.Method, Name.Length > 0) switch
    {
        ("GET", _) when Query.IsTrue("watch") => "watch",
        ("GET", true) => "get",
        ("GET", false) => "list",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        _ => Request.Method.ToLowerInvariant(),
    };
}
