using Orrery.Model.Values;

namespace Orrery.Simulation.ImageFactory;

/// <summary>What the simulated Image Factory can build.</summary>
public sealed record ImageFactoryWorldOptions
{
    /// <summary>Releases of Talos.</summary>
    public ValueList<string> Versions { get; init; } =
    [
        "v1.9.2", "v1.9.6", "v1.10.9", "v1.11.6", "v1.12.3", "v1.12.4", "v1.13.5", "v1.13.9", "v1.14.0",
    ];

    /// <summary>
    /// Official extensions, of every release: a choice of those at https://github.com/siderolabs/extensions.
    /// </summary>
    public ValueList<string> Extensions { get; init; } =
    [
        "siderolabs/amd-ucode", "siderolabs/btrfs", "siderolabs/drbd", "siderolabs/gvisor", "siderolabs/i915",
        "siderolabs/intel-ucode", "siderolabs/iscsi-tools", "siderolabs/nfs-mount", "siderolabs/nfs-utils",
        "siderolabs/qemu-guest-agent", "siderolabs/tailscale", "siderolabs/util-linux-tools", "siderolabs/zfs",
    ];

    /// <summary>Anything that needs no building. Assumed.</summary>
    public TimeSpan Read { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The first request for an image, which is then kept: pulling and compressing. Assumed.</summary>
    public TimeSpan Build { get; init; } = TimeSpan.FromSeconds(40);
}
