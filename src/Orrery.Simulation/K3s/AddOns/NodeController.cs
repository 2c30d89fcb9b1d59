using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines.K3s;

namespace Orrery.Simulation.K3s.AddOns;

/// <summary>The machine as a node: it registers itself, leaves its password, and says when it is ready.</summary>
internal sealed class NodeController(SimulatedCluster cluster)
{
    private const string Manager = "k3s";

    private ClusterStore Store => cluster.Store;

    public void Begin()
    {
        Register();
        if (IsKnown())
            cluster.After(cluster.Latencies.NodeReady, () => SetReady(true));
    }

    // Addresses and versions may have changed since the last start; the object stays.
    private void Register()
    {
        var name = cluster.NodeName;
        if (Store.Get("v1", "Node", "", name) is null)
            Store.Create(Node(name), new WriteOptions { Manager = Manager });
        SetReady(false);
    }

    private static JsonObject Node(string name)
    {
        var node = Objects.Of("v1", "Node", "", name)
            .Labelled("beta.kubernetes.io/arch", "amd64")
            .Labelled("beta.kubernetes.io/instance-type", "k3s")
            .Labelled("beta.kubernetes.io/os", "linux")
            .Labelled("kubernetes.io/arch", "amd64")
            .Labelled("kubernetes.io/hostname", name)
            .Labelled("kubernetes.io/os", "linux")
            .Labelled("node-role.kubernetes.io/control-plane", "true")
            .Labelled("node-role.kubernetes.io/master", "true")
            .Labelled("node.kubernetes.io/instance-type", "k3s");
        node.Child("spec")["podCIDR"] = "10.42.0.0/24";
        node.Child("spec")["podCIDRs"] = new JsonArray("10.42.0.0/24");
        node.Child("spec")["providerID"] = "k3s://" + name;
        return node;
    }

    private void SetReady(bool isReady)
    {
        if (Store.Get("v1", "Node", "", cluster.NodeName) is not { } node)
            return;
        var status = node.Child("status");
        status["addresses"] = Addresses();
        status["capacity"] = Capacity();
        status["allocatable"] = Capacity();
        status["nodeInfo"] = Info();
        foreach (var (type, word) in new[] { ("MemoryPressure", "Memory"), ("DiskPressure", "Disk"),
            ("PIDPressure", "PID") })
        {
            node.SetCondition(Store.Now, type, false,
                ($"KubeletHasSufficient{word}", $"kubelet has sufficient {word} available"));
        }

        node.SetCondition(Store.Now, "Ready", isReady, isReady
            ? ("KubeletReady", "kubelet is posting ready status")
            : ("KubeletNotReady", "container runtime network not ready: NetworkReady=false "
                + "reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"));
        Store.UpdateStatus(node, "kubelet");
    }

    private JsonArray Addresses()
    {
        var given = cluster.Given.Flags.TryGetValue("node-ip", out var ip) ? ip.Split(',')[0]
            : cluster.Machine.Order.Addresses.Concat(cluster.Machine.Addresses).FirstOrDefault();
        var addresses = new JsonArray();
        if (given is not null)
            addresses.Add((JsonNode)new JsonObject { ["type"] = "InternalIP", ["address"] = given.Split('/')[0] });
        if (cluster.Given.Flags.TryGetValue("node-external-ip", out var external))
            addresses.Add((JsonNode)new JsonObject { ["type"] = "ExternalIP", ["address"] = external });
        addresses.Add((JsonNode)new JsonObject { ["type"] = "Hostname", ["address"] = cluster.NodeName });
        return addresses;
    }

    // As a cx33 has it: 4 processors and 8 GB (https://www.hetzner.com/cloud); 110 pods is kubelet's default.
    private static JsonObject Capacity() => new()
    {
        ["cpu"] = "4",
        ["ephemeral-storage"] = "78425224Ki",
        ["memory"] = "7937260Ki",
        ["pods"] = "110",
    };

    private JsonObject Info()
    {
        var id = Identity(cluster.Machine.Id);
        return new JsonObject
        {
            ["architecture"] = "amd64",
            ["bootID"] = Identity($"{cluster.Machine.Id} {cluster.Machine.Boots}"),
            ["containerRuntimeVersion"] = "containerd://2.1.5-k3s1",
            ["kernelVersion"] = "6.8.0-90-generic",
            ["kubeProxyVersion"] = "",
            ["kubeletVersion"] = cluster.Given.Version,
            ["machineID"] = id.Replace("-", "", StringComparison.Ordinal),
            ["operatingSystem"] = "linux",
            ["osImage"] = "Ubuntu 24.04.3 LTS",
            ["systemUUID"] = id,
        };
    }

    private static string Identity(string of)
    {
        var value = StableHash.Of(0).And(of).Value;
        return $"00000000-0000-4000-{value >> 48:x4}-{value & 0xffffffffffff:x12}";
    }

    // A node of the same name with another password is refused until this is gone:
    // https://docs.k3s.io/architecture#how-agent-node-registration-works.
    private bool IsKnown()
    {
        var name = cluster.NodeName + ".node-password.k3s";
        var password = cluster.Machine.Files.TryReadText(K3sNode.NodePassword) ?? "";
        var hash = $"$1:{StableHash.Of(cluster.Seed).And(name).And(password).Value:x16}:15:8:1:(simulated)";
        var data = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(hash));
        if (Store.Peek("v1", "Secret", "kube-system", name) is { } known)
            return known.TextAt("data", "hash") == data;
        var secret = Objects.Of("v1", "Secret", "kube-system", name)
            .With("data", new JsonObject { ["hash"] = data })
            .With("immutable", true);
        Store.Create(secret, new WriteOptions { Manager = Manager });
        return true;
    }
}
