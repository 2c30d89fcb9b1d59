using Orrery.GitOps.Catalog;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.K3s;

/// <summary>
/// Public objects that must lie in <see cref="Folder"/> before K3s starts for the first time. Nothing in them is
/// secret.
/// </summary>
public static class K3sManifests
{
    /// <summary>https://docs.k3s.io/installation/packaged-components.</summary>
    public const string Folder = "/var/lib/rancher/k3s/server/manifests";

    /// <summary>Text by name of the file, one file for each component.</summary>
    public static ValueMap<string> Of(Platform platform, Cluster cluster) => Components.Of(platform, cluster)
        .Where(component => component.By == DeliveredBy.Boot)
        .ToValueMap(component => $"orrery-{component.Name}.yaml", c => YamlText.WriteAll(c.Objects.Values));
}

/// <summary>What K3s brings and must not start, for <c>disable</c> in its configuration.</summary>
public static class AddOns
{
    /// <summary>For example <c>local-storage</c>, where a local-path-provisioner of ours takes its place.</summary>
    public static ValueList<string> DisabledIn(Cluster cluster) =>
        cluster.Components.ContainsKey("local-path-provisioner") ? ["local-storage"] : [];
}
