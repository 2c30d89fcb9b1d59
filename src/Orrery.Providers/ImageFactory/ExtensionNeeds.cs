using Orrery.Model.Diagnostics;
using Orrery.Model.Values;

namespace Orrery.Providers.ImageFactory;

/// <summary>
/// Whether the machines' images have what their cluster's components need: Talos has no package manager, so what is not
/// in the image cannot be had later.
/// </summary>
public static class ExtensionNeeds
{
    // Each from the component's own instructions for Talos.
    private static readonly ValueMap<ValueList<string>> ByComponent = ValueMap.Of<ValueList<string>>(
        // https://longhorn.io/docs/1.8.0/advanced-resources/os-distro-specific/talos-linux-support/
        ("longhorn", ["iscsi-tools", "util-linux-tools"]),
        // https://openebs.io/docs/Solutioning/openebs-on-kubernetes-platforms/talos
        ("openebs", ["iscsi-tools"]));

    /// <summary>What must be in the image for a component, by short names; empty for most.</summary>
    public static ValueList<string> Of(string component) =>
        ByComponent.TryGetValue(component, out var extensions) ? extensions : [];

    /// <param name="cluster">Its name, for messages.</param>
    /// <param name="components">All that run there.</param>
    /// <param name="extensions">Those in the image, short or with their vendor.</param>
    public static ValueList<Diagnostic> Check(
        string cluster, IEnumerable<string> components, IEnumerable<string> extensions)
    {
        var there = extensions.Select(Schematic.FullName).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from component in components.Order(StringComparer.Ordinal)
               let missing = Of(component).Where(name => !there.Contains(Schematic.FullName(name))).ToList()
               where missing.Count > 0
               select FactoryDiagnostics.NeedsExtensions(cluster, component, missing),
        ];
    }
}
