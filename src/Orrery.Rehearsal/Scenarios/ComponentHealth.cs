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
/// How the components of a cluster are: in Argo CD's words. What it delivers, it judges; of the others it is said
/// whether their workloads are ready.
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
                    : component.By == DeliveredBy.GitOps ? Judged(running, component)
                    : Ready(running, component, components))),
        ];
    }

    private static string Judged(SimulatedCluster running, CatalogComponent component) =>
        running.Api.Store.Get("argoproj.io/v1alpha1", "Application", "argocd", component.Name) is { } application
            ? $"{application["status"]?["health"]?["status"] ?? "Unknown"}"
            : Missing;

    private static string Ready(
        SimulatedCluster running, CatalogComponent component, IReadOnlyList<CatalogComponent> all)
    {
        var own = Workloads
            .SelectMany(kind => running.Api.Store.List("apps/v1", kind, component.Namespace))
            .Where(workload => OwnerOf($"{workload["metadata"]?["name"]}", all) == component).ToArray();
        return own.Length == 0 ? Missing : Array.TrueForAll(own, IsReady) ? "Healthy" : "Progressing";
    }

    /// <summary>Charts name their parts after themselves, some of them without the dashes.</summary>
    private static CatalogComponent? OwnerOf(string workload, IReadOnlyList<CatalogComponent> all) => all
        .Where(component => Bare(workload).StartsWith(Bare(component.Name), StringComparison.Ordinal))
        .MaxBy(component => component.Name.Length);

    private static string Bare(string name) => name.Replace("-", "", StringComparison.Ordinal);

    private static bool IsReady(JsonObject workload) =>
        Number(workload["status"]?["readyReplicas"], 0) >= Number(workload["spec"]?["replicas"], 1);

    private static long Number(JsonNode? node, long otherwise) =>
        node is null ? otherwise : long.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);
}
