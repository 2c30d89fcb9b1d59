using System.Globalization;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>A release of Talos: <c>v1.12.4</c>. Which documents it knows follows from its minor version.</summary>
/// <param name="Suffix">Of a prerelease, <c>-rc.1</c>; else empty.</param>
public readonly record struct TalosVersion(int Major, int Minor, int Patch, string Suffix = "")
{
    /// <summary>The oldest and the newest minor version whose documents we know.</summary>
    public const int MinorMin = 9;

    /// <inheritdoc cref="MinorMin"/>
    public const int MinorMax = 14;

    public bool IsKnown => Major == 1 && Minor is >= MinorMin and <= MinorMax;

    /// <summary>UserVolumeConfig stands for <c>machine.disks</c>.</summary>
    internal bool HasUserVolumes => Minor >= 10;

    /// <summary>VolumeConfig says how a system volume is encrypted.</summary>
    internal bool HasVolumeEncryption => Minor >= 11;

    /// <summary>HostnameConfig stands for <c>machine.network.hostname</c>, and old features are on anyway.</summary>
    internal bool HasHostnameDocument => Minor >= 12;

    /// <summary>Links, resolvers, VIPs, time and KubeSpan have documents of their own.</summary>
    internal bool HasNetworkDocuments => Minor >= 13;

    /// <summary>Null for what is no version; the leading <c>v</c> may lack.</summary>
    public static TalosVersion? Parse(string text)
    {
        var plain = text.StartsWith('v') ? text[1..] : text;
        var dash = plain.IndexOf('-', StringComparison.Ordinal);
        var suffix = dash < 0 ? "" : plain[dash..];
        return plain[..(plain.Length - suffix.Length)].Split('.') is [var major, var minor, var patch]
            && NumberOf(major) is { } first && NumberOf(minor) is { } second && NumberOf(patch) is { } third
                ? new TalosVersion(first, second, third, suffix)
                : null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"v{Major}.{Minor}.{Patch}{Suffix}");

    private static int? NumberOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
