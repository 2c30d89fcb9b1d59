using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>
/// What an installed machine boots from: its disk, with nothing left in its CD drive. Needs what says that it is
/// installed. It ends with the machine.
/// </summary>
internal sealed class BootDeviceHandler(ProxmoxServices services) : IResourceHandler, IIdentifiedByInputs
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/boot-device",
        HasGenerations = false,
        Fields = ValueMap.Of(
            ("virtualMachine", FieldRule.Replaces),

            // Slots in order, such as scsi0.
            ("boot", FieldRule.Updates)),
    };

    public ResourceKind Kind => Definition;

    public string? IdOf(Value.Map desired) => desired["virtualMachine"] is Value.Text id ? id.Of : null;

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation)
    {
        var machines = await services.Machines.ListOwnedAsync(platformId, OwnerTags.Machine, null, cancellation);
        return [.. machines.Where(IsEjected).Select(Observe)];
    }

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await services.Machines.FindAsync(id, null, cancellation) is { } machine && IsEjected(machine)
            ? Observe(machine)
            : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(request.Desired) ?? "", cancellation);

    public Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        SetAsync(IdOf(request.Desired) ?? "", request.Desired, operation, cancellation);

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        Observe(await services.Machines.GetAsync(id, operation, cancellation));

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        SetAsync(request.Id, request.Desired, operation, cancellation);

    /// <summary>Nothing to undo: the machine boots as it boots.</summary>
    public Task DeleteAsync(
        DeleteRequest request, OperationContext operation, CancellationToken cancellation) => Task.CompletedTask;

    private async Task<Observed> SetAsync(
        string id, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var machine = await services.Machines.GetAsync(id, operation, cancellation);
        var order = string.Join(';', desired["boot"].AsList().Select(slot => slot.AsText()));
        var parameters = new Parameters().With("boot", $"order={order}");
        var media = machine.Config.Drives.Where(drive => drive.Drive.IsMedia).Select(drive => drive.Slot);
        if (string.Join(',', media) is { Length: > 0 } slots)
            parameters.With("delete", slots);
        await services.Machines.ConfigureAsync(machine, parameters, operation, cancellation);
        return await AwaitReadyAsync(id, operation, cancellation);
    }

    private static bool IsEjected(PlacedMachine machine) =>
        machine.Config.Drives.All(drive => !drive.Drive.IsMedia);

    private static Observed Observe(PlacedMachine machine) => new()
    {
        Id = machine.Id,
        Name = "",
        Owner = null,
        IsReady = IsEjected(machine),
        Properties = Value.MapOf(
            ("virtualMachine", machine.Id),
            ("boot", Value.ListOf(machine.Config.BootOrder.Select(slot => (Value)slot)))),
        Outputs = Value.MapOf(("id", machine.Id)),
    };
}
