using Orrery.Model.Values;

namespace Orrery.Simulation.Hetzner.State;

/// <summary>
/// Compares the project with what the machines were last told, and tells them what is different: disks before power,
/// power before addresses.
/// </summary>
internal sealed class HostReporter(Project project, IServerHost host)
{
    private readonly SortedDictionary<long, (ServerStatus Status, int Boots)> _servers = [];
    private readonly SortedDictionary<long, long> _attached = [];
    private readonly SortedDictionary<string, long?> _routes = new(StringComparer.Ordinal);

    public void Report()
    {
        foreach (var (volume, server) in _attached.ToArray())
        {
            if (project.Volumes.Find(volume)?.Server != server)
                Detach(volume, server);
        }

        foreach (var server in _servers.Keys.Where(id => project.Servers.Find(id) is null).ToArray())
        {
            _servers.Remove(server);
            host.Deleted(server);
        }

        foreach (var volume in project.Volumes.All.Where(volume => volume.Server is not null))
        {
            if (!_attached.ContainsKey(volume.Id) && volume.Server is { } server)
                Attach(volume, server);
        }

        foreach (var server in project.Servers.All.ToArray())
            ReportPower(server);
        foreach (var address in project.FloatingIps.All)
        {
            if (_routes.TryGetValue(address.Address, out var known) && known == address.Server)
                continue;
            _routes[address.Address] = address.Server;
            host.Routed(address.Address, address.Server);
        }
    }

    private void Attach(Volume volume, long server)
    {
        _attached[volume.Id] = server;
        host.Attached(server, new HostedVolume(volume.Id, volume.SizeGigabytes, volume.Format));
    }

    private void Detach(long volume, long server)
    {
        _attached.Remove(volume);
        host.Detached(server, volume);
    }

    private void ReportPower(Server server)
    {
        var (status, boots) = _servers.GetValueOrDefault(server.Id, (ServerStatus.Initializing, 0));
        _servers[server.Id] = (server.Status, server.Boots);
        if (server.Boots != boots)
            host.PoweredOn(Hosted(server));
        else if (server.Status == ServerStatus.Stopping && status != ServerStatus.Stopping)
            host.ShutdownRequested(server.Id);
        else if (server.Status == ServerStatus.Off && status is not (ServerStatus.Off or ServerStatus.Initializing))
            host.PoweredOff(server.Id);
    }

    private HostedServer Hosted(Server server) => new(
        server.Id,
        server.Name,
        server.Image.Name ?? "",
        server.UserData,
        project.PrimaryIps.All.Where(address => address.Server == server.Id).OrderBy(address => address.Ipv6)
            .Select(address => address.Address).ToValueList(),
        server.PublicKeys.ToValueList());
}
