using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Checks;

/// <summary>Versions and images of Talos.</summary>
internal static class TalosChecks
{
    /// <summary>
    /// Talos 1.N supports Kubernetes 1.(N+18) to 1.(N+23), from 1.6 on:
    /// https://docs.siderolabs.com/talos/v1.12/getting-started/support-matrix.
    /// </summary>
    private const int OldestOffset = 18;

    private const int NewestOffset = 23;

    private const int FirstMinor = 6;

    public static void Run(ClusterView cluster, Problems problems)
    {
        if (cluster.Talos is not { } talos)
            return;
        Skew(talos, problems);
        MetaNetwork(talos.Under(DistributionFields.Image), problems);
        Extensions(cluster, talos, problems);
        if (cluster.Spec.Find(ClusterKind.GitOps) is { } engine && cluster.Pools.Count > 0
            && cluster.Pools.All(pool => ClusterView.IsControlPlane(pool)
                && !(pool.Value.TryGet(NodePoolFields.Schedulable, out var takesPods) && takesPods)))
        {
            problems.Add(
                CheckCodes.NobodyTakesPods,
                cluster.Spec.MarkOf(ClusterKind.GitOps),
                $"All pools of the cluster \"{cluster.Name}\" are control planes.",
                "give one of them `schedulable: true`, or add a pool with `role: worker`");
        }
    }

    private static void Skew(Section talos, Problems problems)
    {
        if (talos.Find(DistributionFields.TalosVersion) is not { } version
            || Versions.MinorOf(version) is not (1, var minor)
            || talos.Find(DistributionFields.Kubernetes) is not { } kubernetes
            || Versions.MinorOf(kubernetes) is not (1, var wanted) || minor < FirstMinor)
        {
            return;
        }

        var (oldest, newest) = (minor + OldestOffset, minor + NewestOffset);
        if (wanted >= oldest && wanted <= newest)
            return;
        problems.Add(
            CheckCodes.VersionSkew,
            talos.MarkOf(DistributionFields.Kubernetes),
            $"Talos {version} supports Kubernetes 1.{oldest} to 1.{newest}.",
            wanted > newest
                ? $"use Talos v1.{wanted - NewestOffset} or newer, or Kubernetes 1.{newest}"
                : $"use Kubernetes 1.{oldest} or newer");
    }

    private static void MetaNetwork(Section image, Problems problems)
    {
        var platform = image.Find(DistributionFields.ImagePlatform);
        if (image.Find(DistributionFields.ImageNetwork) != "meta" || platform == "metal")
            return;
        problems.Add(
            CheckCodes.MetaNeedsMetal,
            image.MarkOf(DistributionFields.ImageNetwork),
            $"The image is made for the platform \"{platform}\".",
            "write `platform: metal`");
    }

    private static void Extensions(ClusterView cluster, Section talos, Problems problems)
    {
        var present = talos.Find(DistributionFields.Extensions) ?? [];
        foreach (var entry in cluster.Components.Node.Entries)
            Need(entry.Key, entry.KeyMark, NeededBy(entry.Key));

        // https://github.com/siderolabs/extensions/tree/main/network/tailscale
        var edge = cluster.Spec.Under(ClusterKind.Edge);
        if (edge.Has(EdgeFields.Tailnet))
            Need("tailnet", edge.MarkOf(EdgeFields.Tailnet), ["tailscale"]);

        void Need(string what, Mark mark, IEnumerable<string> extensions)
        {
            var missing = extensions.Where(extension => !present.Contains(extension)).ToArray();
            if (missing.Length == 0)
                return;
            problems.Add(
                CheckCodes.MissingExtension,
                mark,
                $"\"{what}\" needs {Sentences.List(missing)} on each node.",
                $"add {Sentences.List(missing)} to the extensions of Talos");
        }
    }

    /// <summary>https://longhorn.io/docs/1.9.0/advanced-resources/os-distro-specific/talos-linux-support.</summary>
    private static string[] NeededBy(string component) => component switch
    {
        "longhorn" => ["iscsi-tools", "util-linux-tools"],
        _ => [],
    };
}
