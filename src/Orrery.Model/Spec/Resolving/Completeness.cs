namespace Orrery.Model.Spec.Resolving;

/// <summary>Reports required fields that are still missing after merging.</summary>
internal static class Completeness
{
    public static void Check(Declared declared, Problems problems)
    {
        IEnumerable<Document?> documents =
            [declared.Platform, .. declared.Clusters, .. declared.PreviewPools, .. declared.Components];
        foreach (var document in documents)
            document?.Kind.Spec.CheckComplete(document.Spec.Node, problems);
        foreach (var cluster in declared.Clusters)
        {
            if (declared.InfrastructureOf(cluster) is null)
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
