using System.Globalization;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// Which Kubernetes a release of Talos runs: pkg/machinery/compatibility in Talos' source, and
/// https://docs.siderolabs.com/talos/v1.13/getting-started/support-matrix
/// </summary>
public static class TalosSupport
{
    // Talos 1.9 runs 1.27 to 1.32, and each minor version after it one later.
    private const int Oldest = 27 - TalosVersion.MinorMin;
    private const int Span = 5;

    public static string OldestKubernetes(TalosVersion talos) => Named(talos.Minor + Oldest);

    public static string NewestKubernetes(TalosVersion talos) => Named(talos.Minor + Oldest + Span);

    /// <param name="kubernetes">For example <c>v1.35.1</c>.</param>
    public static bool Runs(TalosVersion talos, string kubernetes) =>
        TalosVersion.Parse(kubernetes) is { Major: 1 } version
        && version.Minor >= talos.Minor + Oldest && version.Minor <= talos.Minor + Oldest + Span;

    private static string Named(int minor) => string.Create(CultureInfo.InvariantCulture, $"1.{minor}");
}
