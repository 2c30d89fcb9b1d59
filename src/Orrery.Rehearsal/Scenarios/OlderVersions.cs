using System.Globalization;
using Orrery.Model.Platforms;
using Orrery.Providers.Talos.Configuration;
using Orrery.Simulation.ImageFactory;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>
/// A platform as it was before its versions were declared: one minor version earlier, of Talos where there is one.
/// Pure.
/// </summary>
public static class OlderVersions
{
    /// <summary>Whether there is a cluster whose upgrade can be played.</summary>
    public static bool ExistFor(Platform platform) =>
        platform.Clusters.Values.Any(cluster => cluster.Distribution is Distribution.Talos);

    public static Platform Of(Platform platform) => platform with
    {
        Clusters = platform.Clusters.Map((_, cluster) => cluster.Distribution is Distribution.Talos talos
            ? cluster with { Distribution = Before(talos) }
            : cluster),
    };

    private static Distribution.Talos Before(Distribution.Talos talos)
    {
        var (system, kubernetes) = (TalosVersion.Parse(talos.Version), TalosVersion.Parse(talos.Kubernetes));
        if (system is not { } now || kubernetes is not { } runs)
            return talos;
        var older = string.Create(CultureInfo.InvariantCulture, $"v{runs.Major}.{runs.Minor - 1}.0");
        var release = new ImageFactoryWorldOptions().Versions.LastOrDefault(each =>
            TalosVersion.Parse(each) is { } version && version.Minor == now.Minor - 1) ?? talos.Version;
        var isSupported = TalosVersion.Parse(release) is { } before && TalosSupport.Runs(before, older);
        return talos with { Version = release, Kubernetes = isSupported ? older : talos.Kubernetes };
    }
}
