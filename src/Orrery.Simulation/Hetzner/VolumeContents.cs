namespace Orrery.Simulation.Hetzner;

/// <summary>
/// What stands on a simulated volume. It stands for all its bytes: two volumes with equal contents are equal byte for
/// byte.
/// </summary>
/// <param name="Filesystem"><c>ext4</c>, <c>xfs</c>, or null for a device that nobody formatted.</param>
/// <param name="Generation">How many writes reached the disk.</param>
/// <param name="Value">The last value that reached the disk; null when there is none.</param>
public sealed record VolumeContents(string? Filesystem, int Generation, string? Value)
{
    /// <summary>A device as it comes.</summary>
    public static VolumeContents Blank { get; } = new(null, 0, null);

    internal VolumeContents Written(string value) => this with { Generation = Generation + 1, Value = value };
}
