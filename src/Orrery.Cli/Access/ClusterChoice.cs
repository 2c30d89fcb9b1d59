using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Cli.Access;

/// <summary>Which of a platform's clusters is meant, and which of its nodes. Pure.</summary>
internal static class ClusterChoice
{
    /// <param name="name">Null for the only one.</param>
    public static Diagnosed<Cluster> Of(Platform platform, string? name)
    {
        var known = platform.Clusters.Keys.ToArray();
        if (name is null)
        {
            return known.Length == 1
                ? Found(platform.Clusters[known[0]])
                : Unclear(
                    $"'{platform.Name}' has several clusters.", [$"say which: --cluster {string.Join('|', known)}"]);
        }

        return platform.Clusters.TryGetValue(name, out var cluster)
            ? Found(cluster)
            : Unclear($"'{platform.Name}' has no cluster '{name}'.", Near(name, known));
    }

    /// <summary>The cluster that has the node.</summary>
    /// <param name="name">The cluster's name; null for any.</param>
    public static Diagnosed<Cluster> OfNode(Platform platform, string node, string? name)
    {
        if (name is not null && Of(platform, name) is { Value: null } unknown)
            return unknown;
        var clusters = platform.Clusters.Values.Where(cluster => name is null || cluster.Name == name).ToArray();
        var having = clusters.Where(cluster => NodesOf(cluster).Contains(node, StringComparer.Ordinal)).ToArray();
        return having switch
        {
            [var one] => Found(one),
            [] => new Diagnosed<Cluster>(null, [CliCodes.NoMachine.At(
                null, $"'{platform.Name}' has no node '{node}'.", Near(node, clusters.SelectMany(NodesOf).ToArray()))]),
            _ => Unclear(
                $"Several clusters have a node '{node}'.",
                [$"say which: --cluster {string.Join('|', having.Select(cluster => cluster.Name))}"]),
        };
    }

    /// <summary>Where the name is mistyped, which is meant; else which there are.</summary>
    public static ValueList<string> Near(string name, IReadOnlyList<string> known) =>
        Suggestion.Find(name, known) is { } near
            ? [$"did you mean '{near}'?"]
            : [known.Count == 0 ? "there is none" : $"there is: {string.Join(", ", known)}"];

    private static IEnumerable<string> NodesOf(Cluster cluster) =>
        cluster.NodePools.Values.SelectMany(pool => pool.NodeNames());

    private static Diagnosed<Cluster> Found(Cluster cluster) => new(cluster, []);

    private static Diagnosed<Cluster> Unclear(string detail, ValueList<string> hints) =>
        new(null, [CliCodes.Usage.At(null, detail, hints)]);
}
