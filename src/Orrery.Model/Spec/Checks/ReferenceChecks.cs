using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Checks;

/// <summary>Names of clusters that other documents refer to.</summary>
internal static class ReferenceChecks
{
    public static void Run(Declared declared, IReadOnlyList<ClusterView> clusters, Problems problems)
    {
        if (declared.Platform?.Spec is { } platform)
        {
            Find(platform.Under(PlatformKind.Vault), StateFields.VaultCluster, clusters, problems);
            Find(platform.Under(PlatformKind.Observability), PlatformKind.Hub, clusters, problems);
            if (platform.Find(PlatformKind.Users) is { Count: > 0 }
                && clusters.All(cluster => cluster.Components.Node.Find("authentik") is null))
            {
                problems.Add(
                    CheckCodes.NobodyKnowsUsers,
                    platform.MarkOf(PlatformKind.Users),
                    "No cluster has the component `authentik`.",
                    "add `authentik:` to the components of a cluster");
            }
        }

        foreach (var cluster in clusters)
        {
            if (cluster.ClusterApi is { } clusterApi)
                Management(cluster.Name, clusterApi, InfrastructureFields.Management, clusters, problems);
        }

        foreach (var pool in declared.PreviewPools)
            Management(null, pool.Spec, PreviewPoolKind.Management, clusters, problems);
    }

    private static void Management(
        string? self, Section section, Field<string> field, IReadOnlyList<ClusterView> clusters, Problems problems)
    {
        if (Find(section, field, clusters, problems) is not { } management)
            return;
        if (management.Name == self)
            NotAble(section, field, "A cluster cannot make its own machines before it is there.", problems);
        else if (management.Components.Node.Find("cluster-api") is null)
            NotAble(section, field, $"\"{management.Name}\" has no component `cluster-api`.", problems);
    }

    private static ClusterView? Find(
        Section section, Field<string> field, IReadOnlyList<ClusterView> clusters, Problems problems)
    {
        if (section.Find(field) is not { } name)
            return null;
        var found = clusters.FirstOrDefault(cluster => cluster.Name == name);
        if (found is null)
        {
            var names = clusters.Select(cluster => cluster.Name).ToArray();
            problems.Add(
                CheckCodes.UnknownCluster,
                section.MarkOf(field),
                $"There is no cluster \"{name}\".{Suggestion.Sentence(name, names)}",
                $"the clusters are {Sentences.List(names)}");
        }

        return found;
    }

    private static void NotAble(Section section, Field field, string detail, Problems problems) => problems.Add(
        CheckCodes.NotAManagementCluster,
        section.MarkOf(field),
        detail,
        "name a cluster with the component `cluster-api`");
}
