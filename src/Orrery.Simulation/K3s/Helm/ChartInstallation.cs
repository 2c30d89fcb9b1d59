using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Helm;

/// <summary>What the program Helm does with a chart, whoever starts it.</summary>
internal sealed class ChartInstallation(SimulatedCluster cluster)
{
    private const string Failed = "Error: INSTALLATION FAILED: ";

    private ClusterStore Store => cluster.Store;

    /// <summary>Null when Helm succeeds, or Helm's words.</summary>
    public string? Install(ChartRequest request)
    {
        var (release, ns) = (request.Release, request.Namespace);
        if (Store.Peek("v1", "Namespace", "", ns) is null)
            return $"{Failed}create: failed to create: namespaces \"{ns}\" not found";
        try
        {
            if (cluster.Options.Charts.Problem(request) is { } unknown)
                return Failed + unknown;
            var rendered = cluster.Options.Charts.Render(request)!;
            if (rendered.Problem is { } problem)
                return Failed + problem;
            var isDefinition = rendered.Objects.ToLookup(item => item.TextAt("kind") == "CustomResourceDefinition");
            Apply(isDefinition[true], release, ns);
            // Helm waits until the new kinds are served.
            cluster.After(TimeSpan.FromMilliseconds(500), () => ApplyRest([.. isDefinition[false]], release, ns));
            return null;
        }
        catch (ApiFailure failure)
        {
            return Failed + failure.Message;
        }
    }

    private void ApplyRest(IReadOnlyList<JsonObject> items, string release, string ns)
    {
        try
        {
            Apply(items, release, ns);
        }
        catch (ApiFailure)
        {
            cluster.After(cluster.Latencies.CrashPause, () => ApplyRest(items, release, ns));
        }
    }

    private void Apply(IEnumerable<JsonObject> items, string release, string ns)
    {
        foreach (var given in items)
        {
            var item = given.Copy().Labelled("app.kubernetes.io/managed-by", "Helm");
            var annotations = item.Child("metadata").Child("annotations");
            annotations["meta.helm.sh/release-name"] = release;
            annotations["meta.helm.sh/release-namespace"] = ns;
            Store.Apply(item, new WriteOptions { Manager = "helm", Force = true });
        }
    }
}
