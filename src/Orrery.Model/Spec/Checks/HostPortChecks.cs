using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Checks;

/// <summary>Ports of the machines that components listen on.</summary>
internal static class HostPortChecks
{
    /// <summary>The default of Prometheus' node exporter, which runs in the host's network.</summary>
    private const int NodeExporterPort = 9100;

    /// <summary>https://kubernetes.io/docs/reference/networking/ports-and-protocols.</summary>
    private static readonly Listener[] OfKubernetes =
    [
        new(6443, "the API server", null, null),
        new(2379, "etcd", null, null),
        new(2380, "etcd", null, null),
        new(10250, "the kubelet", null, null),
    ];

    private static readonly string[] IngressControllers = ["ingress-nginx", "traefik"];

    /// <summary>Who listens on a port, and where that is written; null where Kubernetes itself does.</summary>
    private sealed record Listener(int Port, string By, Mark? Mark, string? Remedy);

    public static void Run(ClusterView cluster, Problems problems)
    {
        var listeners = ListenersOf(cluster);
        for (var i = 1; i < listeners.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (listeners[i].Port == listeners[j].Port)
                    Report(listeners[j], listeners[i], problems);
            }
        }
    }

    private static List<Listener> ListenersOf(ClusterView cluster)
    {
        List<Listener> listeners = [.. OfKubernetes];
        if (LabelOf(cluster, "kube-prometheus-stack") is { } monitoring)
        {
            const string By = "the node exporter of kube-prometheus-stack";
            listeners.Add(new Listener(NodeExporterPort, By, monitoring, null));
        }

        if (!ServicesUseHostPorts(cluster))
            return listeners;
        foreach (var ingress in IngressControllers)
        {
            if (LabelOf(cluster, ingress) is not { } label)
                continue;
            listeners.Add(new Listener(80, ingress, label, "keep one ingress controller"));
            listeners.Add(new Listener(443, ingress, label, "keep one ingress controller"));
        }

        if (cluster.Components.Find(ComponentFields.Traefik) is { } traefik
            && traefik.TryGet(ComponentFields.MetricsPort, out var port))
        {
            var mark = traefik.MarkOf(ComponentFields.MetricsPort);
            listeners.Add(
                new Listener(port, "traefik's metrics", mark, $"write `metricsPort: {NodeExporterPort + 1}`"));
        }

        return listeners;
    }

    private static Mark? LabelOf(ClusterView cluster, string component) =>
        cluster.Components.Node.Find(component)?.Label;

    /// <summary>
    /// K3s' own load balancer opens each port of such a service on every machine
    /// (https://docs.k3s.io/networking/networking-services#service-load-balancer); others use addresses of their own.
    /// </summary>
    private static bool ServicesUseHostPorts(ClusterView cluster) =>
        cluster.Spec.Under(ClusterKind.Distribution).Has(DistributionFields.K3s)
        && !cluster.Network.Has(NetworkFields.LoadBalancer);

    private static void Report(Listener first, Listener second, Problems problems)
    {
        if ((second.Mark ?? first.Mark) is not { } mark)
            return;
        problems.Add(
            CheckCodes.PortTwice,
            mark,
            $"Both {first.By} and {second.By} listen on port {second.Port} of the machine.",
            second.Remedy ?? first.Remedy ?? "give one of them another port");
    }
}
