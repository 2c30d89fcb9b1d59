namespace Orrery.Providers.Machines;

/// <summary>
/// Where programs come from. Each release lists the SHA-256 of its files, and nothing is used that differs from it.
/// </summary>
internal static class Releases
{
    /// <param name="version">For example <c>v1.34.3+k3s3</c>; a plus sign means a blank in a URL.</param>
    public static string K3s(string version) =>
        $"https://github.com/k3s-io/k3s/releases/download/{version.Replace("+", "%2B", StringComparison.Ordinal)}";

    /// <param name="version">For example <c>v0.50.16</c>.</param>
    public static string K9s(string version) => $"https://github.com/derailed/k9s/releases/download/{version}";
}
