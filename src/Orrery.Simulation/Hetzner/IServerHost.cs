using Orrery.Model.Values;

namespace Orrery.Simulation.Hetzner;

/// <summary>
/// The machines behind the servers: told what the cloud does to their power, disks and addresses, in the order in which
/// it happens, at the moment at which it happens.
/// </summary>
public interface IServerHost
{
    /// <summary>Power is on: it boots, for the first time or again. Its volumes are attached already.</summary>
    void PoweredOn(HostedServer server);

    /// <summary>The power button is pressed for a moment: the operating system may go down in order.</summary>
    void ShutdownRequested(long server);

    /// <summary>
    /// It has no power any more. After a request to shut down it had time; otherwise the plug was pulled.
    /// </summary>
    void PoweredOff(long server);

    /// <summary>It is gone, with its own disk.</summary>
    void Deleted(long server);

    /// <summary>A block device appears.</summary>
    void Attached(long server, HostedVolume volume);

    /// <summary>A block device vanishes, whatever is still mounted of it.</summary>
    void Detached(long server, long volume);

    /// <summary>Packets to a floating address now go to this server, or to none.</summary>
    void Routed(string address, long? server);
}

/// <summary>A server as its hypervisor starts it.</summary>
/// <param name="Addresses">Its own public addresses, IPv4 first.</param>
/// <param name="PublicKeys">As in an <c>authorized_keys</c> file.</param>
public sealed record HostedServer(
    long Id, string Name, string Image, string UserData, ValueList<string> Addresses, ValueList<string> PublicKeys);

/// <summary>A block device as it is attached.</summary>
/// <param name="Format">The file system that was asked for when it was made; null for a blank device.</param>
public sealed record HostedVolume(long Id, int SizeGigabytes, string? Format);
