using Orrery.Model.Values;
using Orrery.Simulation.Machines.K3s;
using Orrery.Simulation.Machines.Network;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Machines;

/// <summary>What a cloud knows of a server that it makes.</summary>
public sealed record MachineOrder
{
    /// <summary>The cloud's own identifier.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>For example <c>ubuntu-24.04</c>.</summary>
    public string Image { get; init; } = "ubuntu-24.04";

    public string UserData { get; init; } = "";

    /// <summary>What the cloud's own network configuration gives it; floating addresses are not among them.</summary>
    public ValueList<string> Addresses { get; init; } = [];

    /// <summary>Lines of root's <c>authorized_keys</c>, from the cloud's metadata.</summary>
    public ValueList<string> AuthorizedKeys { get; init; } = [];

    /// <summary>The root disk's size in bytes: 80 GB as a cx33 has.</summary>
    public long DiskBytes { get; init; } = 80L * 1000 * 1000 * 1000;

    /// <summary>Programs beyond those of the image, by name: what makes a host a hypervisor.</summary>
    internal IReadOnlyDictionary<string, Program> Programs { get; init; } = new Dictionary<string, Program>();
}

/// <summary>How long machines take; see each figure for its source.</summary>
public sealed record MachineLatencies
{
    /// <summary>
    /// From power on to the start of cloud-init. Assumed: small cloud machines boot in about ten seconds.
    /// </summary>
    public TimeSpan Kernel { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>What each of cloud-init's stages costs by itself. Assumed.</summary>
    public TimeSpan CloudInitStage { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>From an attachment to the device in <c>/dev/disk/by-id</c>. Assumed.</summary>
    public TimeSpan DeviceAppears { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>An orderly shutdown without what units need for stopping. Assumed.</summary>
    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>One package with its dependencies. Assumed.</summary>
    public TimeSpan Package { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary><c>apt-get update</c>. Assumed.</summary>
    public TimeSpan PackageLists { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Bytes per second of a download. Assumed: 50 MB/s from a release mirror.</summary>
    public long DownloadBytesPerSecond { get; init; } = 50_000_000;

    /// <summary>From the start of K3s to its readiness on an empty datastore. Assumed.</summary>
    public TimeSpan K3sReady { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>To fetch and unpack an image that the machine has not. Assumed.</summary>
    public TimeSpan ImagePull { get; init; } = TimeSpan.FromSeconds(8);
}

/// <summary>What all machines of a world share.</summary>
internal sealed record MachineSurroundings(MachinePark Machines, MachinesOptions Options)
{
    public Agenda Agenda => Machines.Agenda;

    public DateTimeOffset Epoch => Options.Epoch;

    public SimulatedWeb Web => Options.Web;

    public IK3sHost K3sHost => Options.K3sHost;

    public MachineLatencies Latencies => Options.Latencies;
}
