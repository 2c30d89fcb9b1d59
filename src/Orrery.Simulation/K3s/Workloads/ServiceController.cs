using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Workloads;

/// <summary>
/// The endpoints of services, and K3s' own load balancer: a DaemonSet whose pods take the service's ports on each node
/// (https://docs.k3s.io/networking/networking-services#service-load-balancer).
/// </summary>
internal sealed class ServiceController
{
    private const string Manager = "kube-controller-manager";

    private readonly SimulatedCluster _cluster;

    public ServiceController(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "Service", Reconcile);
        cluster.Loop.On("", "Pod", Selecting, Reconcile);
        cluster.Loop.On(
            "apps", "DaemonSet", _ => Store.PeekAll("v1", "Service")
                .Where(service => service.TextAt("spec", "type") == "LoadBalancer").Select(ObjectKey.Of), Reconcile);
    }

    private ClusterStore Store => _cluster.Store;

    private IEnumerable<ObjectKey> Selecting(JsonObject pod) => Store.PeekAll("v1", "Service", pod.Namespace())
        .Where(service => Selects(service, pod)).Select(ObjectKey.Of);

    private static bool Selects(JsonObject service, JsonObject pod) =>
        service.At("spec", "selector") is JsonObject { Count: > 0 } selector
        && selector.All(pair => pod.Labels()?[pair.Key].Text() == pair.Value.Text());

    private void Reconcile(ObjectKey key)
    {
        if (Store.Get("v1", "Service", key.Namespace, key.Name) is not { } service || service.IsGoing())
            return;
        if (service.At("spec", "selector") is JsonObject { Count: > 0 })
            Slice(service);
        if (service.TextAt("spec", "type") == "LoadBalancer")
            Balance(service);
    }

    private void Slice(JsonObject service)
    {
        var pods = Store.PeekAll("v1", "Pod", service.Namespace())
            .Where(pod => Selects(service, pod) && pod.TextAt("status", "podIP") is not null
                && !pod.IsFinished()).ToList();
        var name = service.Name() + "-slice";
        var slice = Store.Get("discovery.k8s.io/v1", "EndpointSlice", service.Namespace(), name)
            ?? Objects.Of("discovery.k8s.io/v1", "EndpointSlice", service.Namespace(), name)
                .Labelled("kubernetes.io/service-name", service.Name())
                .With("addressType", "IPv4").OwnedBy(service);
        slice["endpoints"] = new JsonArray([.. pods.Select(Endpoint)]);
        slice["ports"] = new JsonArray([.. service.At("spec", "ports").Items().Select(port => new JsonObject
        {
            ["name"] = port.TextAt("name") ?? "",
            ["port"] = port.At("targetPort").Number() ?? port.At("port").Number(),
            ["protocol"] = port.TextAt("protocol") ?? "TCP",
        })]);
        if (slice.Uid().Length == 0)
            Store.Create(slice, new WriteOptions { Manager = Manager });
        else
            Store.Update(slice, new WriteOptions { Manager = Manager });
    }

    private static JsonNode Endpoint(JsonObject pod) => new JsonObject
    {
        ["addresses"] = new JsonArray(pod.TextAt("status", "podIP")),
        ["conditions"] = new JsonObject
        {
            ["ready"] = pod.IsReady() && !pod.IsGoing(),
            ["serving"] = pod.IsReady(),
            ["terminating"] = pod.IsGoing(),
        },
        ["nodeName"] = pod.TextAt("spec", "nodeName"),
        ["targetRef"] = new JsonObject
        {
            ["kind"] = "Pod",
            ["name"] = pod.Name(),
            ["namespace"] = pod.Namespace(),
            ["uid"] = pod.Uid(),
        },
    };

    private void Balance(JsonObject service)
    {
        // K3s brings a balancer of its own; elsewhere one is installed, or for a class of its own.
        if (_cluster.Started is null || service.TextAt("spec", "loadBalancerClass") is { Length: > 0 })
            return;
        var name = $"svclb-{service.Name()}-{service.Uid()[..8]}";
        if (Store.Peek("apps/v1", "DaemonSet", "kube-system", name) is null)
            Store.Create(Balancer(service, name), new WriteOptions { Manager = "k3s" });
        var isReady = Store.PeekAll("v1", "Pod", "kube-system").Any(pod =>
            pod.IsReady() && pod.Labels()?["app"].Text() == name);
        var addresses = new JsonArray();
        if (isReady)
        {
            var given = _cluster.Given.Flags.TryGetValue("node-external-ip", out var external)
                ? external
                : _cluster.Machine.Order.Addresses is [var first, ..] ? first : null;
            addresses.Add((JsonNode)new JsonObject { ["ip"] = given, ["ipMode"] = "VIP" });
        }

        service.Child("status")["loadBalancer"] = isReady
            ? new JsonObject { ["ingress"] = addresses }
            : new JsonObject();
        Store.UpdateStatus(service, "k3s");
    }

    private static JsonObject Balancer(JsonObject service, string name)
    {
        var containers = service.At("spec", "ports").Items().Select(port => (JsonNode)new JsonObject
        {
            ["name"] = $"lb-tcp-{port.At("port").Number()}",
            ["image"] = "rancher/klipper-lb:v0.4.13",
            ["ports"] = new JsonArray(new JsonObject
            {
                ["containerPort"] = port.At("port").Number(),
                ["hostPort"] = port.At("port").Number(),
                ["protocol"] = "TCP",
            }),
        });
        var labels = new JsonObject { ["app"] = name };
        return Objects.Of("apps/v1", "DaemonSet", "kube-system", name)
            .Labelled("svccontroller.k3s.cattle.io/svcname", service.Name())
            .Labelled("svccontroller.k3s.cattle.io/svcnamespace", service.Namespace())
            .With("spec", new JsonObject
            {
                ["selector"] = new JsonObject { ["matchLabels"] = labels.DeepClone() },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels },
                    ["spec"] = new JsonObject { ["containers"] = new JsonArray([.. containers]) },
                },
            });
    }
}
