using System.Globalization;
using System.Runtime.CompilerServices;
using Orrery.Model.Values;
using Orrery.Simulation.Proxmox.Guests;
using Orrery.Simulation.Talos;
using Orrery.Simulation.Talos.Hardware;

namespace Orrery.Simulation.Sites;

/// <summary>
/// Lets the virtual machines of a simulated Proxmox VE be machines that boot Talos: power, disks and CD drives follow
/// the hypervisor. Its numbers are the machines' identifiers.
/// </summary>
/// <param name="machines">Where they are.</param>
/// <param name="images">What stands at an address of the web; null for nothing that boots.</param>
internal sealed class SiteGuests(TalosPark machines, Func<string, TalosImage?> images) : IGuestHost
{
    private readonly ConditionalWeakTable<DiskContents, TalosDisk> _disks = [];
    private long _made;

    public void PoweredOn(Guest guest) => machines.PowerOn(HardwareOf(guest));

    public void PoweredOff(long vmid) => machines.Get(Id(vmid))?.PowerOff();

    public void Reset(Guest guest)
    {
        PoweredOff(guest.Vmid);
        PoweredOn(guest);
    }

    public void Changed(Guest guest) => machines.Change(HardwareOf(guest));

    /// <summary>Talos does not hear the power button.</summary>
    public void ShutdownRequested(long vmid)
    {
    }

    public void Deleted(long vmid) => machines.Delete(Id(vmid));

    public string ConsoleOf(long vmid) => machines.Get(Id(vmid))?.ConsoleText ?? "";

    /// <summary>What stands on a volume as the machine that had it last has left it.</summary>
    public TalosDisk? DiskOf(DiskContents contents) => _disks.TryGetValue(contents, out var disk) ? disk : null;

    private TalosHardware HardwareOf(Guest guest)
    {
        var disks = guest.Disks.ToDictionary(disk => disk.Slot, DiskIn);
        var addresses = guest.Media.Select(medium => SeedReader.AddressesIn(medium.Image.Span))
            .FirstOrDefault(found => found.Count > 0) ?? ValueMap<string>.Empty;
        return new TalosHardware
        {
            Id = Id(guest.Vmid),
            BootOrder =
            [
                .. guest.BootOrder.Select(slot => disks.TryGetValue(slot, out var disk)
                    ? (BootMedia?)new BootMedia.FromDisk(disk)
                    : IsoIn(guest, slot)).OfType<BootMedia>(),
            ],
            Disks = [.. guest.Disks.Select(disk => disks[disk.Slot])],
            Uuid = guest.Uuid,
            ById = ValueMap.From(guest.Disks.Where(disk => disk.Wwn is not null)
                .Select(disk => KeyValuePair.Create($"wwn-{disk.Wwn}", disks[disk.Slot]))),
            Nics =
            [
                .. guest.Networks.Select(card => new TalosNic(card.Mac)
                {
                    CloudAddress = addresses.TryGetValue(card.Mac, out var address) ? address : null,
                }),
            ],
        };
    }

    private BootMedia.Iso? IsoIn(Guest guest, string slot) =>
        guest.Media.FirstOrDefault(medium => medium.Slot == slot) is { Source: { } source }
        && images(source) is { } image
            ? new BootMedia.Iso(image)
            : null;

    private TalosDisk DiskIn(GuestDisk disk)
    {
        if (_disks.TryGetValue(disk.Contents, out var known))
            return known;
        var made = new TalosDisk(++_made, disk.Bytes);
        if (disk.Contents.Image is { } source && images(source) is { } image)
            made.Write(image);
        _disks.Add(disk.Contents, made);
        return made;
    }

    private static string Id(long vmid) => vmid.ToString(CultureInfo.InvariantCulture);
}
