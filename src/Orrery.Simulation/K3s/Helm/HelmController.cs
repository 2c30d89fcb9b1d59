using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Helm;

/// <summary>
/// K3s' Helm controller: a job for each HelmChart, whose pod installs the chart with the values of the chart and, over
/// them, of its HelmChartConfig. https://docs.k3s.io/add-ons/helm
/// </summary>
internal sealed partial class HelmController
{
    private const string ApiVersion = "helm.cattle.io/v1";
    private const string Manager = "helm-controller";
    private const string ChartLabel = "helmcharts.helm.cattle.io/chart";
    private const string ConfigHash = "helmcharts.helm.cattle.io/configHash";

    private readonly SimulatedCluster _cluster;
    private readonly ChartInstallation _charts;

    public HelmController(SimulatedCluster cluster)
    {
        (_cluster, _charts) = (cluster, new ChartInstallation(cluster));
        cluster.Loop.On("helm.cattle.io", "HelmChart", Reconcile);
        cluster.Loop.On("helm.cattle.io", "HelmChartConfig", Reconcile);
        cluster.Loop.On("batch", "Job", static job => job.Labels()?[ChartLabel].Text() is { } chart
            ? [new ObjectKey(job.Namespace(), chart)] : [], Reconcile);
        cluster.Commands["klipper-helm"] = Install;
    }

    private ClusterStore Store => _cluster.Store;

    private void Reconcile(ObjectKey key)
    {
        if (Store.Get(ApiVersion, "HelmChart", key.Namespace, key.Name) is not { } chart || chart.IsGoing())
            return;
        var config = Store.Peek(ApiVersion, "HelmChartConfig", key.Namespace, key.Name);
        var mark = StableHash.Of(0).And(JsonText.Of(chart["spec"])).And(JsonText.Of(config.At("spec"))).Value;
        var hash = $"SHA256={mark:X16}";
        var name = "helm-install-" + key.Name;
        if (Store.Peek("batch/v1", "Job", key.Namespace, name) is { } job)
        {
            if (job.At("spec", "template", "metadata", "annotations").TextAt(ConfigHash) == hash || job.IsGoing())
                return;
            Store.Delete("batch/v1", "Job", key.Namespace, name);
        }

        Store.Create(Job(chart, name, hash), new WriteOptions { Manager = Manager });
        chart.Child("status")["jobName"] = name;
        chart.SetCondition(Store.Now, "JobCreated", true,
            ("Job created", $"Applying HelmChart using Job {key.Namespace}/{name}"));
        chart.SetCondition(Store.Now, "Failed", false);
        Store.UpdateStatus(chart, Manager);
    }

    private static JsonObject Job(JsonObject chart, string name, string hash) =>
        Objects.Of("batch/v1", "Job", chart.Namespace(), name).Labelled(ChartLabel, chart.Name()).OwnedBy(chart)
            .With("spec", new JsonObject
            {
                ["backoffLimit"] = 1000,
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject
                    {
                        ["annotations"] = new JsonObject { [ConfigHash] = hash },
                        ["labels"] = new JsonObject { [ChartLabel] = chart.Name() },
                    },
                    ["spec"] = new JsonObject
                    {
                        ["restartPolicy"] = "OnFailure",
                        ["containers"] = new JsonArray(new JsonObject
                        {
                            ["name"] = "helm",
                            ["image"] = "rancher/klipper-helm:v0.9.10-build20251111",
                            ["args"] = new JsonArray("install"),
                        }),
                    },
                },
            });

    /// <summary>What the job's pod does: null when Helm succeeds, or Helm's words.</summary>
    private string? Install(JsonObject pod)
    {
        if (pod.Labels()?[ChartLabel].Text() is not { } name
            || Store.Get(ApiVersion, "HelmChart", pod.Namespace(), name) is not { } chart)
        {
            return "Error: INSTALLATION FAILED: no chart";
        }

        var ns = chart.TextAt("spec", "targetNamespace") is { Length: > 0 } target ? target : pod.Namespace();
        if (chart.At("spec", "createNamespace").IsTrue() && Store.Peek("v1", "Namespace", "", ns) is null)
            Store.Create(Objects.Of("v1", "Namespace", "", ns), new WriteOptions { Manager = "helm" });
        try
        {
            var config = Store.Peek(ApiVersion, "HelmChartConfig", pod.Namespace(), name);
            var values = Values.Merge(
                Values.Read(chart.TextAt("spec", "valuesContent") ?? ""),
                Values.Read(config.TextAt("spec", "valuesContent") ?? ""));
            return _charts.Install(Request(chart, name, ns, values));
        }
        catch (ApiFailure failure)
        {
            return "Error: INSTALLATION FAILED: " + failure.Message;
        }
    }

    private static ChartRequest Request(JsonObject chart, string release, string ns, JsonObject values)
    {
        var name = chart.TextAt("spec", "chart") ?? "";
        return Archive().Match(name) is { Success: true } archive
            ? new ChartRequest(ChartLibrary.Packaged, archive.Groups["name"].Value, archive.Groups["version"].Value,
                release, ns, values)
            : new ChartRequest(
                chart.TextAt("spec", "repo") ?? "", name, chart.TextAt("spec", "version") ?? "", release, ns, values);
    }

    [GeneratedRegex(@"/static/charts/(?<name>[a-z-]+)-(?<version>[0-9][^/]*)\.tgz$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Archive();
}
