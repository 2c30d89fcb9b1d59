using Orrery.Model.Diagnostics;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Kinds;

/// <summary>A kind of document: its name and the fields of its <c>spec</c>.</summary>
internal sealed record Kind(string Name, string Description, ObjectShape Spec)
{
    public const string ApiVersion = "orrery.dev/v1";

    public DiagnosticCode? NotYet { get; init; }

    /// <summary>The whole document, with its envelope.</summary>
    public ObjectShape Document { get; } = new(
        Name + "Document",
        $"a {Name} document",
        new Field<string>("apiVersion", new EnumShape(ApiVersion), "The declaration's version.") { Required = true },
        new Field<string>("kind", new EnumShape(Name), "What the document declares.") { Required = true },
        Metadata.Field,
        new Field<Section>("spec", Spec, Description) { Required = true });

    /// <summary>All kinds, in the order of the reference page.</summary>
    public static IReadOnlyList<Kind> All { get; } =
        [PlatformKind.Kind, ClusterKind.Kind, PreviewPoolKind.Kind, ComponentKind.Kind];
}
