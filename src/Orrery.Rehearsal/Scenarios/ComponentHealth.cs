using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.GitOps.Catalog;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Rehearsal.Reports;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.K3s;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>
/// How the components of a cluster are: in Argo CD's words. What the engine delivers, it judges; of the others it is
/// said whether their workloads are ready.
/// </summary>
internal static class ComponentHealth
{
    private const string Missing = "Missing";
    private static readonly string[] Workloads = ["Deployment", "StatefulSet"];

    /// <summary>In order of their names; all missing where the cluster does not run.</summary>
    public static ValueList<ComponentReport> Of(Stage stage, Cluster cluster)
    {
        var components = Components.Of(stage.Platform, cluster);
        var running = stage.ClustersOf(cluster).FirstOrDefault();
        return
        [
            .. components.Select(component => new ComponentReport(
                component.Name,
                running is null ? Missing
                    : component.By == DeliveredBy.GitOps ? Judged(running, cluster, component)
                    : Ready(running, component, components))),
        ];
    }

    private static string Judged(SimulatedCluster running, Cluster cluster, CatalogComponent component) =>
        cluster.GitOps is GitOpsEngine.Flux ? ByFlux(running, component)
        : running.Api.Store.Get("argoproj.io/v1alpha1", "Application", "argocd", component.Name) is { } application
            ? $"{application["status"]?["health"]?["status"] ?? "Unknown"}"
            : Missing;

    /// <summary>Its Kustomization waits for all that it applies.</summary>
    private static string ByFlux(SimulatedCluster running, CatalogComponent component)
    {
        var kustomization = running.Api.Store.Get(
            "kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", component.Name);
        return kustomization is null ? Missing : $"{kustomization["status"]?["conditions"]?[0]?["status"]}" switch
        {
            "True" => "Healthy",
            "False" => "Degraded",
            _ => "Progressing",
        };
    }

    private static string Ready(
        SimulatedCluster running, CatalogComponent component, IReadOnlyList<CatalogComponent> all)
    {
        var own = Workloads
            .SelectMany(kind => running.Api.Store.List("apps/v1", kind, component.Namespace))
            .Where(workload => OwnerOf(workload, all) == component).ToArray();
        return own.Length == 0 ? Missing : Array.TrueForAll(own, IsReady) ? "Healthy" : "Progressing";
    }

    /// <summary>
    /// Helm says of what release a workload is. Else charts name their parts after themselves, some of them without the
    /// dashes; where one has a namespace for itself, all there is its own.
    /// </summary>
    private static CatalogComponent? OwnerOf(JsonObject workload, IReadOnlyList<CatalogComponent> all)
    {
        var release = $"{workload["metadata"]?["annotations"]?["meta.helm.sh/release-name"]}";
        if (all.FirstOrDefault(component => component.Name == release) is { } released)
            return released;
        var (name, space) = (Bare($"{workload["metadata"]?["name"]}"), $"{workload["metadata"]?["namespace"]}");
        return all.Where(component => name.StartsWith(Bare(component.Name), StringComparison.Ordinal))
            .MaxBy(component => component.Name.Length)
            ?? (all.Where(component => component.Namespace == space).ToArray() is [var only] ? only : null);
    }

    private static string Bare(string name) => name.Replace("-", "", StringComparison.Ordinal);

    private static bool IsReady(JsonObject workload) =>
        Number(workload["status"]?["readyReplicas"], 0) >= Number(workload["spec"]?["replicas"], 1);

    private static long Number(JsonNode? node, long otherwise) =>
        node is null ? otherwise : long.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);
}
