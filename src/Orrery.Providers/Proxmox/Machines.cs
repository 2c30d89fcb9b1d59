using System.Globalization;
using Orrery.Engine.Ports;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox;

/// <summary>A machine at its place, with its configuration.</summary>
internal sealed record PlacedMachine(GuestEntry Guest, MachineConfig Config)
{
    public string Id => Guest.Vmid.ToString(CultureInfo.InvariantCulture);

    public string Path => Machines.PathOf(Guest);

    public bool IsRunning => Guest.Status == "running";

    /// <summary>Drives whose volumes are of no machine or of another one: those that pods have, above all.</summary>
    public IEnumerable<(string Slot, DriveText Drive)> ForeignDisks =>
        Config.Disks.Where(disk => disk.Drive.Owner is { } owner && owner != Guest.Vmid);
}

/// <summary>
/// Finds machines wherever in the cluster they are, and does what needs nothing of their kind: power, configuration.
/// </summary>
internal sealed class Machines(ProxmoxClient client, TaskWaiter tasks)
{
    public static string PathOf(GuestEntry guest) => $"nodes/{guest.Node}/qemu/{guest.Vmid}";

    /// <summary>What carries the platform's tags, and what looks like a clone of ours that got none yet.</summary>
    public async Task<IReadOnlyList<PlacedMachine>> ListOwnedAsync(
        string platformId, string kind, OperationContext? operation, CancellationToken cancellation)
    {
        var guests = await ListAsync(operation, cancellation);
        var placed = await Task.WhenAll(guests.Where(guest => MayBeOurs(guest, platformId, kind))
            .Select(guest => PlaceAsync(guest, operation, cancellation)));
        return
        [
            .. placed.OfType<PlacedMachine>().Where(machine =>
                machine.Config.Owner is { } owner && owner.Owner.PlatformId == platformId && owner.Kind == kind),
        ];
    }

    /// <summary>The machine with this number, or null; also for what is no number.</summary>
    public async Task<PlacedMachine?> FindAsync(
        string id, OperationContext? operation, CancellationToken cancellation)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var vmid))
            return null;
        return (await ListAsync(operation, cancellation)).FirstOrDefault(guest => guest.Vmid == vmid) is { } guest
            ? await PlaceAsync(guest, operation, cancellation)
            : null;
    }

    public async Task<PlacedMachine> GetAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await FindAsync(id, operation, cancellation)
            ?? throw new ProviderException(ProviderErrorCode.NotFound, $"there is no VM {id} in this Proxmox VE");

    public async Task<PlacedMachine?> FindNamedAsync(string name, CancellationToken cancellation) =>
        (await ListAsync(null, cancellation)).FirstOrDefault(guest => guest.Name == name) is { } guest
            ? await PlaceAsync(guest, null, cancellation)
            : null;

    public async Task<IReadOnlyList<GuestEntry>> ListAsync(
        OperationContext? operation, CancellationToken cancellation)
    {
        var guests = await client.GetAsync(
            "cluster/resources?type=vm", ProxmoxJson.Default.EnvelopeListGuestEntry, operation, cancellation);
        return [.. guests.Where(guest => guest.Type == "qemu").OrderBy(guest => guest.Vmid)];
    }

    /// <summary>Changes its configuration; what takes long is waited for.</summary>
    public async Task ConfigureAsync(
        PlacedMachine machine, Parameters parameters, OperationContext operation, CancellationToken cancellation)
    {
        if (parameters.Count == 0)
            return;
        var task = await client.FindTaskAsync(
            HttpMethod.Post, $"{machine.Path}/config", parameters, operation, cancellation);
        await tasks.WaitAsync(task, operation, cancellation);
    }

    /// <summary>
    /// Cuts the power. Never by ACPI: Talos does not listen to it, and who needs an orderly end has said goodbye
    /// through its own API before.
    /// </summary>
    public async Task StopAsync(PlacedMachine machine, OperationContext operation, CancellationToken cancellation)
    {
        if (await IsRunningAsync(machine, operation, cancellation))
            await PowerAsync(machine, "stop", operation, cancellation);
    }

    public async Task StartAsync(PlacedMachine machine, OperationContext operation, CancellationToken cancellation)
    {
        if (!await IsRunningAsync(machine, operation, cancellation))
            await PowerAsync(machine, "start", operation, cancellation);
    }

    /// <summary>Presses the reset button of what runs.</summary>
    public Task ResetAsync(PlacedMachine machine, OperationContext operation, CancellationToken cancellation) =>
        PowerAsync(machine, "reset", operation, cancellation);

    /// <summary>Moves a volume from one machine to another on the same node: it belongs to that one then.</summary>
    public async Task MoveDiskAsync(
        (PlacedMachine From, string Slot) source, (PlacedMachine To, string Slot) target, OperationContext operation,
        CancellationToken cancellation)
    {
        var parameters = new Parameters().With("disk", source.Slot).With("target-vmid", target.To.Guest.Vmid)
            .With("target-disk", target.Slot);
        var task = await client.StartAsync(
            HttpMethod.Post, $"{source.From.Path}/move_disk", parameters, operation, cancellation);
        await tasks.WaitAsync(task, operation, cancellation);
    }

    /// <summary>Grows a disk to so many gibibytes.</summary>
    public async Task GrowAsync(
        PlacedMachine machine, string slot, long gibibytes, OperationContext operation,
        CancellationToken cancellation)
    {
        var parameters = new Parameters().With("disk", slot).With("size", $"{gibibytes}G");
        var task = await client.FindTaskAsync(
            HttpMethod.Put, $"{machine.Path}/resize", parameters, operation, cancellation);
        await tasks.WaitAsync(task, operation, cancellation);
    }

    /// <summary>Deletes it with all disks that it owns; one that is gone, perhaps by an earlier try, is.</summary>
    public async Task DestroyAsync(
        PlacedMachine machine, OperationContext operation, CancellationToken cancellation)
    {
        var parameters = new Parameters().With("purge", true).With("destroy-unreferenced-disks", true);
        try
        {
            var task = await client.StartAsync(HttpMethod.Delete, machine.Path, parameters, operation, cancellation);
            await tasks.WaitAsync(task, operation, cancellation);
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.NotFound)
        {
            operation.Waiting(new WaitState("the machine is deleted", "it is gone already"));
        }
    }

    /// <summary>The list of the cluster lags by some seconds; the machine itself knows.</summary>
    public async Task<bool> IsRunningAsync(
        PlacedMachine machine, OperationContext? operation, CancellationToken cancellation)
    {
        var status = await client.GetAsync(
            $"{machine.Path}/status/current", ProxmoxJson.Default.EnvelopeGuestStatus, operation, cancellation);
        return status.Status == "running";
    }

    public async Task<PlacedMachine?> PlaceAsync(
        GuestEntry guest, OperationContext? operation, CancellationToken cancellation)
    {
        var fields = await client.FindAsync(
            $"{PathOf(guest)}/config", ProxmoxJson.Default.EnvelopeDictionaryStringJsonElement, operation,
            cancellation);
        return fields is null ? null : new PlacedMachine(guest, new MachineConfig(fields));
    }

    private async Task PowerAsync(
        PlacedMachine machine, string change, OperationContext operation, CancellationToken cancellation)
    {
        var task = await client.StartAsync(
            HttpMethod.Post, $"{machine.Path}/status/{change}", new Parameters(), operation, cancellation);
        await tasks.WaitAsync(task, operation, cancellation);
    }

    /// <summary>Names of ours end with a generation; a clone has its name before it has tags.</summary>
    private static bool MayBeOurs(GuestEntry guest, string platformId, string kind) => OwnerTags.AreSet(guest.Tags)
        ? OwnerTags.MayName(guest.Tags, platformId, kind)
        : guest.Name is { } name && name.LastIndexOf("-g", StringComparison.Ordinal) is >= 0 and var at
            && at + 2 < name.Length && name.AsSpan(at + 2).IndexOfAnyExceptInRange('0', '9') < 0;
}
