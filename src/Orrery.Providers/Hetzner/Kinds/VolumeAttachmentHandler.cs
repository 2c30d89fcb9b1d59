using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>A volume at a server. Moves only by leaving the old server first; never mounted by Hetzner.</summary>
internal sealed class VolumeAttachmentHandler(HetznerServices services) : LinkHandler(services)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "hetzner/volume-attachment",
        HasGenerations = false,
        Fields = ValueMap.Of(("volume", FieldRule.Replaces), ("server", FieldRule.Replaces)),
        StableOutputs = ["id", "device"],
        TypicalDuration = TimeSpan.FromSeconds(3),
    };

    public override ResourceKind Kind => Definition;

    protected override string LinkedField => "volume";

    /// <summary>Nothing of it changes in place.</summary>
    public override async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        Observe(await GetAsync(HetznerId.Parse(request.Id), operation, cancellation));

    protected override async Task<IReadOnlyList<Link>> ListAsync(string platformId, CancellationToken cancellation)
    {
        var path = $"volumes?{OwnerLabels.Selector(platformId)}&sort=id:asc";
        var volumes =
            await Client.ListAsync<VolumePage, VolumeSchema>(path, HetznerJson.Default.VolumePage, cancellation);
        return [.. volumes.Select(LinkOf)];
    }

    protected override async Task<Link?> FindAsync(
        long id, OperationContext? operation, CancellationToken cancellation) =>
        await Client.FindAsync($"volumes/{id}", HetznerJson.Default.VolumeReply, operation, cancellation) is { } reply
            ? LinkOf(reply.Volume)
            : null;

    protected override async Task<IReadOnlyList<ActionSchema>> JoinAsync(
        long id, long server, OperationContext operation, CancellationToken cancellation)
    {
        var body = Body.Of(new VolumeAttach(server, Automount: false), HetznerJson.Default.VolumeAttach);
        var path = $"volumes/{id}/actions/attach";
        return (await Client.PostAsync(path, body, HetznerJson.Default.ActionReply, operation, cancellation)).All;
    }

    protected override async Task<IReadOnlyList<ActionSchema>> PartAsync(
        long id, OperationContext operation, CancellationToken cancellation)
    {
        var path = $"volumes/{id}/actions/detach";
        return (await Client.PostAsync(path, HetznerJson.Default.ActionReply, operation, cancellation)).All;
    }

    private static Link LinkOf(VolumeSchema volume) =>
        new(volume.Id, volume.Server, Value.MapOf(("device", volume.LinuxDevice)));
}
