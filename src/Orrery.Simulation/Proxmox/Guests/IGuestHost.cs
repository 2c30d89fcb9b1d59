namespace Orrery.Simulation.Proxmox.Guests;

/// <summary>
/// The operating systems in the virtual machines: told what happens to their power, disks and CD drives, in the order
/// and at the moment in which it happens.
/// </summary>
public interface IGuestHost
{
    /// <summary>Power is on: it boots from the first device of its boot order that can.</summary>
    void PoweredOn(Guest guest);

    /// <summary>It has no power any more; the plug was pulled unless it asked for it itself.</summary>
    void PoweredOff(long vmid);

    /// <summary>The reset button: it boots anew with what it has now, whatever it was doing.</summary>
    void Reset(Guest guest);

    /// <summary>Disks or media changed under a running machine.</summary>
    void Changed(Guest guest);

    /// <summary>The power button is pressed for a moment. An operating system may ignore it, as Talos does.</summary>
    void ShutdownRequested(long vmid);

    /// <summary>It is gone; so are the disks that it owned.</summary>
    void Deleted(long vmid);

    /// <summary>All that it wrote to its first serial port since its last boot; empty where it wrote nothing.</summary>
    string ConsoleOf(long vmid);
}
