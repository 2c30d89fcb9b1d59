using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Kinds;

namespace Orrery.Providers.Hetzner;

/// <summary>The kinds of Hetzner Cloud, for planning without an account.</summary>
public static class HetznerKinds
{
    public static ValueList<ResourceKind> All { get; } =
    [
        SshKeyHandler.Definition,
        FirewallHandler.Definition,
        VolumeHandler.Definition,
        PrimaryIpHandler.Definition,
        FloatingIpHandler.Definition,
        ServerHandler.Definition,
        VolumeAttachmentHandler.Definition,
        FloatingIpAssignmentHandler.Definition,
    ];
}
