using System.Diagnostics.CodeAnalysis;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>
/// An object's id: <c>cluster/apiVersion/Kind/namespace/name</c>, for example
/// <c>6c1f…/apps/v1/Deployment/web/nginx</c>; the namespace is empty for what belongs to the cluster as a whole.
/// </summary>
internal sealed record ObjectId(string Cluster, ObjectReference Object)
{
    /// <summary>The least that an id has: cluster, version, kind, namespace, name.</summary>
    private const int PartsMin = 5;

    public static bool TryParse(string? text, [NotNullWhen(true)] out ObjectId? id)
    {
        id = null;
        var parts = (text ?? "").Split('/');
        if (parts.Length is not (PartsMin or PartsMin + 1) || parts[^1].Length == 0)
            return false;
        var kind = ApiKind.Of(string.Join('/', parts[1..^3]), parts[^3]);
        id = new ObjectId(parts[0], new ObjectReference(kind, parts[^2].Length == 0 ? null : parts[^2], parts[^1]));
        return true;
    }

    public static ObjectId Parse(string text)
    {
        Invariant.Check(TryParse(text, out var id), $"'{text}' is no id of an object");
        return id;
    }

    public override string ToString() =>
        $"{Cluster}/{Object.Kind.ApiVersion}/{Object.Kind.Kind}/{Object.Namespace}/{Object.Name}";
}
