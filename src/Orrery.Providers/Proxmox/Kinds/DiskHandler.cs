using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>
/// A disk that outlives machines: Longhorn's. Its id is the number of its holder, a machine that never runs; the
/// machines that use it name that id in their field <c>retained</c>. Grows in place.
/// </summary>
internal sealed class DiskHandler(ProxmoxServices services) : IResourceHandler
{
    private readonly RetainedDisks _retained = new(services.Machines, services.Lanes);
    private readonly VmidReservation _vmids = new(services.Client, services.Machines, services.Time);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/disk",
        Fields = ValueMap.Of(
            ("access", FieldRule.CreateOnly),
            ("node", FieldRule.Replaces), ("storage", FieldRule.Replaces), ("size", FieldRule.Updates),
            ("pool", FieldRule.CreateOnly)),
        StableOutputs = ["id", "serial", "device"],
        TypicalDuration = TimeSpan.FromSeconds(3),
    };

    public ResourceKind Kind => Definition;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        var found = new List<Observed>();
        foreach (var holder in await services.Machines.ListOwnedAsync(
            platformId, OwnerTags.Disk, null, cancellation))
        {
            found.Add(await ObserveAsync(holder, null, cancellation));
        }

        return found;
    }

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await services.Machines.FindAsync(id, null, cancellation) is { } holder
            ? await ObserveAsync(holder, null, cancellation)
            : null;

    public async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        await services.Machines.FindNamedAsync(request.Name, cancellation) is { } holder
            ? await ObserveAsync(holder, null, cancellation)
            : null;

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var storage = desired["storage"].AsText() ?? "";
        var holder = await _vmids.TakeAsync(
            request, null,
            vmid => services.Lanes.RunAsync(
                [storage], () => MakeAsync(request, vmid, operation, cancellation), operation, cancellation),
            operation, cancellation);
        return await ObserveAsync(holder, operation, cancellation);
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ObserveAsync(
            await services.Machines.GetAsync(id, operation, cancellation), operation, cancellation);

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var holder = await services.Machines.GetAsync(request.Id, operation, cancellation);
        MachineOwnership.Check(Definition, holder, request.Owner);
        var wanted = request.Desired["size"].AsNumber() ?? 0;
        if (await _retained.FindAsync(holder, operation, cancellation) is { } place)
        {
            var has = DriveText.Parse(place.Machine.Config.Text(place.Slot) ?? "").Gibibytes;
            if (has > wanted)
            {
                throw new ProviderException(
                    ProviderErrorCode.Invalid,
                    $"the disk of '{holder.Guest.Name}' has {has} GiB and cannot shrink to {wanted} GiB: declare a"
                    + " new disk and move the data");
            }

            if (has < wanted)
                await services.Machines.GrowAsync(place.Machine, place.Slot, wanted, operation, cancellation);
        }

        return await AwaitReadyAsync(request.Id, operation, cancellation);
    }

    /// <summary>Deletes holder and bytes; refuses while a machine has the disk.</summary>
    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await services.Machines.FindAsync(request.Id, operation, cancellation) is not { } holder)
            return;
        MachineOwnership.Check(Definition, holder, request.Owner);
        if (await _retained.FindAsync(holder, operation, cancellation) is { } place
            && place.Machine.Guest.Vmid != holder.Guest.Vmid)
        {
            throw new ProviderException(
                ProviderErrorCode.Locked,
                $"the disk of '{holder.Guest.Name}' is in use by VM {place.Machine.Id} ('{place.Machine.Guest.Name}')");
        }

        await services.Machines.DestroyAsync(holder, operation, cancellation);
    }

    private async Task<bool> MakeAsync(
        CreateRequest request, string vmid, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var disk = DriveText.New(
            desired["storage"].AsText() ?? "", desired["size"].AsNumber() ?? 0,
            $",serial={RetainedDisks.SerialOf(request.Owner)}");
        var parameters = new Parameters().With("vmid", vmid).With("name", request.Name)
            .With("description", OwnerTags.Description(request.Owner, OwnerTags.Disk, request.Address))
            .With("tags", OwnerTags.Of(request.Owner, OwnerTags.Disk, []))
            .With("pool", desired["pool"].AsText()).With("scsihw", "virtio-scsi-single").With("memory", 16)
            .With("onboot", false).With("protection", false).With(RetainedDisks.HomeSlot, disk);
        var task = await services.Client.StartAsync(
            HttpMethod.Post, $"nodes/{desired["node"].AsText()}/qemu", parameters, operation, cancellation);
        await services.Tasks.WaitAsync(task, operation, cancellation);
        return true;
    }

    private async Task<Observed> ObserveAsync(
        PlacedMachine holder, OperationContext? operation, CancellationToken cancellation)
    {
        var owner = holder.Config.Owner is { Kind: OwnerTags.Disk } found ? found.Owner : null;
        var place = await _retained.FindAsync(holder, operation, cancellation);
        var drive = place is { } at ? DriveText.Parse(at.Machine.Config.Text(at.Slot) ?? "") : null;
        var serial = owner is null ? "" : RetainedDisks.SerialOf(owner);
        return new Observed
        {
            Id = holder.Id,
            Name = holder.Guest.Name ?? holder.Config.Name ?? "",
            Owner = owner,
            IsReady = holder.Config.Lock is null,
            Properties = Value.MapOf(
                ("node", holder.Guest.Node), ("storage", drive?.Storage ?? ""), ("size", drive?.Gibibytes ?? 0)),
            Outputs = Value.MapOf(
                ("id", holder.Id), ("serial", serial),
                ("device", $"/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_{serial}")),
        };
    }
}
