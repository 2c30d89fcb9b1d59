using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>
/// A disk of its own. Made without a file system: the machine formats a blank device and nothing else does. Grows in
/// place.
/// </summary>
internal sealed class VolumeHandler(HetznerServices services)
    : LabelledHandler<VolumeSchema, VolumeReply, VolumePage>(services), IPriced
{
    /// <summary>
    /// Says in the creating request that the volume shall be protected from deletion. Hetzner protects only by an
    /// action of its own, so a crash may come between; whoever finds the volume then still knows.
    /// </summary>
    private const string RetainLabel = "orrery.dev/retain";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "hetzner/volume",
        Fields = ValueMap.Of(
            ("size", FieldRule.Updates), ("location", FieldRule.Replaces), ("deleteProtection", FieldRule.Updates)),
        StableOutputs = ["id", "device"],
        TypicalDuration = TimeSpan.FromSeconds(3),
    };

    public override ResourceKind Kind => Definition;

    protected override string Path => "volumes";

    protected override JsonTypeInfo<VolumeReply> ReplyType => HetznerJson.Default.VolumeReply;

    protected override JsonTypeInfo<VolumePage> PageType => HetznerJson.Default.VolumePage;

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var labels = OwnerLabels.Of(request.Owner, request.Address);
        if (request.Desired["deleteProtection"].AsBool())
            labels[RetainLabel] = "true";
        var body = new VolumeCreate(
            request.Name, request.Desired["size"].AsNumber() ?? 0, request.Desired["location"].AsText() ?? "", labels);
        return MakeAsync(Body.Of(body, HetznerJson.Default.VolumeCreate), operation, cancellation);
    }

    public override async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation)
    {
        var observed = await base.AwaitReadyAsync(id, operation, cancellation);
        if (!observed.IsReady)
            await AwaitRunningAsync(id, operation, cancellation);
        var available = new Awaited<VolumeSchema>(
            () => GetAsync(id, operation, cancellation),
            IsAvailable,
            volume => new WaitState("the volume is available", volume.Status));
        var volume = await PollStatus.UntilAsync(Services.Time, available, operation, cancellation);
        if (volume.Labels.ContainsKey(RetainLabel) && !volume.Protection.Delete)
        {
            await ProtectAsync(volume, true, operation, cancellation);
            volume = await GetAsync(id, operation, cancellation);
        }

        return Observe(volume);
    }

    public async Task<decimal?> PricePerMonthAsync(Value.Map desired, CancellationToken cancellation) =>
        await Services.Prices.VolumePerGigabyteAsync(cancellation) * desired["size"].AsNumber();

    protected override Observed Observe(VolumeSchema volume) => Observed(
        volume,
        Value.MapOf(
            ("size", (long)volume.Size),
            ("location", volume.Location.Name),
            ("deleteProtection", volume.Protection.Delete)),
        Value.MapOf(("device", volume.LinuxDevice)),
        IsAvailable(volume));

    protected override async Task ChangeAsync(
        VolumeSchema current, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var size = desired["size"].AsNumber() ?? 0;
        if (size < current.Size)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid,
                $"the volume '{current.Name}' has {current.Size:0} GB and cannot shrink to {size} GB: "
                + "declare a new volume and move the data");
        }

        if (size > current.Size)
        {
            var resize = Body.Of(new VolumeResize(size), HetznerJson.Default.VolumeResize);
            await ActAsync(ActionOf(current, "resize"), resize, operation, cancellation);
        }

        if (desired["deleteProtection"].AsBool() != current.Protection.Delete)
            await ProtectAsync(current, desired["deleteProtection"].AsBool(), operation, cancellation);
    }

    /// <summary>Hetzner deletes only what is not attached.</summary>
    protected override Task ReleaseAsync(
        VolumeSchema current, OperationContext operation, CancellationToken cancellation) =>
        current.Server is null
            ? Task.CompletedTask
            : ActAsync(ActionOf(current, "detach"), operation, cancellation);

    /// <summary>The label first: where a crash comes between, it says what is still to be done.</summary>
    private async Task ProtectAsync(
        VolumeSchema volume, bool retain, OperationContext operation, CancellationToken cancellation)
    {
        if (volume.Labels.ContainsKey(RetainLabel) != retain)
        {
            // A PUT replaces all labels, so those of others are sent back as they are.
            var labels = new Dictionary<string, string>(volume.Labels);
            if (retain)
                labels[RetainLabel] = "true";
            else
                labels.Remove(RetainLabel);
            var update = Body.Of(new LabelsUpdate(labels), HetznerJson.Default.LabelsUpdate);
            await Client.PutAsync(PathOf(HetznerId.Of(volume.Id)), update, ReplyType, operation, cancellation);
        }

        var body = Body.Of(new ChangeProtection(retain), HetznerJson.Default.ChangeProtection);
        await ActAsync(ActionOf(volume, "change_protection"), body, operation, cancellation);
    }

    private static bool IsAvailable(VolumeSchema volume) => volume.Status == "available";
}
