using System.Text.Json.Nodes;
using Orrery.Simulation.K3s;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Network;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation.K3s;

/// <summary>Machines whose K3s are simulated clusters, and somebody at their clock.</summary>
internal sealed class ClusterScene
{
    private const string MachineKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxheQ== someone";

    public ClusterScene(ClustersOptions? options = null)
    {
        Clusters = new SimulatedClusters(options ?? new ClustersOptions());
        Park = new MachinePark(Agenda, new MachinesOptions { Web = Web, K3sHost = Clusters });
    }

    public Agenda Agenda { get; } = new();

    public SimulatedWeb Web { get; } = new();

    public SimulatedClusters Clusters { get; }

    public MachinePark Park { get; }

    public SimulatedCluster Cluster => Clusters.Find("1").ShouldNotBeNull();

    public ClusterStore Store => Cluster.Api.Store;

    /// <summary>A machine with K3s, installed by the script and with files that were there before.</summary>
    public ClusterScene Boot(
        string config = "", ValueTuple<string, string>[]? manifests = null, VolumeDisk? volume = null, string id = "1",
        string setup = "")
    {
        var files = new List<(string Path, string Text)> { ("/etc/rancher/k3s/config.yaml", config) };
        foreach (var (name, text) in manifests ?? [])
            files.Add(($"/var/lib/rancher/k3s/server/manifests/{name}", text));
        var writes = files.Select(file => $"- path: {file.Path}\n  encoding: b64\n  content: "
            + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(file.Text)) + "\n");
        Park.PowerOn(new MachineOrder
        {
            Id = id,
            Name = "node-" + id,
            Addresses = ["203.0.113." + id],
            AuthorizedKeys = [MachineKey],
            UserData = "#cloud-config\nwrite_files:\n" + string.Concat(writes) + "runcmd:\n"
                + (setup.Length > 0 ? $"- {setup}\n" : "")
                + "- curl -sfL https://get.k3s.io -o /tmp/k3s.sh\n- sh /tmp/k3s.sh server\n",
        });
        if (volume is not null)
            Park.AttachVolume(id, volume);
        Wait(240);
        return this;
    }

    public void Wait(double seconds)
    {
        var end = Agenda.Now + TimeSpan.FromSeconds(seconds);
        Agenda.AdvanceTo(end);
    }

    /// <summary>Runs a command on the machine to its end.</summary>
    public (int ExitCode, string Output, string Error) Ssh(string command)
    {
        var session = Park.Connect("203.0.113.1")?.Open("root", MachineKey).ShouldNotBeNull();
        var running = session!.Run(command, ReadOnlyMemory<byte>.Empty);
        var end = Agenda.Now + TimeSpan.FromMinutes(10);
        while (!running.IsDone && Agenda.Next is { } next && next <= end)
            Agenda.AdvanceTo(next);
        running.IsDone.ShouldBeTrue($"`{command}` does not end");
        return (running.ExitCode, System.Text.Encoding.UTF8.GetString(running.Output.Span), running.Error);
    }

    public JsonObject Apply(string yaml) =>
        Store.Apply((JsonObject)Yaml(yaml), new WriteOptions { Manager = "test", Force = true });

    public JsonObject? Get(string apiVersion, string kind, string ns, string name) =>
        Store.Get(apiVersion, kind, ns, name);

    /// <summary>The only pod whose name begins so, or null.</summary>
    public JsonObject? Pod(string ns, string start) => Store.List("v1", "Pod", ns)
        .SingleOrDefault(pod => Text(pod, "metadata", "name").StartsWith(start, StringComparison.Ordinal));

    public static string Text(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = node is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]
                : (node as JsonObject)?[name];
        return node is null ? "" : node.GetValueKind() == System.Text.Json.JsonValueKind.String
            ? node.GetValue<string>() : node.ToJsonString();
    }

    public static string Condition(JsonNode? item, string type, string field = "status") =>
        Text((item?["status"]?["conditions"] as JsonArray ?? [])
            .FirstOrDefault(each => Text(each, "type") == type), field);

    private static JsonNode Yaml(string text)
    {
        var reader = new YamlDotNet.Serialization.DeserializerBuilder()
            .WithAttemptingUnquotedStringTypeDeserialization()
            .Build();
        var json = new YamlDotNet.Serialization.SerializerBuilder().JsonCompatible().Build()
            .Serialize(reader.Deserialize<object>(text));
        return JsonNode.Parse(json)!;
    }
}
