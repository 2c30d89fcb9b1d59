using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Accounts;

/// <summary>What a user of the API may do, and on which paths: no more than its program asks for.</summary>
/// <param name="Role">A role of our own; those of Proxmox VE itself begin with <c>PVE</c>.</param>
internal sealed record AccountRights(string Role, ValueList<string> Privileges, ValueList<string> Paths)
{
    private const string Everywhere = "/";

    /// <summary>
    /// Of the requests that this provider sends, as the API's documentation says for each (Proxmox VE 9.1; the
    /// privilege <c>VM.Monitor</c> of older lists is gone there).
    /// </summary>
    private static readonly ValueList<string> Provisioning =
    [
        // Making, changing, starting and deleting machines, and reading their serial consoles.
        "VM.Allocate", "VM.Audit", "VM.Config.CDROM", "VM.Config.CPU", "VM.Config.Disk", "VM.Config.HWType",
        "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options", "VM.Console", "VM.PowerMgmt",

        // Disks, images and CDs. Deleting a volume needs Datastore.Allocate.
        "Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate",

        // What a node has, its tasks, and downloads onto it.
        "Sys.AccessNetwork", "Sys.Audit",

        // Bridges.
        "SDN.Use",
    ];

    /// <summary>https://github.com/sergelogvinov/proxmox-csi-plugin/blob/main/docs/install.md.</summary>
    private static readonly ValueList<string> Csi =
        ["Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.Audit", "VM.Audit", "VM.Config.Disk"];

    /// <summary>The rights of a declared role.</summary>
    public static AccountRights Of(string role, Infrastructure.Proxmox settings) => role == "csi"
        ? new AccountRights("OrreryCsi", Csi, [Everywhere])
        : new AccountRights(
            "OrreryProvisioner",
            Provisioning,
            [
                "/vms",
                .. settings.Hosts.Select(host => $"/nodes/{host}"),
                .. new[] { settings.Disks, settings.Images }.Distinct().Select(storage => $"/storage/{storage}"),
                $"/sdn/zones/localnetwork/{settings.Bridge}",
            ]);
}
