using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>Volumes that come to servers and leave them, and what becomes of their bytes.</summary>
internal static class VolumeAttachments
{
    // https://docs.hetzner.com/cloud/volumes/overview: at most 16 volumes on one server.
    private const int PerServerMax = 16;

    /// <summary>The volume is free and fits the server.</summary>
    public static void Require(Exchange exchange, Volume volume, Server server)
    {
        // hcloud-go knows this code ("detach first"); its status is not documented, assumed 422 like its neighbours.
        if (volume.Server is not null)
            throw Refusal.Unprocessable("volume_already_attached", "volume is already attached to a server");
        if (volume.Location != server.Location)
            throw Refusal.Invalid("server", "server and volume must be in the same location");
        if (exchange.Project.VolumesOf(server).Count() >= PerServerMax)
            throw Refusal.LimitExceeded("volumes_per_server_limit");
    }

    /// <summary>Locks both: Hetzner's CSI driver handles a locked server here.</summary>
    public static CloudAction Attach(Exchange exchange, Volume volume, Server server, CloudAction? after = null) =>
        exchange.Start("attach_volume", [server, volume], new ActionWork
        {
            Holds = [server, volume],
            Succeed = _ =>
            {
                volume.Server = server.Id;
                if (server.Status == ServerStatus.Running)
                    Machine.Found(server, volume);
            },
        }, after);

    /// <summary>
    /// Takes the device away. What a running machine had not written back is lost: it has to be shut down, or to
    /// unmount the volume, before.
    /// </summary>
    public static CloudAction Detach(Exchange exchange, Volume volume, Server server) =>
        exchange.Start("detach_volume", [server, volume], new ActionWork
        {
            Holds = [server, volume],
            Succeed = _ =>
            {
                volume.Tear();
                volume.Server = null;
            },
        });
}
