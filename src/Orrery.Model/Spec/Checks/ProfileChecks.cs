using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Checks;

/// <summary>What choosing a profile would leave behind.</summary>
internal static class ProfileChecks
{
    public static void Run(Declared declared, Problems problems)
    {
        foreach (var (before, after) in declared.BeforeProfile.Zip(declared.Clusters))
        {
            foreach (var pool in before.Spec.Find(ClusterKind.NodePools) ?? [])
                RetainedVolumes(pool, after, problems);
        }
    }

    private static void RetainedVolumes(Named<Section> pool, Document after, Problems problems)
    {
        var now = (after.Spec.Find(ClusterKind.NodePools) ?? []).FirstOrDefault(other => other.Name == pool.Name);
        if (now is null || ClusterView.CountOf(now) >= ClusterView.CountOf(pool))
            return;
        foreach (var volume in ClusterView.VolumesOf(pool))
        {
            if (!volume.Value.TryGet(NodePoolFields.Retain, out var retain) || !retain)
                continue;
            problems.Add(
                CheckCodes.RetainedVolumeLeftBehind,
                now.Value.MarkOf(NodePoolFields.Count),
                $"The pool \"{pool.Name}\" shrinks from {ClusterView.CountOf(pool)} to {ClusterView.CountOf(now)} "
                + $"nodes, and each has a retained volume \"{volume.Name}\".",
                "move what they hold before, and delete the volumes by hand after");
        }
    }
}
