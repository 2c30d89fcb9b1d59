namespace Orrery.Providers.Hetzner.Wire;

/// <summary>A volume as Hetzner shows it; <c>size</c> in gigabytes.</summary>
internal sealed record VolumeSchema(
    long Id, string Name, decimal Size, LocationSchema Location, string Status, string LinuxDevice,
    ProtectionSchema Protection, Dictionary<string, string> Labels, long? Server = null) : ILabelled;

/// <summary>One volume.</summary>
internal sealed record VolumeReply(
    VolumeSchema Volume, ActionSchema? Action = null, IReadOnlyList<ActionSchema>? NextActions = null)
    : IReply<VolumeSchema>
{
    VolumeSchema IReply<VolumeSchema>.Item => Volume;

    IReadOnlyList<ActionSchema> IReply<VolumeSchema>.Started => Wire.Started.Of(Action, NextActions);
}

/// <summary>Volumes, as <c>GET /volumes</c> lists them.</summary>
internal sealed record VolumePage(IReadOnlyList<VolumeSchema> Volumes, MetaSchema Meta) : IPage<VolumeSchema>
{
    IReadOnlyList<VolumeSchema> IPage<VolumeSchema>.Items => Volumes;
}

/// <summary>The body of <c>POST /volumes</c>. No format: only a blank device is formatted, on the machine.</summary>
internal sealed record VolumeCreate(string Name, long Size, string Location, Dictionary<string, string> Labels);

/// <summary>The body of <c>attach</c>. Never mounted by Hetzner: the machine's own configuration says where.</summary>
internal sealed record VolumeAttach(long Server, bool Automount);

/// <summary>The body of <c>resize</c>.</summary>
internal sealed record VolumeResize(long Size);

/// <summary>The body of <c>change_protection</c>.</summary>
internal sealed record ChangeProtection(bool Delete);

/// <summary>The body of a <c>PUT</c> that replaces all labels.</summary>
internal sealed record LabelsUpdate(Dictionary<string, string> Labels);
