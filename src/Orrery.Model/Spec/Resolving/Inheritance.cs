using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Lays each cluster over the one it inherits from, and the chosen profile over the result.</summary>
internal sealed class Inheritance
{
    private readonly IReadOnlyList<Document> _clusters;
    private readonly Problems _problems;
    private readonly Dictionary<string, Section?> _merged = [];

    private Inheritance(IReadOnlyList<Document> clusters, Problems problems)
    {
        _clusters = clusters;
        _problems = problems;
    }

    public static Declared Apply(IReadOnlyList<Document> documents, string? profile, Problems problems)
    {
        var platforms = Of(documents, PlatformKind.Kind);
        ReportPlatforms(documents, platforms, problems);
        var clusters = Of(documents, ClusterKind.Kind);
        var inheritance = new Inheritance(clusters, problems);
        Document[] merged = [.. clusters.Select(inheritance.Whole)];
        return new Declared
        {
            Platform = platforms.Count == 1 ? platforms[0] : null,
            Clusters = WithProfile(merged, profile, problems),
            BeforeProfile = merged,
            PreviewPools = Of(documents, PreviewPoolKind.Kind),
            Components = Of(documents, ComponentKind.Kind),
        };
    }

    private Document Whole(Document cluster) => Merged(cluster, []) is { } merged
        ? cluster with { Spec = merged }
        : cluster with { IsWhole = false };

    /// <summary>The cluster's fields over those of its basis; null where following the bases leads nowhere.</summary>
    private Section? Merged(Document cluster, IReadOnlyList<string> path)
    {
        if (_merged.TryGetValue(cluster.Name, out var known))
            return known;
        if (!cluster.Spec.TryGet(ClusterKind.Inherits, out var basisName))
            return cluster.Spec;
        if (path.Contains(cluster.Name))
        {
            ReportCircle(cluster, path);
            return null;
        }

        var basis = _clusters.FirstOrDefault(other => other.Name == basisName);
        if (basis is null)
            ReportUnknown(cluster, basisName);
        var below = basis is null ? null : Merged(basis, [.. path, cluster.Name]);
        return _merged[cluster.Name] = below is null ? null : new Section(Over(below.Node, cluster.Spec.Node));
    }

    private static IReadOnlyList<Document> WithProfile(
        IReadOnlyList<Document> clusters, string? profile, Problems problems)
    {
        if (profile is null)
            return clusters;
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var patched = clusters.Select(cluster => WithProfile(cluster, profile, names)).ToArray();
        if (!names.Contains(profile))
        {
            problems.Add(
                SpecCodes.UnknownProfile,
                null,
                $"No cluster declares the profile {Sentences.Quote(profile)}.{Suggestion.Sentence(profile, names)}",
                names.Count == 0 ? "no cluster declares any profile" : $"declared are {Sentences.List([.. names])}");
        }

        return patched;
    }

    private static Document WithProfile(Document cluster, string profile, SortedSet<string> names)
    {
        var result = cluster;
        foreach (var declared in cluster.Spec.Find(ClusterKind.Profiles) ?? [])
        {
            names.Add(declared.Name);
            if (declared.Name == profile)
                result = cluster with { Spec = new Section(Over(cluster.Spec.Node, declared.Value.Node)) };
        }

        return result;
    }

    private static MappingNode Over(MappingNode basis, MappingNode patch) =>
        ClusterKind.Kind.Spec.Merge(basis, patch) as MappingNode ?? patch;

    private static IReadOnlyList<Document> Of(IReadOnlyList<Document> documents, Kind kind) =>
        [.. documents.Where(document => document.Kind == kind)];

    private static void ReportPlatforms(
        IReadOnlyList<Document> documents, IReadOnlyList<Document> platforms, Problems problems)
    {
        if (platforms.Count == 0 && documents.Count > 0)
        {
            problems.Add(
                SpecCodes.NotOnePlatform,
                documents[0].NameMark,
                "No document of the declaration is a Platform, so nothing says where secrets and state belong.",
                "add a document of `kind: Platform` with `repository` and `recovery`");
        }

        foreach (var second in platforms.Skip(1))
        {
            problems.Add(
                SpecCodes.NotOnePlatform,
                second.NameMark,
                $"The Platform \"{platforms[0].Name}\" is declared already.",
                "give each platform a folder of its own");
        }
    }

    private void ReportUnknown(Document cluster, string basis) => _problems.Add(
        SpecCodes.UnknownBasis,
        cluster.Spec.MarkOf(ClusterKind.Inherits),
        $"There is no cluster \"{basis}\"." + Suggestion.Sentence(basis, _clusters.Select(other => other.Name)));

    private void ReportCircle(Document cluster, IReadOnlyList<string> path)
    {
        var circle = path.SkipWhile(name => name != cluster.Name).Append(cluster.Name).Select(name => $"\"{name}\"");
        _problems.Add(
            SpecCodes.CircularInheritance,
            cluster.Spec.MarkOf(ClusterKind.Inherits),
            $"The circle is {string.Join(" from ", circle)}.",
            "remove `inherits` from one of them");
    }
}
