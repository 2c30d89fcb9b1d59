using Orrery.Model.Values;

namespace Orrery.Simulation.Talos.Hardware;

/// <summary>An image of Talos Linux: what it was built of, as plain data.</summary>
public sealed record TalosImage
{
    /// <summary>For example <c>v1.12.4</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The schematic's id at Image Factory; empty for the stock image.</summary>
    public string Schematic { get; init; } = "";

    /// <summary><c>metal</c>, <c>nocloud</c> …</summary>
    public required string Platform { get; init; }

    /// <summary>For example <c>siderolabs/iscsi-tools</c>.</summary>
    public ValueList<string> Extensions { get; init; } = [];

    /// <summary>For example <c>net.ifnames=0</c>.</summary>
    public ValueList<string> KernelArguments { get; init; } = [];

    /// <summary>Values of META by key as text, for example <c>10</c>: the network of platform <c>metal</c>.</summary>
    public ValueMap<string> Meta { get; init; } = ValueMap<string>.Empty;

    /// <summary>The second part of the version.</summary>
    public int Minor => Version.TrimStart('v').Split('.') is [_, var minor, ..] && int.TryParse(minor, out var number)
        ? number
        : 0;
}

/// <summary>
/// A disk with all that stands on it. It belongs to whoever gave it to the machine, and dies with it or goes elsewhere.
/// </summary>
/// <param name="identity">Unique among all disks of a world.</param>
/// <param name="sizeBytes">How much it holds.</param>
public sealed class TalosDisk(long identity, long sizeBytes)
{
    public long Identity => identity;

    public long SizeBytes => sizeBytes;

    /// <summary>What pods have written to it, where it is no system disk; it outlives machines.</summary>
    public Machines.Files.VolumeDisk Volume { get; } = new(identity, sizeBytes);

    /// <summary>Talos is on it.</summary>
    public bool IsInstalled => Installation is not null;

    /// <summary>The image that boots from it; null where none does.</summary>
    public TalosImage? Image => Installation?.Current;

    /// <summary>Only for the machine that it is in.</summary>
    internal TalosInstallation? Installation { get; set; }

    /// <summary>A disk image is written to it: Talos without a configuration.</summary>
    public void Write(TalosImage image) => Installation = new TalosInstallation(image);

    /// <summary>Everything on it is gone.</summary>
    public void Wipe() => Installation = null;
}

/// <summary>What a machine can boot from.</summary>
public abstract record BootMedia
{
    /// <summary>An ISO that is in the drive.</summary>
    public sealed record Iso(TalosImage Image) : BootMedia;

    /// <summary>A disk; skipped while nothing on it boots.</summary>
    public sealed record FromDisk(TalosDisk Disk) : BootMedia;
}

/// <summary>A network card.</summary>
/// <param name="Mac">For example <c>bc:24:11:00:01:10</c>.</param>
/// <param name="Name">As the kernel calls it by its place; <c>ens18</c> is the first one of a Proxmox VM.</param>
public sealed record TalosNic(string Mac, string Name = "ens18")
{
    /// <summary>
    /// With its prefix length, from the cloud's own network configuration; only platform <c>nocloud</c> reads it.
    /// </summary>
    public string? CloudAddress { get; init; }
}

/// <summary>A machine as it is switched on.</summary>
public sealed record TalosHardware
{
    /// <summary>Unique in its world, for example the number of a VM.</summary>
    public required string Id { get; init; }

    /// <summary>Tried one after the other.</summary>
    public required ValueList<BootMedia> BootOrder { get; init; }

    /// <summary>In the order of their names: <c>/dev/sda</c>, <c>/dev/sdb</c> …</summary>
    public required ValueList<TalosDisk> Disks { get; init; }

    public required ValueList<TalosNic> Nics { get; init; }

    /// <summary>Of the firmware's tables; empty for none.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>What its disks are called below <c>/dev/disk/by-id</c>, of those that have such a name.</summary>
    public ValueMap<TalosDisk> ById { get; init; } = ValueMap<TalosDisk>.Empty;

    /// <summary>The device of a disk.</summary>
    public string DeviceOf(TalosDisk disk) => $"/dev/sd{(char)('a' + Disks.ToList().IndexOf(disk))}";
}
