using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes;

/// <summary>A kind of object in one version of its group, for example <c>apps/v1 Deployment</c>.</summary>
/// <param name="Group">Empty for the oldest kinds: Pod, Secret, Namespace.</param>
public sealed record ApiKind(string Group, string Version, string Kind)
{
    /// <summary>As it stands in an object: <c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Without its version, as error messages name it: <c>Deployment.apps</c>.</summary>
    public string Qualified => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    public static ApiKind Of(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? new ApiKind("", apiVersion, kind)
            : new ApiKind(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    public override string ToString() => $"{ApiVersion} {Kind}";
}

/// <summary>One object of a cluster.</summary>
/// <param name="Namespace">Null for what belongs to the cluster as a whole.</param>
public sealed record ObjectReference(ApiKind Kind, string? Namespace, string Name)
{
    public override string ToString() =>
        Namespace is null ? $"{Kind.Qualified} {Name}" : $"{Kind.Qualified} {Namespace}/{Name}";
}

/// <summary>How the server serves a kind; told by discovery.</summary>
/// <param name="Plural">Its part of the path: <c>deployments</c>.</param>
/// <param name="Verbs">What may be asked: <c>get</c>, <c>list</c>, <c>watch</c>, <c>patch</c> …</param>
public sealed record ApiResource(ApiKind Kind, string Plural, bool IsNamespaced, ValueList<string> Verbs)
{
    public bool Can(params ReadOnlySpan<string> verbs)
    {
        foreach (var verb in verbs)
        {
            if (!Verbs.Contains(verb))
                return false;
        }

        return true;
    }

    /// <summary>The collection's path; null for the whole cluster.</summary>
    internal string PathOf(string? inNamespace)
    {
        var root = Kind.Group.Length == 0 ? $"api/{Kind.Version}" : $"apis/{Kind.ApiVersion}";
        return IsNamespaced && inNamespace is not null
            ? $"{root}/namespaces/{Uri.EscapeDataString(inNamespace)}/{Plural}"
            : $"{root}/{Plural}";
    }

    internal string PathOf(ObjectReference reference)
    {
        if (reference.Name.Length == 0 || (IsNamespaced && string.IsNullOrEmpty(reference.Namespace)))
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid,
                $"{reference}: metadata.{(reference.Name.Length == 0 ? "name" : "namespace")} is missing");
        }

        return $"{PathOf(reference.Namespace)}/{Uri.EscapeDataString(reference.Name)}";
    }
}
