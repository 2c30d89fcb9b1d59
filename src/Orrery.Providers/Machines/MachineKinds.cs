using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;

namespace Orrery.Providers.Machines;

/// <summary>The kinds of what is done on machines, for planning without any.</summary>
public static class MachineKinds
{
    public static ValueList<ResourceKind> All { get; } =
        [HostKeyHandler.Definition, PreparedHandler.Definition, K3sHandler.Definition];

    /// <summary>Their handlers, in the same order.</summary>
    internal static IReadOnlyList<IResourceHandler> Handlers(
        MachineServices services, ReleasedMachines released, TimeProvider time) =>
    [
        new HostKeyHandler(services.HostKeys, services.KnownHosts),
        new PreparedHandler(services.Shell, services.KnownHosts, services.Running, time),
        new K3sHandler(services.Shell, released, time),
    ];
}
