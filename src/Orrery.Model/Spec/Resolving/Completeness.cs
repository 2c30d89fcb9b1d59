using Orrery.Model.Spec.Kinds;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Reports required fields that are still missing after merging.</summary>
internal static class Completeness
{
    public static void Check(Declared declared, Problems problems)
    {
        IEnumerable<Document?> documents =
            [declared.Platform, .. declared.Clusters, .. declared.PreviewPools, .. declared.Components];
        foreach (var document in documents)
        {
            if (document is { IsWhole: true })
                document.Kind.Spec.CheckComplete(document.Spec.Node, problems);
        }

        var shared = declared.Platform?.Spec.Has(PlatformKind.Infrastructure) ?? false;
        foreach (var cluster in declared.Clusters)
        {
            if (!shared && cluster.IsWhole && !cluster.Spec.Has(ClusterKind.Infrastructure))
            {
                problems.Add(
                    SpecCodes.MissingField,
                    cluster.NameMark,
                    "A cluster needs `infrastructure`, its own or the platform's: where its machines come from.",
                    "for example `infrastructure: { hetzner: { token: { env: HCLOUD_TOKEN }, location: fsn1 } }`");
            }
        }
    }
}
