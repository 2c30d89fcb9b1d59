using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Fields;

/// <summary>
/// A map by name of component: those of the catalog with their options, and those that documents declare.
/// </summary>
internal sealed class ComponentsShape(Field[] catalog) : ObjectShape("Components", "the components", catalog)
{
    /// <summary>The options that every component has.</summary>
    public static readonly ObjectShape Plain = new(
        "ComponentOptions", "a component", ComponentFields.Version, ComponentFields.Namespace, ComponentFields.Values);

    public override Shape Others => Plain;

    // Whether a document declares the name is known only when all are read: Checks.Components asks.
    protected override void Unknown(Entry entry, Problems problems) => Plain.Check(entry.Value, problems);
}
