using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>openbao of https://github.com/openbao/openbao-helm, as one server with a volume.</summary>
internal static class OpenBaoChart
{
    public static IEnumerable<JsonObject> Objects(ChartRequest request)
    {
        var (ns, values) = (request.Namespace, request.Values);
        var name = values.Text(request.Release, "fullnameOverride");
        var server = values.At("server") as JsonObject ?? [];
        var volumes = new JsonArray(new JsonObject
        {
            ["name"] = "config",
            ["configMap"] = new JsonObject { ["name"] = $"{name}-config" },
        });
        var mounts = new JsonArray(
            new JsonObject
            {
                ["name"] = "data",
                ["mountPath"] = server.Text("/openbao/data", "dataStorage", "mountPath"),
            },
            new JsonObject { ["name"] = "config", ["mountPath"] = "/openbao/config", ["readOnly"] = true });
        foreach (var volume in server["volumes"].Items())
            volumes.Add(volume.DeepClone());
        foreach (var mount in server["volumeMounts"].Items())
            mounts.Add(mount.DeepClone());
        var storageClass = server.At("dataStorage", "storageClass").Text();
        var claim = $$"""
            volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce],
              resources: {requests: {storage: {{server.Text("10Gi", "dataStorage", "size")}} } }
              {{(storageClass is null ? "" : $", storageClassName: {storageClass}")}} } }]
            updateStrategy: {type: OnDelete}
            """;
        return
        [
            Control.Objects.Of("v1", "ConfigMap", ns, $"{name}-config").With("data", new JsonObject
            {
                // Text as it is, everything else as JSON.
                ["extraconfig-from-values.hcl"] = server.Text("", "standalone", "config"),
            }),
            .. ChartText.Workload("StatefulSet", ns, name, "quay.io/openbao/openbao:2.6.2", (
                "securityContext: {runAsNonRoot: true, runAsGroup: 1000, runAsUser: 100, fsGroup: 1000}\n"
                    + $"volumes: {JsonText.Of(volumes)}",
                $"args: [server]\nvolumeMounts: {JsonText.Of(mounts)}",
                claim)),
            .. ChartText.Service(ns, name, ("openbao", name), 8200, 8200),
        ];
    }
}
