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

    /// <summary>Only in the Secret of this name: what <c>kubeseal</c> does by default.</summary>
    public sealed record Strict(string Namespace, string Name) : SealingScope;

    /// <summary>In every Secret of one namespace.</summary>
    public sealed record NamespaceWide(string Namespace) : SealingScope;

    /// <summary>Everywhere in the cluster.</summary>
    public sealed record ClusterWide : SealingScope;
}
