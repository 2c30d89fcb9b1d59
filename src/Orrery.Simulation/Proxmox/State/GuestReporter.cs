using Orrery.Simulation.Proxmox.Guests;

namespace Orrery.Simulation.Proxmox.State;

/// <summary>Tells the guests' host what has changed since it last looked, machine by machine.</summary>
internal sealed class GuestReporter(PveCluster cluster, IGuestHost host)
{
    private readonly SortedDictionary<long, (bool IsRunning, string Devices)> _known = [];

    public void Report()
    {
        foreach (var vmid in _known.Keys.Where(vmid => !cluster.Machines.ContainsKey(vmid)).ToArray())
        {
            if (_known[vmid].IsRunning)
                host.PoweredOff(vmid);
            _known.Remove(vmid);
            host.Deleted(vmid);
        }

        foreach (var machine in cluster.Machines.Values.ToArray())
            Report(machine);
        cluster.Resets.Clear();
        cluster.Shutdowns.Clear();
    }

    private void Report(VirtualMachine machine)
    {
        (bool IsRunning, string Devices) before = _known.GetValueOrDefault(machine.Vmid, (false, ""));
        var devices = string.Join('\n', machine.Drives.Select(drive => $"{drive.Slot}={drive.Drive}"));
        _known[machine.Vmid] = (machine.IsRunning, devices);
        if (machine.IsRunning && !before.IsRunning)
            host.PoweredOn(cluster.GuestOf(machine));
        else if (!machine.IsRunning && before.IsRunning)
            host.PoweredOff(machine.Vmid);
        else if (machine.IsRunning && cluster.Resets.Contains(machine.Vmid))
            host.Reset(cluster.GuestOf(machine));
        else if (machine.IsRunning && devices != before.Devices)
            host.Changed(cluster.GuestOf(machine));
        if (machine.IsRunning && cluster.Shutdowns.Contains(machine.Vmid))
            host.ShutdownRequested(machine.Vmid);
    }
}
