using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Kinds;

/// <summary>The fields of <c>metadata</c>, a part of what Kubernetes has there.</summary>
internal static class Metadata
{
    public static readonly Field<string> Name = new("name", Shapes.Name, "The document's name, unique in its kind.")
    {
        Required = true,
        Example = "prod",
    };

    public static readonly Field<ValueList<Named<string>>> Labels = new(
        "labels", new MapShape<string>(Shapes.Text, Forms.Text), "Labels to select documents by.");

    public static readonly Field<ValueList<Named<string>>> Annotations = new(
        "annotations", new MapShape<string>(Shapes.Text, Forms.Text), "Notes for people and other programs.");

    public static readonly Field<Section> Field = new(
        "metadata",
        new ObjectShape("Metadata", "the metadata", Name, Labels, Annotations),
        "The document's name and labels.")
    {
        Example = "{ name: prod }",
        Required = true,
    };
}
