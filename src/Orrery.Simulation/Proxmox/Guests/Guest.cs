using Orrery.Model.Values;

namespace Orrery.Simulation.Proxmox.Guests;

/// <summary>A virtual machine as its hypervisor starts it.</summary>
public sealed record Guest
{
    public required long Vmid { get; init; }

    public required string Name { get; init; }

    /// <summary>The host that it runs on.</summary>
    public required string Node { get; init; }

    /// <summary>Of its firmware's tables, as its system reads it; empty for none.</summary>
    public string Uuid { get; init; } = "";

    public required int Cores { get; init; }

    public required int MemoryMebibytes { get; init; }

    /// <summary>UEFI; otherwise a BIOS, which knows neither Secure Boot nor encrypted boot.</summary>
    public required bool IsUefi { get; init; }

    /// <summary>
    /// Microsoft's keys are in the firmware already. Without them it is in setup mode and takes those of what boots.
    /// </summary>
    public required bool HasSecureBootKeys { get; init; }

    /// <summary>What the firmware keeps; null for a BIOS.</summary>
    public required DiskContents? FirmwareVariables { get; init; }

    /// <summary>What the TPM keeps; null where there is none.</summary>
    public required DiskContents? Tpm { get; init; }

    /// <summary>Slots, for example <c>scsi0</c> and <c>ide2</c>.</summary>
    public required ValueList<string> BootOrder { get; init; }

    public required ValueList<GuestNetwork> Networks { get; init; }

    public required ValueList<GuestDisk> Disks { get; init; }

    public required ValueList<GuestMedium> Media { get; init; }

    /// <summary>
    /// The slot that it boots from: the first in order with something bootable; null where nothing is.
    /// </summary>
    public string? BootDevice => BootOrder.FirstOrDefault(slot =>
        Disks.Any(disk => disk.Slot == slot && disk.Contents.IsBootable)
        || Media.Any(medium => medium.Slot == slot && medium.IsBootable));
}

/// <param name="Slot">For example <c>net0</c>.</param>
/// <param name="Mac">Lower-case with colons.</param>
/// <param name="Bridge">Of the host; equal bridges and VLANs of one host are one network.</param>
/// <param name="Vlan">Null for the bridge's own.</param>
public sealed record GuestNetwork(string Slot, string Mac, string Bridge, int? Vlan);

/// <param name="Slot">For example <c>scsi0</c>: the first disk of the machine's only SCSI bus.</param>
/// <param name="Serial">As in <c>/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_SERIAL</c>; null where none is set.</param>
/// <param name="Bytes">Its size.</param>
public sealed record GuestDisk(string Slot, string? Serial, long Bytes, DiskContents Contents)
{
    /// <summary>As in <c>/dev/disk/by-id/wwn-WWN</c>, for example <c>0x5056432d49443031</c>; null for none.</summary>
    public string? Wwn { get; init; }
}

/// <summary>What is in a CD drive.</summary>
/// <param name="Slot">For example <c>ide2</c>.</param>
/// <param name="Source">The address that it was downloaded from; null for one that was uploaded.</param>
/// <param name="Image">All of an uploaded one; what the web gave for a downloaded one.</param>
public sealed record GuestMedium(string Slot, string? Source, ReadOnlyMemory<byte> Image)
{
    /// <summary>One with data for cloud-init is not; what was downloaded is an installer.</summary>
    public bool IsBootable => Source is not null;
}
