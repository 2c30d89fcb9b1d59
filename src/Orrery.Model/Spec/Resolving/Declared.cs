using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Resolving;

/// <summary>A document of a known kind.</summary>
/// <param name="NameMark">Where its name stands.</param>
internal sealed record Document(Kind Kind, string Name, Mark NameMark, Section Spec)
{
    /// <summary>False where what it inherits is not to be found: what seems missing may stand there.</summary>
    public bool IsWhole { get; init; } = true;
}

/// <summary>
/// All documents of a declaration, as they are meant: inheritance and profiles applied, nothing resolved.
/// </summary>
internal sealed record Declared
{
    /// <summary>The one Platform; null where there is none or more than one (which was reported).</summary>
    public required Document? Platform { get; init; }

    /// <summary>In order of the text.</summary>
    public required IReadOnlyList<Document> Clusters { get; init; }

    /// <summary>The clusters without the chosen profile, in the same order.</summary>
    public required IReadOnlyList<Document> BeforeProfile { get; init; }

    public required IReadOnlyList<Document> PreviewPools { get; init; }

    public required IReadOnlyList<Document> Components { get; init; }

    /// <summary>The cluster's infrastructure, or else the platform's; a choice with one key.</summary>
    public Section? InfrastructureOf(Document cluster) =>
        cluster.Spec.Find(ClusterKind.Infrastructure) ?? Platform?.Spec.Find(PlatformKind.Infrastructure);
}
