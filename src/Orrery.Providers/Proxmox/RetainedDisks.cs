using Orrery.Engine.Ports;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Disks that outlive machines. Proxmox VE deletes a machine with all volumes that it owns, so each such disk has a
/// holder of its own: a machine that never runs, whose tags say whose the disk is. The disk is at its holder or at the
/// machine that uses it, and carries the first 20 characters of its address's hash as its serial wherever it is.
/// </summary>
internal sealed class RetainedDisks(Machines machines, StorageLanes lanes)
{
    /// <summary>Where the disk is at its holder.</summary>
    public const string HomeSlot = "scsi0";

    // QEMU takes no longer serials.
    private const int SerialLength = 20;

    public static string SerialOf(Owner owner) => owner.AddressHash[..SerialLength];

    /// <summary>Whether a drive is one that must outlive its machine.</summary>
    public static bool IsRetained(DriveText drive) => drive.Serial is { Length: SerialLength } serial
        && serial.All(char.IsAsciiHexDigitLower);

    /// <summary>Where the disk of this holder is; null where nobody has it any more.</summary>
    public async Task<(PlacedMachine Machine, string Slot)?> FindAsync(
        PlacedMachine holder, OperationContext? operation, CancellationToken cancellation)
    {
        if (holder.Config.Owner is not { } owner)
            return null;
        var serial = SerialOf(owner.Owner);
        if (SlotOf(holder, serial) is { } home)
            return (holder, home);
        var users = await machines.ListOwnedAsync(
            owner.Owner.PlatformId, OwnerTags.Machine, operation, cancellation);
        foreach (var user in users)
        {
            if (SlotOf(user, serial) is { } slot)
                return (user, slot);
        }

        return null;
    }

    /// <summary>Brings a disk to a machine that does not run yet; nothing happens where it is there already.</summary>
    public async Task BringAsync(
        string holderId, PlacedMachine target, string slot, OperationContext operation,
        CancellationToken cancellation)
    {
        var holder = await machines.GetAsync(holderId, operation, cancellation);
        var place = await FindAsync(holder, operation, cancellation) ?? throw Lost(holder);
        if (place.Machine.Guest.Vmid == target.Guest.Vmid)
            return;
        if (await machines.IsRunningAsync(place.Machine, operation, cancellation))
        {
            throw new ProviderException(
                ProviderErrorCode.Locked,
                $"the retained disk of '{holder.Guest.Name}' is still in use by the running VM {place.Machine.Id}"
                + $" ('{place.Machine.Guest.Name}'), which must stop before '{target.Guest.Name}' can have it");
        }

        await MoveAsync(place, (target, slot), operation, cancellation);
    }

    /// <summary>Brings home what a machine that does not run holds of such disks, so that it may be deleted.</summary>
    public async Task ReturnAsync(
        PlacedMachine machine, OperationContext operation, CancellationToken cancellation)
    {
        foreach (var (slot, drive) in machine.Config.Disks.Where(disk => IsRetained(disk.Drive)))
        {
            var holder = await HolderOfAsync(machine, drive.Serial ?? "", operation, cancellation)
                ?? throw new ProviderException(
                    ProviderErrorCode.Invalid,
                    $"VM {machine.Id} ('{machine.Guest.Name}') has the retained disk {drive.Volume} at {slot}, and"
                    + " there is no holder to move it to: it would be lost with the machine. Move it by hand"
                    + " ('qm disk move') or remove its serial");
            await MoveAsync((machine, slot), (holder, HomeSlot), operation, cancellation);
        }
    }

    /// <summary>The ids of the holders whose disks a machine uses, by slot.</summary>
    public async Task<IReadOnlyList<(string Slot, string Holder)>> UsedByAsync(
        PlacedMachine machine, OperationContext? operation, CancellationToken cancellation)
    {
        var used = new List<(string, string)>();
        foreach (var (slot, drive) in machine.Config.Disks.Where(disk => IsRetained(disk.Drive)))
        {
            if (await HolderOfAsync(machine, drive.Serial ?? "", operation, cancellation) is { } holder)
                used.Add((slot, holder.Id));
        }

        return used;
    }

    private async Task<PlacedMachine?> HolderOfAsync(
        PlacedMachine machine, string serial, OperationContext? operation, CancellationToken cancellation)
    {
        if (machine.Config.Owner is not { } owner)
            return null;
        var holders = await machines.ListOwnedAsync(owner.Owner.PlatformId, OwnerTags.Disk, operation, cancellation);
        return holders.FirstOrDefault(holder =>
            holder.Config.Owner is { } its && SerialOf(its.Owner) == serial);
    }

    private Task<bool> MoveAsync(
        (PlacedMachine Machine, string Slot) from, (PlacedMachine Machine, string Slot) to,
        OperationContext operation, CancellationToken cancellation)
    {
        var drive = DriveText.Parse(from.Machine.Config.Text(from.Slot) ?? "");
        return lanes.MakeAsync(
            [drive.Storage],
            async () =>
            {
                try
                {
                    await machines.MoveDiskAsync(from, to, operation, cancellation);
                }
                catch (ProviderException refusal) when (
                    refusal.Code is ProviderErrorCode.NotFound or ProviderErrorCode.ActionFailed)
                {
                    // An earlier try, whose reply was lost, may have got through after the disk was looked for.
                    var target = await machines.GetAsync(to.Machine.Id, operation, cancellation);
                    if (SlotOf(target, drive.Serial ?? "") != to.Slot)
                        throw;
                }

                return true;
            },
            operation, cancellation);
    }

    private static string? SlotOf(PlacedMachine machine, string serial) =>
        machine.Config.Disks.Where(disk => disk.Drive.Serial == serial).Select(disk => disk.Slot).FirstOrDefault();

    private static ProviderException Lost(PlacedMachine holder) => new(
        ProviderErrorCode.Invalid,
        $"the retained disk of '{holder.Guest.Name}' (VM {holder.Id}) is neither there nor at any machine of this"
        + " platform: somebody deleted or detached it");
}
