using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Kinds;

/// <summary>The fields of the kind Component: one of the user's own, beside those of the catalog.</summary>
internal static class ComponentKind
{
    public static readonly Field<string> ChartRepository = new(
        "repository", Shapes.Text, "The chart's repository.")
    {
        Required = true,
        Example = "https://charts.example.org",
    };

    public static readonly Field<string> ChartName = new("name", Shapes.Name, "The chart's name.")
    {
        Required = true,
    };

    public static readonly Field<string> ChartVersion = new(
        "version", Shapes.Text, "The chart's version, pinned.")
    {
        Required = true,
        Example = "1.2.3",
    };

    public static readonly Field<Section> Chart = new(
        "chart", new ObjectShape("Chart", "a chart", ChartRepository, ChartName, ChartVersion), "A Helm chart.");

    public static readonly Field<string> Kustomize = new(
        "kustomize", Shapes.RelativePath, "A folder of the repository.");

    public static readonly Field<Section> Source = new(
        "source", new ChoiceShape("ComponentSource", "a source", Chart, Kustomize), "Where its manifests come from.")
    {
        Required = true,
    };

    public static readonly Field<string> Namespace = new(
        "namespace", Shapes.Name, "The namespace; the component's name by default.");

    public static readonly Field<MappingNode> Values = new("values", new FreeShape(), "Values of the chart.");

    public static readonly Field<ValueList<string>> Crds = new(
        "crds", Shapes.Texts, "Custom resources, as plural.group.");

    public static readonly Field<ValueList<string>> Webhooks = new(
        "webhooks", Shapes.Texts, "Resources whose admission fails while the component is away.");

    public static readonly Field<ValueList<string>> StorageClasses = new(
        "storageClasses", Shapes.Texts, "Storage classes.");

    public static readonly Field<ValueList<string>> IngressClasses = new(
        "ingressClasses", Shapes.Texts, "Ingress classes.");

    public static readonly Field<Section> Provides = new(
        "provides",
        new ObjectShape("Provides", "what it provides", Crds, Webhooks, StorageClasses, IngressClasses),
        "What others can build on.");

    public static readonly Field<ValueList<string>> Requires = new(
        "requires", new ListShape<string>(Shapes.Name), "Components that must be there first.");

    public static readonly Kind Kind = new(
        "Component",
        "A component of your own, beside those of the catalog.",
        new ObjectShape("Component", "a component", Source, Namespace, Values, Provides, Requires))
    {
        NotYet = Unbuilt.OwnComponent,
    };
}
