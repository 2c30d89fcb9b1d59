using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines;

namespace Orrery.Simulation.Talos.Clusters;

/// <summary>
/// The Node objects of a Talos cluster as its kubelets write them: Ready once a CNI runs there, and with a request for
/// a serving certificate where the configuration asks for one.
/// </summary>
internal sealed class TalosNodes(TalosCluster cluster)
{
    // The agents that write a CNI configuration, by the names of their images.
    private static readonly string[] NetworkAgents = ["cilium", "flannel", "calico-node", "node", "kube-router"];

    private readonly HashSet<Machine> _asked = [];
    private SimulatedCluster? _followed;
    private int _known;

    private ClusterStore Store => cluster.Kubernetes!.Store;

    /// <summary>The Kubernetes is a new one.</summary>
    public void Forget() => (_followed, _known) = (null, 0);

    public void Register(TalosNode node)
    {
        Follow(cluster.Kubernetes!);
        var name = node.HostName;
        if (cluster.Kubernetes!.NodeOf(name) is { } known)
        {
            known.Machine = node.Files!;
            known.Kubelet.Begin();
        }
        else
        {
            cluster.Kubernetes.Add(new ClusterNode(name, node.Files!)
            {
                IsUp = () => Of(name) is { IsKubeletUp: true },
                HasServingCertificate = () => Of(name) is { } there && HasCertificate(there),
                Device = id => Of(name)?.Hardware.ById.GetValueOrDefault(id)?.Volume,
                PodPrefix = string.Create(CultureInfo.InvariantCulture, $"10.244.{_known++}"),
            });
        }

        if (Store.Get("v1", "Node", "", name) is null)
            Store.Create(ObjectOf(node), new WriteOptions { Manager = "kubelet" });
        Report(name);
        if (node.Settings!.IsControlPlane)
            Mirror(node);
        if (node.Settings!.RotatesServerCertificates)
            Ask(node);
        node.Look();
        cluster.Kubernetes.Loop.LookAtAll();
    }

    /// <summary>What each node says of itself now, or that it says nothing.</summary>
    public void Look()
    {
        foreach (var item in Store.List("v1", "Node"))
            Report(item.Name());
    }

    /// <summary>Its static pods are ready with the images that its configuration names.</summary>
    public bool Shows(TalosNode node) => !node.Settings!.IsControlPlane || node.Settings.ControlPlaneImages.All(
        each => Store.Peek("v1", "Pod", "kube-system", $"{each.Name}-{node.HostName}") is { } pod && pod.IsReady()
            && pod.At("spec", "containers").Items().FirstOrDefault().TextAt("image") == each.Image);

    private TalosNode? Of(string name) => cluster.Nodes.FirstOrDefault(node => node.HostName == name);

    // The agent's pod becomes ready or goes, and so does the network; a request is approved.
    private void Follow(SimulatedCluster kubernetes)
    {
        if (_followed == kubernetes)
            return;
        _followed = kubernetes;
        kubernetes.Loop.On(
            "", "Pod",
            static pod => NetworkAgents.Any(image => Programs.Runs(pod, image))
                && pod.TextAt("spec", "nodeName") is { Length: > 0 } node
                    ? [new ObjectKey("", node)]
                    : [],
            key => Report(key.Name));
        kubernetes.Loop.On(
            "", "Pod",
            static pod => pod.At("metadata", "annotations", "kubernetes.io/config.mirror") is not null
                ? [new ObjectKey("", pod.TextAt("spec", "nodeName") ?? "")]
                : [],
            key => Of(key.Name)?.Look());
        kubernetes.Loop.On("", "Node", Collect);
        kubernetes.Loop.On("certificates.k8s.io", "CertificateSigningRequest", Issue);
    }

    private void Report(string name)
    {
        if (Store.Get("v1", "Node", "", name) is not { } item)
            return;
        if (Of(name) is not { IsKubeletUp: true } node)
        {
            item.SetCondition(Store.Now, "Ready", false, ("NodeStatusUnknown", "Kubelet stopped posting node status."));
            foreach (var condition in item.At("status", "conditions").Items())
                condition["status"] = "Unknown";
            Store.UpdateStatus(item, "kube-controller-manager");
            return;
        }

        var status = item.Child("status");
        var before = status.ToJsonString();
        status["addresses"] = Addresses(node);
        status["capacity"] = Capacity();
        status["allocatable"] = Capacity();
        status["nodeInfo"] = Info(node);
        var isReady = HasNetwork(node);
        item.SetCondition(Store.Now, "Ready", isReady, isReady
            ? ("KubeletReady", "kubelet is posting ready status")
            : ("KubeletNotReady", "container runtime network not ready: NetworkReady=false "
                + "reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"));
        if (status.ToJsonString() != before)
            Store.UpdateStatus(item, "kubelet");
    }

    /// <summary>
    /// What kubelet shows of pods that it runs by itself:
    /// https://kubernetes.io/docs/tasks/configure-pod-container/static-pod.
    /// </summary>
    private void Mirror(TalosNode node)
    {
        foreach (var (program, image) in node.Settings!.ControlPlaneImages)
        {
            var name = $"{program}-{node.HostName}";
            var there = Store.Get("v1", "Pod", "kube-system", name);
            if (there.At("spec", "containers").Items().FirstOrDefault().TextAt("image") == image)
                continue;
            if (there is not null)
                Store.Delete("v1", "Pod", "kube-system", name, new DeleteOptions { GracePeriodSeconds = 0 });
            var pod = Objects.Of("v1", "Pod", "kube-system", name)
                .Labelled("k8s-app", program).Labelled("tier", "control-plane");
            pod.Child("metadata").Child("annotations")["kubernetes.io/config.mirror"] = "static";
            var container = new JsonObject { ["name"] = program, ["image"] = image };
            pod["spec"] = new JsonObject
            {
                ["nodeName"] = node.HostName,
                ["hostNetwork"] = true,
                ["containers"] = new JsonArray(container),
                ["tolerations"] = new JsonArray(new JsonObject { ["operator"] = "Exists" }),
            };
            Store.Create(pod, new WriteOptions { Manager = "kubelet" });
        }
    }

    private bool HasNetwork(TalosNode node) => node.Settings!.BringsNetwork
        || Store.PeekAll("v1", "Pod").Any(pod => pod.TextAt("spec", "nodeName") == node.HostName && pod.IsReady()
            && !pod.IsGoing() && NetworkAgents.Any(image => Programs.Runs(pod, image)));

    private static JsonObject ObjectOf(TalosNode node)
    {
        var name = node.HostName;
        var made = Objects.Of("v1", "Node", "", name)
            .Labelled("beta.kubernetes.io/arch", "amd64")
            .Labelled("beta.kubernetes.io/os", "linux")
            .Labelled("kubernetes.io/arch", "amd64")
            .Labelled("kubernetes.io/hostname", name)
            .Labelled("kubernetes.io/os", "linux");
        foreach (var (label, value) in node.Settings!.NodeLabels)
            made.Labelled(label, value);
        foreach (var extension in node.Image!.Extensions)
            made.Labelled($"extensions.talos.dev/{extension[(extension.LastIndexOf('/') + 1)..]}", "installed");
        if (!node.Settings.IsControlPlane)
            return made;
        made.Labelled("node-role.kubernetes.io/control-plane", "");
        if (!node.Settings.SchedulesOnControlPlanes)
        {
            made.Child("spec")["taints"] = new JsonArray(new JsonObject
            {
                ["key"] = "node-role.kubernetes.io/control-plane",
                ["effect"] = "NoSchedule",
            });
        }

        return made;
    }

    private static JsonArray Addresses(TalosNode node) =>
    [
        .. node.Addresses.Select(address =>
            (JsonNode)new JsonObject { ["type"] = "InternalIP", ["address"] = address }),
        new JsonObject { ["type"] = "Hostname", ["address"] = node.HostName },
    ];

    // 4 processors and 8 GB; 110 pods is kubelet's default. Assumed.
    private static JsonObject Capacity() => new()
    {
        ["cpu"] = "4",
        ["ephemeral-storage"] = "20125Mi",
        ["memory"] = "8142304Ki",
        ["pods"] = "110",
    };

    private JsonObject Info(TalosNode node)
    {
        var id = Identity(node.Id);
        return new JsonObject
        {
            ["architecture"] = "amd64",
            ["bootID"] = Identity($"{node.Id} {node.Files?.Boots}"),
            ["containerRuntimeVersion"] = "containerd://2.1.5",
            ["kernelVersion"] = "6.12.57-talos",
            ["kubeProxyVersion"] = "",
            ["kubeletVersion"] = node.Settings!.KubernetesVersion ?? cluster.Kubernetes!.Api.Options.Version,
            ["machineID"] = id.Replace("-", "", StringComparison.Ordinal),
            ["operatingSystem"] = "linux",
            ["osImage"] = $"Talos ({node.Image!.Version})",
            ["systemUUID"] = node.Hardware.Uuid is { Length: > 0 } uuid ? uuid : id,
        };
    }

    private static string Identity(string of)
    {
        var value = StableHash.Of(0).And(of).Value;
        return $"00000000-0000-4000-{value >> 48:x4}-{value & 0xffffffffffff:x12}";
    }

    // kubelet's key is among its files: a machine whose disk was wiped makes another one and asks again.
    private void Ask(TalosNode node)
    {
        if (!_asked.Add(node.Files!))
            return;
        using var key = DrawnKey.Of(string.Create(
            CultureInfo.InvariantCulture, $"kubelet {cluster.Park.Options.Seed} {node.Id} {_asked.Count}"));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node.HostName);
        foreach (var address in node.Addresses)
            names.AddIpAddress(IPAddress.Parse(address));
        var asked = new CertificateRequest(
            new X500DistinguishedName($"O=system:nodes, CN=system:node:{node.HostName}"), key,
            HashAlgorithmName.SHA256);
        asked.CertificateExtensions.Add(names.Build());
        var pem = asked.CreateSigningRequestPem(DrawnKey.Signer(key));
        var request = Objects.Of("certificates.k8s.io/v1", "CertificateSigningRequest", "", "").Generated("csr-");
        request["spec"] = new JsonObject
        {
            ["request"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem + "\n")),
            ["signerName"] = "kubernetes.io/kubelet-serving",
            ["usages"] = new JsonArray("digital signature", "server auth"),
        };
        // The server itself writes down who asks.
        Store.Create(request, new WriteOptions
        {
            Manager = "kubelet",
            Identity = new Identity(
                $"system:node:{node.HostName}", "", ["system:nodes", "system:authenticated"]),
        });
    }

    // What it asked for is kept among its files; without one it shows nothing that a handshake would go on with.
    private bool HasCertificate(TalosNode node) => !node.Settings!.RotatesServerCertificates
        || Store.PeekAll("certificates.k8s.io/v1", "CertificateSigningRequest").Any(request =>
            request.TextAt("spec", "username") == $"system:node:{node.HostName}"
            && request.TextAt("status", "certificate") is { Length: > 0 });

    // The garbage collector of pods: what is bound to a node that is no more goes.
    private void Collect(ObjectKey key)
    {
        if (Store.Get("v1", "Node", "", key.Name) is not null)
            return;
        var left = Store.PeekAll("v1", "Pod").Where(pod => pod.TextAt("spec", "nodeName") == key.Name).ToList();
        foreach (var pod in left)
        {
            Store.Delete(
                "v1", "Pod", pod.Namespace(), pod.Name(), new DeleteOptions { GracePeriodSeconds = 0 });
        }
    }

    private void Issue(ObjectKey key)
    {
        if (Store.Get("certificates.k8s.io/v1", "CertificateSigningRequest", "", key.Name) is not { } request
            || request.Condition("Approved") != "True" || request.TextAt("status", "certificate") is { Length: > 0 })
        {
            return;
        }

        var authority = cluster.Kubernetes!.ServerAuthority;
        request.Child("status")["certificate"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
        Store.UpdateStatus(request, "kube-controller-manager");
    }
}
