using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Kinds;

namespace Orrery.Providers.Proxmox;

/// <summary>The kinds of Proxmox VE.</summary>
public static class ProxmoxKinds
{
    /// <summary>For planning without a cluster.</summary>
    public static ValueList<ResourceKind> All { get; } =
    [
        ImageHandler.Definition,
        IsoHandler.Definition,
        DiskHandler.Definition,
        VirtualMachineHandler.Definition,
        BootDeviceHandler.Definition,
    ];

    /// <summary>Sends nothing yet.</summary>
    public static IReadOnlyList<IResourceHandler> Handlers(
        ProviderEnvironment environment, ProxmoxConnection connection) =>
        Handlers(ProxmoxServices.Create(environment, connection));

    internal static IReadOnlyList<IResourceHandler> Handlers(ProxmoxServices services) =>
    [
        new ImageHandler(services),
        new IsoHandler(services),
        new DiskHandler(services),
        new VirtualMachineHandler(services),
        new BootDeviceHandler(services),
    ];
}
