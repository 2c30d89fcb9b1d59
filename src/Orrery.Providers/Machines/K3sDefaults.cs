using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>
/// How a cluster's K3s boots as far as the declaration alone says it. Whoever knows its manifests and keys adds them.
/// </summary>
public static class K3sDefaults
{
    // Who the containers run as, in the charts' own values: https://github.com/traefik/traefik-helm-chart and
    // https://github.com/prometheus-community/helm-charts (kube-prometheus-stack with its part grafana). A volume of
    // the host is not handed over to them by Kubernetes (no fsGroup), so it must be theirs before.
    private const string TraefikUser = "65532:65532";
    private const string PrometheusUser = "1000:2000";
    private const string GrafanaUser = "472:472";

    public static K3sBoot Of(Cluster cluster)
    {
        var version = cluster.Distribution is Distribution.K3s k3s ? k3s.Kubernetes : "";
        return new K3sBoot(
            new K3sSettings
            {
                Version = version,
                LocalStoragePath = Option(cluster, "local-path-provisioner", "path"),
                Kept = Kept(cluster).ToValueList(),
            },
            []);
    }

    private static IEnumerable<KeptPath> Kept(Cluster cluster)
    {
        if (Option(cluster, "local-path-provisioner", "path") is { } claims)
            yield return new KeptPath(claims, "0:0", "0755");
        if (Option(cluster, "traefik", "storage", "hostPath") is { } traefik)
        {
            yield return new KeptPath(traefik, TraefikUser, "0700");

            // Traefik refuses a file of certificates that others may read.
            yield return new KeptPath($"{traefik}/acme.json", TraefikUser, "0600", IsFile: true);
        }

        (string Name, string User)[] monitoring =
            [("prometheus", PrometheusUser), ("grafana", GrafanaUser), ("alertmanager", PrometheusUser)];
        foreach (var (name, user) in monitoring)
        {
            if (Option(cluster, "kube-prometheus-stack", "persistence", name) is { } path)
                yield return new KeptPath(path, user, "0750");
        }
    }

    private static string? Option(Cluster cluster, string component, params ReadOnlySpan<string> path)
    {
        if (!cluster.Components.TryGetValue(component, out var declared))
            return null;
        Value found = declared.Options;
        foreach (var name in path)
            found = found is Value.Map map ? map[name] : Value.Null.Instance;
        return found is Value.Text text ? text.Of : null;
    }
}
