using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Ingress;
using Orrery.Simulation.K3s.Storage;
using Orrery.Simulation.K3s.Vaults;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.K3s;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s;

/// <summary>
/// The K3s of all machines of a world: each server that starts without a datastore is a new cluster, and one that
/// starts with a datastore is the same cluster as before, also where that was on another machine.
/// </summary>
public sealed class SimulatedClusters(ClustersOptions options) : IK3sHost
{
    private readonly SortedDictionary<string, SimulatedCluster> _clusters = new(StringComparer.Ordinal);
    private ulong _made;

    public SimulatedClusters()
        : this(new ClustersOptions())
    {
    }

    /// <summary>The cluster of each machine, by the machine's identifier, whether it runs or not.</summary>
    public IEnumerable<SimulatedCluster> All => _clusters.Values;

    public ClustersOptions Options => options;

    /// <summary>Told of each new cluster before anything happens in it, for further actors.</summary>
    public Action<SimulatedCluster> Made { get; set; } = static _ => { };

    /// <summary>The cluster whose server is a machine, or null; it may be stopped.</summary>
    public SimulatedCluster? Find(string machineId) => _clusters.GetValueOrDefault(machineId);

    /// <summary>The API that answers on a machine at this moment, or null where nothing listens.</summary>
    public KubernetesApi? ApiOf(Machine machine) =>
        Find(machine.Id) is { IsRunning: true } cluster && cluster.Machine == machine ? cluster.Api : null;

    public void Started(Machine machine, K3sStart start)
    {
        // An agent joins the cluster of another machine; cosmos has none, and so nobody plays them yet.
        if (start.Role != "server")
            return;
        if (start.Datastore is not { } datastore)
            throw new InvariantException("a server has a datastore");
        var cluster = Of(datastore);
        if (cluster is null)
        {
            var seed = StableHash.Of(options.Seed).And(machine.Id).And(_made++).Value;
            cluster = new SimulatedCluster(machine, start, options, seed);
            Made(cluster);
        }

        if (cluster.Machine != machine)
        {
            _clusters.Remove(cluster.Machine.Id);
            cluster.MoveTo(machine);
        }

        _clusters[machine.Id] = cluster;
        cluster.Start(start);
    }

    /// <summary>A copy is as good as the original until that is opened again; older ones are not simulated.</summary>
    public string? Problem(Datastore found) => Of(found)?.Given.Datastore is { } last && last.Served != found.Served
        ? "the simulated datastore is older than the cluster"
        : null;

    private SimulatedCluster? Of(Datastore datastore) =>
        _clusters.Values.FirstOrDefault(cluster => cluster.Given.Datastore?.Id == datastore.Id);

    public void Stopped(Machine machine, string why)
    {
        if (Find(machine.Id) is { } cluster && cluster.Machine == machine)
            cluster.Stop();
    }

    public (int ExitCode, string Output, string Error) Kubectl(
        Machine machine, ValueList<string> arguments, string input) => ApiOf(machine) is { } api
            ? new Kubectl(api).Run(arguments)
            : (1, "", "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or "
                + "port?\n");
}

/// <summary>What all clusters of a world have in common.</summary>
public sealed record ClustersOptions
{
    /// <summary>The world's seed; each cluster draws its own from it.</summary>
    public ulong Seed { get; init; } = 1;

    public K3sLatencies Latencies { get; init; } = new();

    /// <summary>The charts that can be fetched.</summary>
    public ChartLibrary Charts { get; init; } = new();

    /// <summary>The certificate authority, which outlives clusters.</summary>
    public LetsEncrypt LetsEncrypt { get; init; } = new();

    /// <summary>What NFS servers export, which outlive clusters.</summary>
    public NfsExports Nfs { get; init; } = new();

    /// <summary>
    /// The API of Proxmox VE at an address, as programs in clusters ask it: status and body; null where none answers.
    /// </summary>
    public Func<Uri, WorldRequest, (int Status, JsonObject Body)?> Proxmox { get; init; } = static (_, _) => null;

    /// <summary>What Vaults have written to volumes, which outlive clusters.</summary>
    public VaultStorage Vaults { get; init; } = new();
}
