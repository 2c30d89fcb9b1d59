using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Configuration;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos.Upgrades;

/// <summary>What the nodes of a cluster run by the state: only an upgrade changes it. Pure.</summary>
internal static class RunningVersions
{
    /// <summary>
    /// The cluster with the versions of its nodes; as declared where none of them is recorded, or where a rebuild that
    /// died set out to make them anew. A node that is not there yet joins with the oldest that others run.
    /// </summary>
    public static Cluster In(Cluster cluster, Recorded recorded)
    {
        if (cluster.Distribution is not Distribution.Talos || IsBeingRebuilt(cluster, recorded))
            return cluster;
        var names = TalosMachines.Of(cluster).Select(place => place.Node).ToArray();
        var known = names.Select(name => (Name: name, Versions: Of(cluster, recorded, name)))
            .Where(node => node.Versions is not null).ToDictionary(node => node.Name, node => node.Versions!);
        if (known.Count == 0)
            return cluster;
        var oldest = new NodeVersions(
            Oldest(known.Values, versions => versions.Talos),
            Oldest(known.Values, versions => versions.ApiServer),
            Oldest(known.Values, versions => versions.Controllers),
            Oldest(known.Values, versions => versions.Kubelet));
        return cluster with
        {
            Versions = names.ToValueMap(name => name, name => known.GetValueOrDefault(name, oldest)),
        };
    }

    /// <summary>The order of two versions as they are released; what is no version comes first.</summary>
    public static int Compare(string one, string other) =>
        KeyOf(one).CompareTo(KeyOf(other)) is var order && order != 0
            ? order
            : string.CompareOrdinal(SuffixOf(one), SuffixOf(other));

    /// <summary>Of this node; null where none is recorded.</summary>
    public static NodeVersions? Of(Cluster cluster, Recorded recorded, string node)
    {
        var address = ResourceAddress.Of(cluster.Name, MachineHandler.Definition.Type, node).Text;
        if (recorded.Resources.GetValueOrDefault(address) is not { Id: not null } record
            || record.Inputs[NodeUpgrade.Talos].AsText() is not { } talos
            || record.Inputs[NodeUpgrade.Kubelet].AsText() is not { } kubelet)
        {
            return null;
        }

        return new NodeVersions(
            talos,
            record.Inputs[NodeUpgrade.ApiServer].AsText() ?? kubelet,
            record.Inputs[NodeUpgrade.Controllers].AsText() ?? kubelet,
            kubelet);
    }

    private static bool IsBeingRebuilt(Cluster cluster, Recorded recorded) => recorded.Goals.Keys.Any(goal =>
        goal.StartsWith($"{cluster.Name}/{MachineHandler.Definition.Type}/", StringComparison.Ordinal));

    private static string Oldest(IEnumerable<NodeVersions> all, Func<NodeVersions, string> part) =>
        all.Select(part).Order(Comparer<string>.Create(Compare)).First();

    private static (int Major, int Minor, int Patch, bool IsRelease) KeyOf(string version) =>
        TalosVersion.Parse(version) is { } parsed
            ? (parsed.Major, parsed.Minor, parsed.Patch, parsed.Suffix.Length == 0)
            : (0, 0, 0, false);

    private static string SuffixOf(string version) => TalosVersion.Parse(version)?.Suffix ?? "";
}
