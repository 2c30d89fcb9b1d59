using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Ingress;

/// <summary>
/// ingress-nginx while its controller runs: it tells each Ingress of its class, or of none where its class is the
/// default, the address at which its Service is reached. https://kubernetes.github.io/ingress-nginx/
/// </summary>
internal sealed class NginxActor
{
    private const string Class = "nginx";
    private const string Image = "controller";
    private const string IsDefault = "ingressclass.kubernetes.io/is-default-class";

    private readonly SimulatedCluster _cluster;

    public NginxActor(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("networking.k8s.io", "Ingress", Tell);
        cluster.Loop.On("", "Service", service => service.TextAt("spec", "type") == "LoadBalancer" ? All() : [], Tell);
        cluster.Loop.On("", "Pod", pod => IsController(pod) ? All() : [], Tell);
    }

    private ClusterStore Store => _cluster.Store;

    private IEnumerable<ObjectKey> All() => Store.PeekAll("networking.k8s.io/v1", "Ingress").Select(ObjectKey.Of);

    // MetalLB's controller has an image of that name too.
    private static bool IsController(JsonObject pod) => Programs.Runs(pod, Image)
        && pod.At("spec", "containers").Items().Any(container =>
            (container.TextAt("image") ?? "").Contains("ingress-nginx/", StringComparison.Ordinal));

    private void Tell(ObjectKey key)
    {
        if (Store.Get("networking.k8s.io/v1", "Ingress", key.Namespace, key.Name) is not { } ingress
            || ingress.IsGoing() || !IsOurs(ingress)
            || Programs.Ready(Store, Image).FirstOrDefault(IsController) is not { } pod
            || AddressOf(pod) is not { } address
            || ingress.At("status", "loadBalancer", "ingress").Items()
                .Any(entry => entry.TextAt("ip") == address))
        {
            return;
        }

        ingress.Child("status")["loadBalancer"] = new JsonObject
        {
            ["ingress"] = new JsonArray(new JsonObject { ["ip"] = address }),
        };
        Store.UpdateStatus(ingress, "nginx-ingress-controller");
    }

    private bool IsOurs(JsonObject ingress) => ingress.TextAt("spec", "ingressClassName") is { } named
        ? named == Class
        : Store.Peek("networking.k8s.io/v1", "IngressClass", "", Class)
            .TextAt("metadata", "annotations", IsDefault) == "true";

    private string? AddressOf(JsonObject pod) => Store.PeekAll("v1", "Service", pod.Namespace())
        .Where(service => service.TextAt("spec", "type") == "LoadBalancer"
            && service.At("spec", "selector") is JsonObject { Count: > 0 } selector
            && selector.All(pair => pod.Labels()?[pair.Key].Text() == pair.Value.Text()))
        .SelectMany(service => service.At("status", "loadBalancer", "ingress").Items())
        .Select(entry => entry.TextAt("ip")).FirstOrDefault();
}
