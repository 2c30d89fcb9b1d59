using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.K3s;
using Orrery.Simulation.Machines.Network;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Machines.Ssh;
using Orrery.Simulation.Machines.Units;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Machines;

/// <summary>What a world of machines is made of; everything has a default.</summary>
public sealed record MachinesOptions
{
    /// <summary>The wall clock when the world begins.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    public MachineLatencies Latencies { get; init; } = new();

    public SimulatedWeb Web { get; init; } = new();

    public IK3sHost K3sHost { get; init; } = new EmptyK3sHost();
}

/// <summary>
/// All machines of a world, as a cloud's servers and as SSH reach them. Time passes in the agenda, which others drive.
/// </summary>
public sealed class MachinePark
{
    private readonly SortedDictionary<string, Machine> _machines = new(StringComparer.Ordinal);
    private readonly List<Machine> _ever = [];
    private readonly List<(Machine Machine, IReadOnlyList<string> KnownKeys)> _hosts = [];
    private readonly SortedDictionary<string, string> _routes = new(StringComparer.Ordinal);
    private readonly MachineSurroundings _surroundings;

    public MachinePark(Agenda agenda, MachinesOptions options)
    {
        Agenda = agenda;
        _surroundings = new MachineSurroundings(this, options);
    }

    public Agenda Agenda { get; }

    /// <summary>By identifier.</summary>
    public IEnumerable<Machine> All => _machines.Values;

    /// <summary>Also those that are gone, in the order of their making.</summary>
    public IReadOnlyList<Machine> Ever => _ever;

    public Machine? Get(string id) => _machines.GetValueOrDefault(id);

    /// <summary>
    /// Told whenever a machine switches itself off: it shut down, and does not start again by itself.
    /// </summary>
    public Action<Machine> SwitchedOff { get; set; } = static _ => { };

    /// <summary>
    /// A machine that no cloud made and people look after: it runs since before the site began, and whoever calls knows
    /// its host key. It is not among <see cref="All"/>.
    /// </summary>
    public Machine AddHost(MachineOrder order)
    {
        var machine = new Machine(order, _surroundings);
        machine.SwitchOn();
        foreach (var address in order.Addresses)
            machine.Network.Add(address);
        KeyPrograms.MakeHostKeys(machine, ["ed25519"]);
        machine.Files.MakeFolders("/root/.ssh");
        machine.Files.WriteText("/root/.ssh/authorized_keys", string.Join('\n', order.AuthorizedKeys) + "\n");
        if (machine.Units.Find("ssh.service") is { } ssh)
            ssh.State = UnitState.Active;
        _hosts.Add((machine, new SshServer(machine).HostKeys));
        return machine;
    }

    /// <summary>The host keys that people once accepted of a host, as type and base64.</summary>
    public IReadOnlyList<string> KnownKeysOf(string address) =>
        [.. _hosts.Where(host => host.Machine.Order.Addresses.Contains(address)).SelectMany(host => host.KnownKeys)];

    /// <summary>Makes a server, or finds it, and switches it on.</summary>
    public Machine PowerOn(MachineOrder order)
    {
        if (!_machines.TryGetValue(order.Id, out var machine))
        {
            _machines[order.Id] = machine = new Machine(order, _surroundings);
            _ever.Add(machine);
        }

        if (!machine.IsOn)
            Boot(machine);
        return machine;
    }

    /// <summary>Cuts the power; what was not written back is lost.</summary>
    public void PowerOff(string id) => Get(id)?.CutPower("power off");

    /// <summary>Presses the button: an orderly shutdown, which takes its time.</summary>
    public void Shutdown(string id)
    {
        if (Get(id) is { IsOn: true } machine)
            Shutdown(machine, restarts: false);
    }

    /// <summary>An orderly shutdown and a new start.</summary>
    public void Reboot(string id)
    {
        if (Get(id) is { IsOn: true } machine)
            Shutdown(machine, restarts: true);
    }

    /// <summary>Cuts the power and starts again at once.</summary>
    public void Reset(string id)
    {
        if (Get(id) is not { IsOn: true } machine)
            return;
        machine.CutPower("reset");
        Boot(machine);
    }

    /// <summary>The server is gone with its disk; volumes stay.</summary>
    public void Delete(string id)
    {
        if (Get(id) is not { } machine)
            return;
        machine.CutPower("deleted");
        foreach (var volume in machine.Volumes.Keys.ToList())
            DetachVolume(id, volume);
        _machines.Remove(id);
        foreach (var address in _routes.Where(route => route.Value == id).Select(route => route.Key).ToList())
            _routes.Remove(address);
    }

    /// <summary>
    /// A volume's device appears on a running machine some seconds later, on another one when it boots.
    /// </summary>
    public void AttachVolume(string id, VolumeDisk disk)
    {
        if (Get(id) is not { } machine)
            return;
        machine.Volumes[disk.Identity] = disk;
        var boot = machine.Boots;
        Agenda.After(_surroundings.Latencies.DeviceAppears, () =>
        {
            var isStillThere = machine.Volumes.GetValueOrDefault(disk.Identity) == disk;
            if (isStillThere && !machine.Files.Exists(MountTable.NameOf(disk.Identity)) && machine.Boots >= boot)
                machine.Mounts.DeviceAppears(disk);
        });
    }

    /// <summary>A volume's device vanishes at once; what was not written back is lost.</summary>
    public void DetachVolume(string id, long volume)
    {
        if (Get(id) is not { } machine || !machine.Volumes.Remove(volume, out var disk))
            return;
        machine.Mounts.DeviceVanishes(disk);
    }

    /// <summary>Packets to a floating address go to a server from now on, or to nobody.</summary>
    public void RouteAddress(string address, string? id)
    {
        if (id is null)
            _routes.Remove(address);
        else
            _routes[address] = id;
    }

    /// <summary>
    /// The machine that answers at an address: it is switched on, the cloud sends the packets there, and the machine
    /// itself has the address. Null where nobody answers.
    /// </summary>
    public Machine? Find(string address)
    {
        var machine = _routes.TryGetValue(address, out var id) ? Get(id)
            : _machines.Values.Concat(_hosts.Select(host => host.Machine))
                .FirstOrDefault(candidate => candidate.Order.Addresses.Contains(address));
        return machine is { IsOn: true } && machine.Addresses.Contains(address) ? machine : null;
    }

    /// <summary>
    /// Opens a session; null where nobody answers on the SSH port.
    /// </summary>
    public SshServer? Connect(string address) =>
        Find(address) is { IsReachable: true } machine ? new SshServer(machine) : null;

    internal void Shutdown(Machine machine, bool restarts)
    {
        var boot = machine.Boots;
        Scope.Start(Down(machine, restarts, boot));
    }

    private async Work<bool> Down(Machine machine, bool restarts, int boot)
    {
        await machine.Power.Sleep(_surroundings.Latencies.Shutdown);
        await machine.Units.StopAll();
        machine.ReleaseAll();
        foreach (var mount in machine.Files.Mounts.Reverse().ToList())
            machine.Mounts.Unmount(mount.Path, "boot");
        if (machine.Boots != boot)
            return false;
        machine.CutPower(restarts ? "reboot" : "shutdown");
        if (restarts)
            Boot(machine);
        else
            SwitchedOff(machine);
        return true;
    }

    private void Boot(Machine machine)
    {
        var scope = machine.SwitchOn();
        Scope.Start(Run(machine, scope));
    }

    private async Work<bool> Run(Machine machine, Scope scope)
    {
        await scope.Sleep(_surroundings.Latencies.Kernel);
        machine.Files.MakeFolders("/run");
        foreach (var disk in machine.Volumes.Values.Where(disk =>
            !machine.Files.Exists(MountTable.NameOf(disk.Identity))))
            machine.Mounts.DeviceAppears(disk);
        machine.Units.Reload();
        await machine.Units.Start("local-fs.target");
        var failed = FstabLine.Read(machine.Files).FirstOrDefault(line => !line.Has("nofail") && !line.Has("noauto")
            && machine.Units.StateOf(UnitFile.MountName(line.Path)) == UnitState.Failed);
        if (failed is not null)
        {
            // A mount that is not marked nofail keeps the whole machine from starting: systemd.mount(5), nofail.
            machine.Log("local-fs.target",
                $"You are in emergency mode: {failed.Path} of /etc/fstab could not be mounted.");
            machine.Note(MachineEventKind.UnitFailed, "local-fs.target", $"emergency mode: {failed.Path}");
            return false;
        }

        return await machine.Units.Start("multi-user.target");
    }
}
