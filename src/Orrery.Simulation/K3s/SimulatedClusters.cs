using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.K3s;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s;

/// <summary>The Kubernetes of every machine that starts K3s.</summary>
public sealed class SimulatedClusters(Agenda agenda, ulong seed) : IK3sHost
{
    private readonly SortedDictionary<string, SimulatedCluster> _clusters = new(StringComparer.Ordinal);

    public IEnumerable<SimulatedCluster> All => _clusters.Values;

    public SimulatedCluster? Find(string machine) => _clusters.GetValueOrDefault(machine);

    public void Started(Machine machine, K3sStart start)
    {
        if (!_clusters.TryGetValue(machine.Id, out var cluster) || !start.HasDatastore)
        {
            var options = new KubernetesApiOptions { Seed = StableHash.Of(seed).And(machine.Id).Value, Version = start.Version, WithoutToken = new Kubernetes.Store.Identity("system:admin", "", ["system:masters", "system:authenticated"]) };
            _clusters[machine.Id] = cluster = new SimulatedCluster(new KubernetesApi(options, agenda));
        }

        cluster.IsRunning = true;
        cluster.ServerAuthority = start.Tls.TryGetValue("server-ca.crt", out var authority) ? authority : "";
    }

    public void Stopped(Machine machine, string why)
    {
        if (Find(machine.Id) is { } cluster)
            cluster.IsRunning = false;
    }

    public (int ExitCode, string Output, string Error) Kubectl(
        Machine machine, ValueList<string> arguments, string input)
    {
        var api = Find(machine.Id)!.Api;
        if (arguments is ["get", "--raw", var path])
            return (0, System.Text.Encoding.UTF8.GetString(api.Handle(new WorldRequest { Method = "GET", Path = path }, agenda.Now).Body.Span), "");
        if (arguments is ["get", "namespace", "kube-system", ..])
            return (0, api.Store.Get("v1", "Namespace", "", "kube-system")!["metadata"]!["uid"]!.GetValue<string>(), "");
        return (1, "", "error: not simulated\n");
    }
}

public sealed class SimulatedCluster(KubernetesApi api)
{
    public KubernetesApi Api => api;

    public bool IsRunning { get; set; }

    public string ServerAuthority { get; set; } = "";

    public bool Trusts(Connection connection) => connection.CertificateAuthority == ServerAuthority;
}
