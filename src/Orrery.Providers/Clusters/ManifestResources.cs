using Orrery.GitOps.Delivery;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Objects;

namespace Orrery.Providers.Clusters;

/// <summary>Objects of one cluster as resources, which end with it. Pure.</summary>
internal sealed class ManifestResources(Cluster cluster)
{
    /// <summary>Nothing happens because of these alone.</summary>
    private static readonly string[] Preparations = ["ClusterRoleBinding", "ConfigMap", "ServiceAccount"];

    private readonly ResourceAddress _starter = HandOffGraph.StarterOf(cluster);

    /// <param name="needs">What must be there before it.</param>
    public Resource Of(Value.Map manifest, params IEnumerable<Resource> needs)
    {
        var metadata = (Value.Map)manifest["metadata"];
        var kind = manifest["kind"].AsText() ?? "";
        var group = manifest["apiVersion"].AsText()?.Split('/') is [var named, _] ? $".{named}" : "";
        Invariant.Check(Bootstrap.Kinds.Contains(kind + group), $"nobody looks for objects of the kind {kind}{group}");
        string?[] parts = [kind.ToLowerInvariant(), metadata["namespace"].AsText(), metadata["name"].AsText()];
        return new Resource
        {
            Address = ResourceAddress.Of(
                cluster.Name, KubernetesObjectHandler.Definition.Type,
                string.Join('.', parts.Where(part => part is { Length: > 0 }))),
            Desired = KubernetesObjectHandler.Desired(
                new Value.Unknown(_starter.Output("clusterId")), manifest,
                needs.Select(need => (Value)new Value.Unknown(need.Address.Output("id")))),
            Lifecycle = new Lifecycle { EndsWith = _starter },
        };
    }

    /// <summary>Each after those before it; what only prepares, and several of one kind, go side by side.</summary>
    public IEnumerable<Resource> Chain(IEnumerable<Value.Map> manifests, params IReadOnlyList<Resource> needs)
    {
        var (side, kind) = (new List<Resource>(), "");
        foreach (var manifest in manifests)
        {
            var own = manifest["kind"].AsText() ?? "";
            if (side.Count > 0 && own != kind && !(Preparations.Contains(own) && Preparations.Contains(kind)))
                (needs, side) = (side, []);
            kind = own;
            var resource = Of(manifest, needs);
            side.Add(resource);
            yield return resource;
        }
    }
}
