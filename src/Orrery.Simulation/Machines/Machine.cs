using System.Text;
using Orrery.Simulation.Machines.CloudInit;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.K3s;
using Orrery.Simulation.Machines.Network;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Machines.Units;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Machines;

/// <summary>A simulated server with Ubuntu 24.04: it runs what its user data and its operators say.</summary>
public sealed class Machine
{
    // What Ubuntu's cloud image takes of the root disk. Assumed.
    private const long SystemBytes = 2_500_000_000;

    private readonly List<MachineEvent> _events = [];
    private readonly SortedDictionary<string, SortedSet<string>> _holders = new(StringComparer.Ordinal);
    private readonly CapturedOutput _console = new();

    internal Machine(MachineOrder order, MachineSurroundings surroundings)
    {
        Order = order;
        Surroundings = surroundings;
        Agenda = surroundings.Agenda;
        Files = new FileSystem(() => Agenda.Now);
        Programs = new ProgramRunner(this);
        Mounts = new MountTable(this);
        Waits = new Waits(() => Agenda.Now);
        Journal = new Journal(() => Agenda.Now, surroundings.Epoch);
        Network = new NetworkState(this);
        Units = new InitSystem(this);
        CloudInit = new CloudInitRun(this);
        K3s = new K3sNode(this);
        Containerd = new ContainerdDaemons(this);
        Power = new Scope(Agenda, null);
        Power.Kill();
        BaseImage.Install(this);
    }

    public string Id => Order.Id;

    /// <summary>As the cloud calls it; its host name until something else is set.</summary>
    public string Name => Order.Name;

    public bool IsOn => !Power.IsDead;

    /// <summary>How often it was switched on.</summary>
    public int Boots { get; internal set; }

    /// <summary>Everything of note that happened, in order.</summary>
    public IReadOnlyList<MachineEvent> Events => _events;

    /// <summary>The user data that it was made with.</summary>
    public string UserData => Order.UserData;

    /// <summary>What went to its console so far: the output of cloud-init, and of what writes to it.</summary>
    public string ConsoleText => _console.Text;

    /// <summary>The addresses that the cloud made it with.</summary>
    public IReadOnlyList<string> OwnAddresses => Order.Addresses;

    /// <summary>All addresses that it answers for, without prefix lengths.</summary>
    public IReadOnlyCollection<string> Addresses => Network.Addresses;

    /// <summary>The host name that it gave itself.</summary>
    public string HostName => Files.TryReadText("/etc/hostname")?.Trim() ?? Order.Name;

    internal MachineOrder Order { get; }

    /// <summary>How many SSH keys were made on it.</summary>
    internal int KeysMade { get; set; }

    internal MachineSurroundings Surroundings { get; }

    internal Agenda Agenda { get; }

    internal FileSystem Files { get; }

    internal ProgramRunner Programs { get; }

    internal MountTable Mounts { get; }

    internal Waits Waits { get; }

    internal Journal Journal { get; }

    internal NetworkState Network { get; }

    internal InitSystem Units { get; }

    internal CloudInitRun CloudInit { get; }

    internal K3sNode K3s { get; }

    internal ContainerdDaemons Containerd { get; }

    /// <summary>Lives from power on to power off.</summary>
    internal Scope Power { get; private set; }

    /// <summary>It goes off at this moment.</summary>
    internal Signal PowerCut { get; } = new();

    /// <summary>SSH answers.</summary>
    internal bool IsReachable => IsOn && Units.StateOf("ssh.service") == UnitState.Active;

    internal SortedDictionary<long, VolumeDisk> Volumes { get; } = [];

    /// <summary>The contents of a file, or null where there is none; links and mounts are followed.</summary>
    public ReadOnlyMemory<byte>? ReadFile(string path) =>
        Files.Find(path) is FileNode file ? (ReadOnlyMemory<byte>?)file.Content : null;

    /// <summary>Writes a file as root does, with the folders above it.</summary>
    public void WriteFile(string path, ReadOnlyMemory<byte> content, int mode, int owner)
    {
        var folder = path[..path.LastIndexOf('/')];
        if (folder.Length > 0)
            Files.MakeFolders(folder);
        var file = Files.Write(path, content.ToArray());
        file.Mode = mode;
        file.Owner = owner;
    }

    /// <summary>The permission bits and owner of what stands at a path, or null where nothing does.</summary>
    public (int Mode, int Owner, int Group)? PermissionsOf(string path) =>
        Files.Find(path) is { } node ? (node.Mode, node.Owner, node.Group) : null;

    /// <summary>The identifier of the volume that is mounted at this very path, or null.</summary>
    public long? VolumeMountedAt(string path) => Files.MountAtPath(path)?.Disk?.Identity;

    /// <summary>The files below a folder, links not followed.</summary>
    public IReadOnlyList<string> FilesBelow(string path) =>
        [.. Files.Below(path).Where(found => found.Node is FileNode).Select(found => found.Path)];

    /// <summary>Somebody (a pod) uses what stands at a path, so that it cannot be unmounted.</summary>
    public void Hold(string path, string holder)
    {
        if (!_holders.TryGetValue(holder, out var paths))
            _holders[holder] = paths = new SortedSet<string>(StringComparer.Ordinal);
        paths.Add(Files.Canonical(path));
    }

    /// <summary>It uses nothing any more.</summary>
    public void Release(string holder) => _holders.Remove(holder);

    /// <summary>A pod could read the metadata service.</summary>
    public bool PodsReachMetadata => !Network.Filter.BlocksMetadata;

    /// <summary>How many bytes are free on what holds a mount, or on the root disk.</summary>
    internal long Room(Mount? mount)
    {
        var (size, path) = mount?.Disk is { } disk ? (disk.SizeBytes, mount.Path)
            : (Order.DiskBytes - SystemBytes, "/");
        return size - Files.Below(path).Where(found => mount is not null || Files.Holding(found.Path) is null)
            .Sum(found => found.Node is FileNode file ? Surroundings.Web.SizeOf(file.Content) : 0);
    }

    internal bool IsHeld(string path) => _holders.Values.SelectMany(paths => paths)
        .Any(held => held == path || held.StartsWith(path + "/", StringComparison.Ordinal));

    /// <summary>It still runs here: neither released, nor killed, nor gone with the power.</summary>
    internal bool HasHolder(string holder) => _holders.ContainsKey(holder);

    internal void ReleaseAll() => _holders.Clear();

    internal void Note(MachineEventKind kind, string by, string detail) =>
        _events.Add(new MachineEvent(Agenda.Now, Boots, kind, by, detail));

    internal void Console(byte[] content) => _console.Output.Write(content);

    internal void Log(string unit, string line)
    {
        Journal.Add(unit, line);
        Console(Encoding.UTF8.GetBytes(line + "\n"));
    }

    internal Scope SwitchOn()
    {
        Boots++;
        Power = new Scope(Agenda, null);
        Note(MachineEventKind.Booted, "boot", Order.Image);
        return Power;
    }

    /// <summary>The power is cut: nothing is written back.</summary>
    internal void CutPower(string why)
    {
        if (!IsOn)
            return;
        Note(MachineEventKind.Halted, "boot", why);
        Power.Kill();
        PowerCut.Set();
        K3s.Stopped(why);
        foreach (var volume in Volumes.Values)
            volume.Tear(Agenda.Now);
        ReleaseAll();
        Files.ForgetMounts();
        Units.Forget();
        Network.Forget();
    }
}
