using System.Text;

namespace Orrery.Secrets.SealedSecrets;

/// <summary>
/// Where a sealed value may be opened. It is bound to the value as the label of its encryption: elsewhere the
/// controller cannot open it.
/// </summary>
public abstract record SealingScope
{
    private SealingScope()
    {
    }

    /// <summary>What the value is bound to: <c>namespace/name</c>, <c>namespace</c>, or nothing.</summary>
    internal byte[] Label => Encoding.UTF8.GetBytes(this switch
    {
        Strict strict => $"{strict.Namespace}/{strict.Name}",
        NamespaceWide wide => wide.Namespace,
        _ => "",
    });

    /// <summary>What <c>kubeseal --scope</c> calls them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["strict", "namespace-wide", "cluster-wide"];

    /// <summary>A scope by its name, for one Secret.</summary>
    public static SealingScope Of(string scope, string space, string name) => scope switch
    {
        "strict" => new Strict(space, name),
        "namespace-wide" => new NamespaceWide(space),
        "cluster-wide" => new ClusterWide(),
        _ => throw new ArgumentException($"there is no scope '{scope}'", nameof(scope)),
    };

    /// <summary>As <see cref="Names"/> has it.</summary>
    public string Kind => this switch
    {
        Strict => "strict",
        NamespaceWide => "namespace-wide",
        _ => "cluster-wide",
    };

    /// <summary>
    /// The annotation that says so, on the SealedSecret and on the Secret; null for the strict one, which needs none.
    /// </summary>
    public string? Annotation => this is Strict ? null : $"{AnnotationGroup}{Kind}";

    internal const string AnnotationGroup = "sealedsecrets.bitnami.com/";

    /// <summary>Only in the Secret of this name: what <c>kubeseal</c> does by default.</summary>
    public sealed record Strict(string Namespace, string Name) : SealingScope;

    /// <summary>In every Secret of one namespace.</summary>
    public sealed record NamespaceWide(string Namespace) : SealingScope;

    /// <summary>Everywhere in the cluster.</summary>
    public sealed record ClusterWide : SealingScope;
}
