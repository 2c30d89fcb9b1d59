using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Storage;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Ingress;

/// <summary>
/// Traefik while its pod is ready: it routes hosts to ready backends, and has its resolver order the certificates that
/// its store lacks: https://doc.traefik.io/traefik/https/acme/. Each Ingress says where its own Service is found:
/// https://doc.traefik.io/traefik/providers/kubernetes-ingress/#publishedservice.
/// </summary>
internal sealed partial class TraefikActor
{
    // K3s brings it under the second name.
    private static readonly string[] Images = ["traefik", "mirrored-library-traefik"];

    // What the authority refused is asked for again after this. Assumed; Traefik tries again at each new configuration.
    private static readonly TimeSpan Refused = TimeSpan.FromHours(1);

    private readonly SimulatedCluster _cluster;
    private readonly HashSet<string> _running = new(StringComparer.Ordinal);
    private readonly List<string> _log = [];
    private readonly Dictionary<string, bool> _served = new(StringComparer.Ordinal);
    private long _servedAt;

    public TraefikActor(SimulatedCluster cluster)
    {
        _cluster = cluster;
        ObjectKey[] all = [default];
        cluster.Loop.On("", "Pod", pod => Array.Exists(Images, image => Programs.Runs(pod, image)) ? all : [], Look);
        cluster.Loop.On("networking.k8s.io", "Ingress", _ => all, Look);
        cluster.Loop.On("", "Service", item => item.TextAt("spec", "type") == "LoadBalancer" ? all : [], Look);
        cluster.Loop.On("traefik.io", "IngressRoute", _ => all, Look);
    }

    /// <summary>What it logged of errors.</summary>
    public IReadOnlyList<string> Log => _log;

    private ClusterStore Store => _cluster.Store;

    private JsonObject? Pod => Images.SelectMany(image => Programs.Ready(Store, image)).FirstOrDefault();

    /// <summary>A request for a host that reaches the machine would be answered by the host's own backend.</summary>
    public bool Serves(string host)
    {
        // Visitors ask ten times a second, and objects change far less often.
        if (_servedAt != Store.Version)
            _served.Clear();
        _servedAt = Store.Version;
        if (!_served.TryGetValue(host, out var isServed))
        {
            _served[host] = isServed = Pod is not null && Backends()
                .Any(route => route.Host == host && IsReady(route.Namespace, route.Service));
        }

        return isServed;
    }

    private void Look(ObjectKey key)
    {
        if (Pod is not { } pod)
            return;
        Publish(pod);
        if (Resolver(pod) is not { } resolver || StoreOf(pod, resolver.Storage) is not { } found)
            return;
        if (found.Store.Problem(resolver.Storage) is { } problem)
        {
            var line = "The ACME resolver is skipped from the resolvers list "
                + $"error=\"{problem}\" resolver={resolver.Name}";
            if (!_log.Contains(line))
                _log.Add(line);
            return;
        }

        var hosts = Backends().Select(route => route.Host).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var host in hosts.Except(found.Store.Hosts(resolver.Name)).Where(_running.Add).ToList())
            _cluster.Agenda.After(_cluster.Latencies.Certificate, () => Order(resolver.Name, host, found));
    }

    // K3s switches publishedService on (manifests/traefik.yaml of k3s-io/k3s): an Ingress has the addresses of the
    // service of Traefik itself, and counts as progressing while it has none.
    private void Publish(JsonObject pod)
    {
        if (Argument(pod, PublishedArgument()) is not { } published
            || published.Groups["place"].Value.Split('/') is not [var ns, var name]
            || Store.Peek("v1", "Service", ns, name).At("status", "loadBalancer", "ingress") is not JsonArray points)
            return;
        var told = new JsonArray([.. points.Items().Select(point => new JsonObject { ["ip"] = point.TextAt("ip") })]);
        foreach (var ingress in Store.List("networking.k8s.io/v1", "Ingress"))
        {
            if (JsonNode.DeepEquals(ingress.At("status", "loadBalancer", "ingress"), told))
                continue;
            ingress.Child("status")["loadBalancer"] = new JsonObject { ["ingress"] = told.DeepClone() };
            Store.UpdateStatus(ingress, "traefik");
        }
    }

    private void Order(string resolver, string host, (AcmeStore Store, int User) found)
    {
        _running.Remove(host);
        if (!_cluster.IsRunning || Pod is null || found.Store.Hosts(resolver).Contains(host))
            return;
        var (certificate, problem) = _cluster.Options.LetsEncrypt.Order(host, _cluster.Agenda.Now);
        if (certificate is not null)
        {
            found.Store.Add(resolver, host, certificate, found.User);
            return;
        }

        _log.Add($"Unable to obtain ACME certificate for domains [{host}]: {problem}");
        _cluster.Loop.Again(Look, default, Refused);
    }

    // The default resolver of an entry point, or the only one there is.
    private static (string Name, string Storage)? Resolver(JsonObject pod) =>
        Argument(pod, StorageArgument()) is { } found ? (found.Groups["name"].Value, found.Groups["path"].Value) : null;

    private static Match? Argument(JsonObject pod, Regex shape) => pod.At("spec", "containers").Items()
        .SelectMany(each => each["args"] as JsonArray ?? []).Select(each => shape.Match(each.Text() ?? ""))
        .FirstOrDefault(match => match.Success);

    // Where the container's path stands on the machine: through the mount, the claim and its volume.
    private (AcmeStore Store, int User)? StoreOf(JsonObject pod, string path)
    {
        var mount = pod.At("spec", "containers").Items().SelectMany(container => container["volumeMounts"].Items())
            .FirstOrDefault(each => path.StartsWith(each.TextAt("mountPath") + "/", StringComparison.Ordinal));
        var volume = pod.At("spec", "volumes").Items()
            .FirstOrDefault(each => mount is not null && each.TextAt("name") == mount.TextAt("name"));
        if (mount is null || volume is null)
            return null;
        var claim = Store.Peek("v1", "PersistentVolumeClaim", pod.Namespace(),
            volume.TextAt("persistentVolumeClaim", "claimName") ?? "");
        var folder = volume.TextAt("hostPath", "path")
            ?? VolumePaths.Of(Store.Peek("v1", "PersistentVolume", "", claim.TextAt("spec", "volumeName") ?? ""))
            // What is nowhere else lasts as long as the pod.
            ?? $"/var/lib/kubelet/pods/{pod.Uid()}/volumes/{volume.TextAt("name")}";
        var file = folder + path[(mount.TextAt("mountPath") ?? "").Length..];
        var user = (int)(pod.At("spec", "securityContext", "runAsUser").Number() ?? 0);
        return (new AcmeStore(_cluster.Machine, file), user);
    }

    private IEnumerable<(string Host, string Namespace, string Service)> Backends()
    {
        var ingresses = Store.PeekAll("networking.k8s.io/v1", "Ingress").SelectMany(ingress =>
            ingress.At("spec", "rules").Items().SelectMany(rule => rule.At("http", "paths").Items().Select(path =>
                (rule.TextAt("host") ?? "", ingress.Namespace(), path.TextAt("backend", "service", "name") ?? ""))));
        var routes = Store.PeekAll("traefik.io/v1alpha1", "IngressRoute").SelectMany(item =>
            item.At("spec", "routes").Items().SelectMany(route => HostRule().Matches(route.TextAt("match") ?? "")
                .SelectMany(match => route["services"].Items().Select(service =>
                    (match.Groups["host"].Value, service.TextAt("namespace") ?? item.Namespace(),
                        service.TextAt("name") ?? "")))));
        return ingresses.Concat(routes).Where(route => route.Item1.Length > 0);
    }

    private bool IsReady(string ns, string name) => Store.Peek("v1", "Service", ns, name) is { } service
        && service.At("spec", "selector") is JsonObject { Count: > 0 } selector
        && Store.PeekAll("v1", "Pod", ns).Any(pod => pod.IsReady() && !pod.IsGoing()
            && selector.All(pair => pod.Labels()?[pair.Key].Text() == pair.Value.Text()));

    [GeneratedRegex(@"^--certificates[Rr]esolvers\.(?<name>[^.]+)\.acme\.storage=(?<path>\S+)$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StorageArgument();

    [GeneratedRegex(@"^--providers\.kubernetesingress\.ingressendpoint\.publishedservice=(?<place>\S+)$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PublishedArgument();

    [GeneratedRegex(@"Host\(`(?<host>[^`]+)`\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HostRule();
}
