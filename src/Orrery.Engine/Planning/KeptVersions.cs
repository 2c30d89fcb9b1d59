using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;

namespace Orrery.Engine.Planning;

/// <summary>
/// Which versions the nodes of a platform have in a run: those that they run, whatever is declared. An upgrade's stage
/// changes those of one cluster, and a rebuild makes machines anew as they are declared.
/// </summary>
internal static class KeptVersions
{
    /// <param name="platform">As it is declared.</param>
    /// <param name="isRebuilt">The clusters whose machines are made anew.</param>
    public static Platform In(
        Platform platform, IReadOnlyDictionary<string, IProvider> providers, Recorded recorded,
        Func<string, bool> isRebuilt, UpgradeStage? stage = null)
    {
        var clusters = platform.Clusters;
        foreach (var (name, provider) in providers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (provider is not IUpgradesClusters upgrades || isRebuilt(name))
                continue;
            var running = upgrades.AsRunning(clusters[name], recorded);
            clusters = clusters.With(name, stage?.Cluster == name ? During(running, stage) : running);
        }

        return platform with { Clusters = clusters };
    }

    /// <summary>What waits for an upgrade, as warnings.</summary>
    public static IEnumerable<Diagnostic> Pending(Platform kept, IReadOnlyDictionary<string, IProvider> providers) =>
        providers.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry =>
            entry.Value is IUpgradesClusters upgrades ? upgrades.Pending(kept.Clusters[entry.Key]) : []);

    /// <summary>What machines would be made of stays until all stages are over: nobody is made in one.</summary>
    private static Cluster During(Cluster running, UpgradeStage stage) => running with
    {
        Versions = stage.Versions,
        Rolling = stage.Order,
        ImageVersions = running.Versions.Map((_, versions) => versions.Talos),
    };
}
