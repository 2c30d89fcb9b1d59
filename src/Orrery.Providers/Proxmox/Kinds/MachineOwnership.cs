using Orrery.Engine.Ports;
using Orrery.Model.Resources;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>What the kinds that are machines say alike.</summary>
internal static class MachineOwnership
{
    /// <summary>Throws where the machine is not whose it must be.</summary>
    public static void Check(ResourceKind kind, PlacedMachine machine, Owner? expected)
    {
        if (expected is null || machine.Config.Owner?.Owner == expected)
            return;
        throw new ProviderException(
            ProviderErrorCode.Foreign,
            $"{kind.Type} '{machine.Guest.Name}' (VM {machine.Id}) is not ours: its tags name another owner or none")
        {
            ForeignId = machine.Id,
        };
    }
}
