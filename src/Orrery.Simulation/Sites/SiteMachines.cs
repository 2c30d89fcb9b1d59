using System.Globalization;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Sites;

/// <summary>
/// Lets the servers of a simulated cloud be machines that really run: power, disks and addresses follow the cloud. The
/// cloud's numbers are the machines' identifiers.
/// </summary>
/// <param name="machines">Where they are.</param>
internal sealed class SiteMachines(MachinePark machines) : IServerHost
{
    private readonly SortedDictionary<long, VolumeDisk> _disks = [];

    /// <summary>The server of each attached volume: one that is off has its disks when it is switched on.</summary>
    private readonly SortedDictionary<long, long> _attached = [];

    /// <summary>What stands on each volume that a server ever had, by its number.</summary>
    public IReadOnlyDictionary<long, VolumeDisk> Disks => _disks;

    public void PoweredOn(HostedServer server)
    {
        var park = machines;
        var id = Id(server.Id);
        if (park.Get(id) is { IsOn: true })
        {
            // The cloud has started it again, without asking its operating system.
            park.Reset(id);
            return;
        }

        var machine = park.PowerOn(new MachineOrder
        {
            Id = id,
            Name = server.Name,
            Image = server.Image,
            UserData = server.UserData,
            Addresses = server.Addresses,
            AuthorizedKeys = server.PublicKeys,
        });
        foreach (var disk in _disks.Values.Where(disk => _attached.GetValueOrDefault(disk.Identity) == server.Id))
            park.AttachVolume(machine.Id, disk);
    }

    public void ShutdownRequested(long server) => machines.Shutdown(Id(server));

    public void PoweredOff(long server) => machines.PowerOff(Id(server));

    public void Deleted(long server) => machines.Delete(Id(server));

    public void Attached(long server, HostedVolume volume)
    {
        if (!_disks.TryGetValue(volume.Id, out var disk))
        {
            _disks[volume.Id] = disk = new VolumeDisk(volume.Id, volume.SizeGigabytes * 1_000_000_000L);
            if (volume.Format is { } format)
                disk.Format(format);
        }

        _attached[volume.Id] = server;
        machines.AttachVolume(Id(server), disk);
    }

    public void Detached(long server, long volume)
    {
        _attached.Remove(volume);
        machines.DetachVolume(Id(server), volume);
    }

    public void Routed(string address, long? server) =>
        machines.RouteAddress(address, server is { } id ? Id(id) : null);

    private static string Id(long server) => server.ToString(CultureInfo.InvariantCulture);
}
