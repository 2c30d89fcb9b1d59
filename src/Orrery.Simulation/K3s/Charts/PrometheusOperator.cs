using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>
/// The Prometheus operator while its pod runs: a StatefulSet for each Prometheus and Alertmanager, whose data lie in a
/// subPath of their volume (https://github.com/prometheus-operator/prometheus-operator, pkg/prometheus).
/// </summary>
internal sealed class PrometheusOperator
{
    private const string Group = "monitoring.coreos.com";
    private const string Image = "prometheus-operator";

    private readonly SimulatedCluster _cluster;

    public PrometheusOperator(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On(Group, "Prometheus", MakePrometheus);
        cluster.Loop.On(Group, "Alertmanager", MakeAlertmanager);
        Follow("Prometheus", MakePrometheus);
        Follow("Alertmanager", MakeAlertmanager);
    }

    private ClusterStore Store => _cluster.Store;

    // Its own pod gets ready, or a set that it made changes.
    private void Follow(string kind, Action<ObjectKey> make)
    {
        _cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image)
            ? Store.PeekAll(Group + "/v1", kind).Select(ObjectKey.Of) : [], make);
        _cluster.Loop.On("apps", "StatefulSet", set => Workloads.PodTemplate.OwnerOf(set, kind), make);
    }

    private void MakePrometheus(ObjectKey key) =>
        Make(key, "Prometheus", ("prometheus", "quay.io/prometheus/prometheus:v3.8.0", "/prometheus"));

    private void MakeAlertmanager(ObjectKey key) =>
        Make(key, "Alertmanager", ("alertmanager", "quay.io/prometheus/alertmanager:v0.29.0", "/alertmanager"));

    private void Make(ObjectKey key, string kind, (string Name, string Image, string Path) program)
    {
        if (Store.Get(Group + "/v1", kind, key.Namespace, key.Name) is not { } item || item.IsGoing()
            || !Programs.Ready(Store, Image).Any())
        {
            return;
        }

        var name = $"{program.Name}-{key.Name}";
        var volume = name + "-db";
        var template = item.At("spec", "storage", "volumeClaimTemplate");
        var mount = template is null ? "" : $", subPath: {program.Name}-db";
        var set = ChartText.Read($$"""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata:
              name: {{name}}
              namespace: {{key.Namespace}}
            spec:
              replicas: {{item.At("spec", "replicas").Number() ?? 1}}
              serviceName: {{program.Name}}-operated
              podManagementPolicy: Parallel
              selector:
                matchLabels: {operator.prometheus.io/name: {{key.Name}}, app.kubernetes.io/name: {{program.Name}} }
              template:
                metadata:
                  labels: {operator.prometheus.io/name: {{key.Name}}, app.kubernetes.io/name: {{program.Name}} }
                spec:
                  securityContext: {{JsonText.Of(item.At("spec", "securityContext") ?? new JsonObject())}}
                  containers:
                  - name: {{program.Name}}
                    image: {{program.Image}}
                    volumeMounts: [{name: {{volume}}, mountPath: {{program.Path}}{{mount}}}]
            """).Single().OwnedBy(item);
        var spec = set.Child("spec");
        if (template is null)
        {
            spec.Child("template").Child("spec")["volumes"] =
                new JsonArray(new JsonObject { ["name"] = volume, ["emptyDir"] = new JsonObject() });
        }
        else
        {
            var claim = (JsonObject)template.DeepClone();
            claim.Child("metadata")["name"] = volume;
            spec["volumeClaimTemplates"] = new JsonArray(claim);
        }

        var made = Store.Apply(set, new WriteOptions { Manager = "prometheus-operator", Force = true });
        var wanted = made.At("spec", "replicas").Number() ?? 1;
        var available = made.At("status", "availableReplicas").Number() ?? 0;
        var status = item.Child("status");
        status["replicas"] = wanted;
        status["availableReplicas"] = available;
        status["updatedReplicas"] = made.At("status", "updatedReplicas").Number() ?? 0;
        item.SetCondition(Store.Now, "Available", available >= wanted);
        item.SetCondition(Store.Now, "Reconciled", true);
        Store.UpdateStatus(item, "prometheus-operator");
    }
}
