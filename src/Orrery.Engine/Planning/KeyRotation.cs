using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Engine.Planning;

/// <summary>
/// Which generation of each key a run wants: the newest there is, or the next one of what is rotated. What a run that
/// died set out to reach is a goal, so that a rotation that is begun again makes no second key.
/// </summary>
/// <param name="goals">What a run that died wanted.</param>
/// <param name="rotated">What this run is asked for; nothing new while there is a goal.</param>
internal sealed class KeyRotation(ValueMap<int> goals, ValueList<RotatedKey> rotated)
{
    /// <summary>The platform with its generations, and what a rotation sets out to reach.</summary>
    public async Task<(Platform Platform, ValueMap<int> Goals)> OfAsync(
        Platform platform, IReadOnlyDictionary<string, IProvider> providers, CancellationToken cancellation)
    {
        var (clusters, wanted) = (platform.Clusters, new List<KeyValuePair<string, int>>());
        foreach (var (name, provider) in providers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (provider is not ICompletesClusters files)
                continue;
            var complete = await files.CompleteAsync(platform.Clusters[name], cancellation);
            var generations = complete.KeyGenerations;
            foreach (var (key, generation) in Wanted(name, generations))
            {
                generations = generations.With(key, Math.Max(generation, GenerationOf(generations, key)));
                wanted.Add(KeyValuePair.Create(Prefix(name) + key, generations[key]));
            }

            clusters = clusters.With(name, complete with { KeyGenerations = generations });
        }

        return (platform with { Clusters = clusters }, ValueMap.From(wanted));
    }

    /// <summary>No resource is called so.</summary>
    private static string Prefix(string cluster) => $"{cluster}/key/";

    private IEnumerable<(string Key, int Generation)> Wanted(string cluster, ValueMap<int> generations) =>
        goals.Count > 0
            ? goals.Where(goal => goal.Key.StartsWith(Prefix(cluster), StringComparison.Ordinal))
                .Select(goal => (goal.Key[Prefix(cluster).Length..], goal.Value))
            : rotated.Where(key => key.Cluster == cluster)
                .Select(key => (key.Key, key.Generation ?? GenerationOf(generations, key.Key) + 1));

    private static int GenerationOf(ValueMap<int> generations, string key) =>
        generations.TryGetValue(key, out var generation) ? generation : 1;
}
