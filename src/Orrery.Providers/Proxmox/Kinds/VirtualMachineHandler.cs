using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>
/// A machine: q35, VirtIO, a serial console. Made from nothing, with disks that are blank or filled from an image, or
/// as a full clone of a template. Sizes are gibibytes, memory mebibytes, MAC addresses lower-case with colons.
/// </summary>
internal sealed class VirtualMachineHandler(ProxmoxServices services) : IResourceHandler, IPerformsSteps, ITakesOver
{
    public const string Stop = "stop";

    private readonly RetainedDisks _retained = new(services.Machines, services.Lanes);
    private readonly VmidReservation _vmids = new(services.Client, services.Machines, services.Time);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/virtual-machine",
        Fields = ValueMap.Of(
            ("access", FieldRule.CreateOnly),
            ("node", FieldRule.Replaces),
            ("vmid", FieldRule.CreateOnly),
            ("pool", FieldRule.CreateOnly),

            // Of the firmware's variables and the TPM's state.
            ("storage", FieldRule.CreateOnly),
            ("firmware", FieldRule.Replaces),
            ("secureBootKeys", FieldRule.CreateOnly),
            ("tpm", FieldRule.Replaces),
            ("template", FieldRule.CreateOnly),
            ("cores", FieldRule.Updates),
            ("memory", FieldRule.Updates),
            ("cpuType", FieldRule.Updates),
            ("agent", FieldRule.Updates),
            ("disks", FieldRule.Updates),
            ("imports", FieldRule.CreateOnly),
            ("retained", FieldRule.Updates),
            ("networks", FieldRule.Updates),
            ("tags", FieldRule.Updates with { Unordered = true }),

            // What it is installed from goes when it is installed (proxmox/boot-device): no difference.
            ("cdrom", FieldRule.CreateOnly),
            ("boot", FieldRule.CreateOnly)),
        StableOutputs = ["id", "node", "name"],
        Ephemeral = true,
        TypicalDuration = TimeSpan.FromSeconds(20),
    };

    public ResourceKind Kind => Definition;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        var found = new List<Observed>();
        foreach (var machine in await services.Machines.ListOwnedAsync(
            platformId, OwnerTags.Machine, null, cancellation))
        {
            found.Add(await ObserveAsync(machine, null, cancellation));
        }

        return found;
    }

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await services.Machines.FindAsync(id, null, cancellation) is { } machine
            ? await ObserveAsync(machine, null, cancellation)
            : null;

    public async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        await services.Machines.FindNamedAsync(request.Name, cancellation) is { } machine
            ? await ObserveAsync(machine, null, cancellation)
            : null;

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var wanted = request.Desired["vmid"].AsNumber() is { } number ? $"{number}" : null;
        var machine = await _vmids.TakeAsync(
            request, wanted, vmid => MakeAsync(request, vmid, operation, cancellation), operation, cancellation);
        if (machine.Config.IsUnconfigured)
            machine = await ConfigureAsync(machine, request, operation, cancellation);
        return await ObserveAsync(machine, operation, cancellation);
    }

    /// <summary>Does what is left to do before the first start, as the description says, and starts it.</summary>
    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var machine = await services.Machines.GetAsync(id, operation, cancellation);
        if (machine.Config.IsUnconfigured)
        {
            throw new ProviderException(
                ProviderErrorCode.ActionFailed,
                $"VM {id} ('{machine.Guest.Name}') is a clone that was never configured: it is made again");
        }

        foreach (var (slot, what) in MachineBody.TodoOf(machine.Config.Description))
            await PrepareAsync(machine, slot, what, operation, cancellation);
        await services.Machines.StartAsync(machine, operation, cancellation);
        return await ReadAsync(id, cancellation) ?? throw new ProviderException(
            ProviderErrorCode.NotFound, $"VM {id} vanished while it was started");
    }

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var machine = await services.Machines.GetAsync(request.Id, operation, cancellation);
        MachineOwnership.Check(Definition, machine, request.Owner);
        var owner = machine.Config.Owner?.Owner ?? throw new ProviderException(
            ProviderErrorCode.Foreign, $"VM {request.Id} names no owner");
        CheckSizes(machine, request.Desired);
        await ReturnUnwantedAsync(machine, request.Desired, operation, cancellation);
        await services.Lanes.RunAsync(
            StoragesOf(request.Desired),
            async () =>
            {
                var parameters = MachineBody.Configure(request.Desired, owner, operation.Address, machine.Config);
                var gone = machine.Config.Networks
                    .Where(slot => MachineBody.Map(request.Desired["networks"])[slot] is Value.Null);
                if (request.Desired["networks"] is Value.Map && string.Join(',', gone) is { Length: > 0 } slots)
                    parameters.With("delete", slots);
                await services.Machines.ConfigureAsync(machine, parameters, operation, cancellation);
                return true;
            },
            operation, cancellation);
        return await AwaitReadyAsync(request.Id, operation, cancellation);
    }

    /// <summary>
    /// Its retained disks go home first: Proxmox VE deletes a machine with all that it owns. Others' disks it leaves
    /// (destroy_vm in QemuServer.pm), and still they are taken out before: what is not there goes with nobody.
    /// </summary>
    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await services.Machines.FindAsync(request.Id, operation, cancellation) is not { } machine)
            return;
        MachineOwnership.Check(Definition, machine, request.Owner);
        await services.Machines.StopAsync(machine, operation, cancellation);
        var foreign = string.Join(',', machine.ForeignDisks.Select(disk => disk.Slot));
        if (foreign.Length > 0)
        {
            await services.Machines.ConfigureAsync(
                machine, new Parameters().With("delete", foreign), operation, cancellation);
        }

        await _retained.ReturnAsync(machine, operation, cancellation);
        await services.Machines.DestroyAsync(machine, operation, cancellation);
    }

    /// <summary><c>stop</c>: the power is cut. What is gone is stopped.</summary>
    public async Task PerformAsync(string step, string id, OperationContext operation, CancellationToken cancellation)
    {
        Invariant.Check(step == Stop, $"a virtual machine cannot do the step '{step}'");
        if (await services.Machines.FindAsync(id, operation, cancellation) is { } machine)
            await services.Machines.StopAsync(machine, operation, cancellation);
    }

    public async Task<Observed> TakeOverAsync(
        string id, Owner owner, ResourceAddress address, OperationContext operation, CancellationToken cancellation)
    {
        var machine = await services.Machines.GetAsync(id, operation, cancellation);
        if (machine.Config.Owner is { } other
            && (other.Owner.PlatformId != owner.PlatformId || other.Owner.AddressHash != owner.AddressHash))
        {
            MachineOwnership.Check(Definition, machine, owner);
        }

        var parameters = new Parameters().With(
            "tags", OwnerTags.Of(owner, OwnerTags.Machine, OwnerTags.Others(machine.Config.Tags)));
        await services.Machines.ConfigureAsync(machine, parameters, operation, cancellation);
        return await ReadAsync(id, cancellation) ?? throw new ProviderException(
            ProviderErrorCode.NotFound, $"VM {id} vanished while it was taken over");
    }

    private Task<bool> MakeAsync(
        CreateRequest request, string vmid, OperationContext operation, CancellationToken cancellation)
    {
        var (node, storages) = (request.Desired["node"].AsText(), StoragesOf(request.Desired));
        return request.Desired["template"].AsNumber() is { } template
            ? services.Lanes.RunAsync(
                storages, () => DoAsync($"nodes/{node}/qemu/{template}/clone", CloneOf(request, vmid)), operation,
                cancellation)
            : services.Lanes.MakeAsync(
                storages, () => DoAsync($"nodes/{node}/qemu", MachineBody.Create(request, vmid)), operation,
                cancellation);

        async Task<bool> DoAsync(string path, Parameters parameters)
        {
            var task = await services.Client.StartAsync(
                HttpMethod.Post, path, parameters, operation, cancellation);
            await services.Tasks.WaitAsync(task, operation, cancellation);
            return true;
        }
    }

    /// <summary>A clone's request takes no tags, so its description says whose it is.</summary>
    private static Parameters CloneOf(CreateRequest request, string vmid) => new Parameters()
        .With("newid", vmid).With("name", request.Name).With("full", true)
        .With("description", MachineBody.DescriptionOf(request.Owner, request.Address, request.Desired))
        .With("storage", request.Desired["storage"].AsText()).With("pool", request.Desired["pool"].AsText());

    private async Task<PlacedMachine> ConfigureAsync(
        PlacedMachine machine, CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        await services.Lanes.RunAsync(
            StoragesOf(request.Desired),
            async () =>
            {
                await services.Machines.ConfigureAsync(
                    machine,
                    MachineBody.Configure(request.Desired, request.Owner, request.Address, machine.Config),
                    operation, cancellation);
                return true;
            },
            operation, cancellation);
        return await services.Machines.GetAsync(machine.Id, operation, cancellation);
    }

    private async Task PrepareAsync(
        PlacedMachine machine, string slot, string what, OperationContext operation,
        CancellationToken cancellation)
    {
        if (what.StartsWith("disk:", StringComparison.Ordinal))
        {
            await _retained.BringAsync(what["disk:".Length..], machine, slot, operation, cancellation);
            return;
        }

        var wanted = DriveText.Parse($"none:0,size={what}").Gibibytes;
        if (machine.Config.Text(slot) is { } text && DriveText.Parse(text).Gibibytes < wanted)
            await services.Machines.GrowAsync(machine, slot, wanted, operation, cancellation);
    }

    /// <summary>Retained disks that the declaration gives it no more go home; it must be off for that.</summary>
    private async Task ReturnUnwantedAsync(
        PlacedMachine machine, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        if (desired["retained"] is not Value.Map wanted)
            return;
        var used = await _retained.UsedByAsync(machine, operation, cancellation);
        if (used.All(disk => wanted[disk.Slot].AsText() == disk.Holder))
            return;
        await services.Machines.StopAsync(machine, operation, cancellation);
        await _retained.ReturnAsync(machine, operation, cancellation);
    }

    private static void CheckSizes(PlacedMachine machine, Value.Map desired)
    {
        foreach (var (slot, disk) in MachineBody.Map(desired["disks"]))
        {
            if (machine.Config.Text(slot) is not { } text)
                continue;
            if (machine.ForeignDisks.FirstOrDefault(other => other.Slot == slot) is { Drive: { } taken })
            {
                throw new ProviderException(
                    ProviderErrorCode.Invalid,
                    $"VM {machine.Id} ('{machine.Guest.Name}') shall have a new disk at {slot}, where {taken.Volume} of"
                    + " somebody else is: drain the node, so that its pods' disks leave it");
            }

            var (has, wants) = (DriveText.Parse(text).Gibibytes, ((Value.Map)disk)["size"].AsNumber() ?? 0);
            if (has > wants)
            {
                throw new ProviderException(
                    ProviderErrorCode.Invalid,
                    $"the disk {slot} of VM {machine.Id} ('{machine.Guest.Name}') has {has} GiB and cannot shrink to"
                    + $" {wants} GiB: rebuild the machine with the smaller disk");
            }
        }
    }

    private static IEnumerable<string> StoragesOf(Value.Map desired)
    {
        foreach (var (_, disk) in MachineBody.Map(desired["disks"]))
            yield return ((Value.Map)disk)["storage"].AsText() ?? "";
        if (desired["storage"].AsText() is { } storage)
            yield return storage;
    }

    private async Task<Observed> ObserveAsync(
        PlacedMachine machine, OperationContext? operation, CancellationToken cancellation)
    {
        var config = machine.Config;
        var retained = await _retained.UsedByAsync(machine, operation, cancellation);
        var isReady = config.Lock is null && !config.IsUnconfigured
            && await services.Machines.IsRunningAsync(machine, operation, cancellation);
        return new Observed
        {
            Id = machine.Id,
            Name = machine.Guest.Name ?? config.Name ?? "",
            Owner = config.Owner is { Kind: OwnerTags.Machine } owner ? owner.Owner : null,
            IsReady = isReady,
            Properties = Properties(machine, retained),
            Outputs = Value.MapOf(
                ("id", machine.Id), ("node", machine.Guest.Node),
                ("name", machine.Guest.Name ?? config.Name ?? "")),
        };
    }

    private static Value.Map Properties(
        PlacedMachine machine, IReadOnlyList<(string Slot, string Holder)> retained)
    {
        var config = machine.Config;
        var networks = config.Networks.ToValueMap(
            slot => slot, slot => (Value)MachineBody.ReadNetwork(config.Text(slot) ?? ""));
        // Which pods' disks are here changes all the time, and is nobody's declaration.
        var disks = config.Disks.Except(machine.ForeignDisks)
            .Where(disk => !RetainedDisks.IsRetained(disk.Drive)).ToValueMap(
            disk => disk.Slot,
            disk => (Value)Value.MapOf(("storage", disk.Drive.Storage), ("size", disk.Drive.Gibibytes)));
        return Value.MapOf(
            ("node", machine.Guest.Node),
            ("firmware", config.Text("bios") ?? "seabios"),
            ("tpm", config.Text("tpmstate0") is not null),
            ("cores", config.Number("cores") ?? 1),
            ("memory", config.Number("memory") ?? 512),
            ("cpuType", config.Text("cpu") ?? "kvm64"),
            ("agent", config.Text("agent") is { } agent && agent.Split(',')[0] is "1" or "enabled=1"),
            ("disks", new Value.Map(disks)),
            ("retained", new Value.Map(retained.ToValueMap(disk => disk.Slot, disk => (Value)disk.Holder))),
            ("networks", new Value.Map(networks)),
            ("tags", Value.ListOf(OwnerTags.Others(config.Tags).Select(tag => (Value)tag))));
    }
}
