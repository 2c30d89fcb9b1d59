using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>How a component reaches the cluster.</summary>
public enum DeliveredBy
{
    /// <summary>Manifests that lie on the machine before Kubernetes starts.</summary>
    Boot,

    /// <summary>Objects that are applied as soon as the API server answers: no node is ready before.</summary>
    Network,

    /// <summary>Objects that are applied at the hand-off, before the GitOps engine takes over.</summary>
    Bootstrap,

    /// <summary>The GitOps engine, in its wave.</summary>
    GitOps,
}

/// <summary>A Helm chart at a version.</summary>
/// <param name="Repository">For example <c>https://charts.jetstack.io</c>, or <c>oci://ghcr.io/some/charts</c>.</param>
public sealed record Chart(string Repository, string Name, string Version)
{
    public const string Registry = "oci://";

    /// <summary>Among images, and not in a repository of charts.</summary>
    public bool IsInRegistry => Repository.StartsWith(Registry, StringComparison.Ordinal);
}

/// <summary>
/// A component as one cluster gets it: where it comes from, what it is told, what it provides and requires.
/// </summary>
public sealed record CatalogComponent
{
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    public required DeliveredBy By { get; init; }

    /// <summary>The GitOps engine goes on with what was there before it.</summary>
    public bool IsHandedOver { get; init; }

    /// <summary>Its pods do what the Pod Security Standards' level baseline forbids.</summary>
    public bool IsPrivileged { get; init; }

    /// <summary>It stands in the tree that the GitOps engine follows.</summary>
    public bool IsInTree => By == DeliveredBy.GitOps || IsHandedOver;

    /// <summary>Null where the component is only objects of ours.</summary>
    public Chart? Chart { get; init; }

    /// <summary>Values of the chart that are the same in every cluster.</summary>
    public Value.Map BaseValues { get; init; } = Value.Map.Empty;

    /// <summary>Values that follow from the cluster's declaration, laid over the others.</summary>
    public Value.Map ClusterValues { get; init; } = Value.Map.Empty;

    /// <summary>Objects of the cluster's own, by the name of their file.</summary>
    public ValueMap<Value.Map> Objects { get; init; } = ValueMap<Value.Map>.Empty;

    /// <summary>
    /// Files that stand in the tree as they are, a kustomization among them, in place of objects; by their names.
    /// </summary>
    public ValueMap<string> Files { get; init; } = ValueMap<string>.Empty;

    /// <summary>Some of the files are SOPS documents.</summary>
    public bool HasEncryptedFiles { get; init; }

    /// <summary>
    /// What its pods read and nobody may see: applied by the hand-off, into its namespace, before the engine begins.
    /// </summary>
    public ValueList<ComponentSecret> Secrets { get; init; } = [];

    public ValueList<Capability> Provides { get; init; } = [];

    public ValueList<Capability> Requires { get; init; } = [];

    public OrderItem OrderItem => new(Name, Provides, Requires);
}

/// <summary>What a component of the catalog looks at.</summary>
internal sealed record Setting(Platform Platform, Cluster Cluster)
{
    public Component? Component(string name) => Cluster.Components.TryGetValue(name, out var found) ? found : null;

    public GitOpsEngine.ArgoCd? ArgoCd => Cluster.GitOps as GitOpsEngine.ArgoCd;
}

/// <summary>Reads the options that a declaration gives a component.</summary>
internal static class ComponentOptions
{
    /// <summary>The value below nested maps; null where it is not given.</summary>
    public static Value? Option(this Component component, params ReadOnlySpan<string> path)
    {
        Value at = component.Options;
        foreach (var step in path)
            at = at is Value.Map map ? map[step] : Value.Null.Instance;
        return at is Value.Null ? null : at;
    }

    public static string? Text(this Component component, params ReadOnlySpan<string> path) =>
        component.Option(path)?.AsText();
}
