using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>Charts that bring a class of storage.</summary>
internal static class StorageCharts
{
    public static void AddTo(ChartLibrary library)
    {
        library.Add("https://charts.longhorn.io", "longhorn", "1.12.1", Longhorn);
        library.Add(
            "https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner", "nfs-subdir-external-provisioner",
            "4.0.18", Nfs);
        library.Add("oci://ghcr.io/sergelogvinov/charts", "proxmox-csi-plugin", "0.5.9", Proxmox);
    }

    private static IEnumerable<JsonObject> Longhorn(ChartRequest request)
    {
        var path = request.Values.Text("/var/lib/longhorn/", "defaultSettings", "defaultDataPath");
        var replicas = request.Values.Text("3", "persistence", "defaultClassReplicaCount");
        return
        [
            .. CustomKinds.Of(
                "longhorn.io/v1beta2 volumes Volume status short=lhv", "longhorn.io/v1beta2 replicas Replica status",
                "longhorn.io/v1beta2 nodes Node status", "longhorn.io/v1beta2 settings Setting status"),
            .. ChartText.Workload(
                "DaemonSet", request.Namespace, "longhorn-manager", "docker.io/longhornio/longhorn-manager:v1.12.1",
                ($"volumes: [{{name: data, hostPath: {{path: {path}, type: DirectoryOrCreate}}}}]",
                    "securityContext: {privileged: true}\n"
                        + $"volumeMounts: [{{name: data, mountPath: {path}}}]\n"
                        + $"env: [{{name: DATA_PATH, value: {path}}}]", "")),
            .. ChartText.Workload(
                "Deployment", request.Namespace, "longhorn-ui", "docker.io/longhornio/longhorn-ui:v1.12.1"),
            .. ChartText.Read($$"""
                apiVersion: storage.k8s.io/v1
                kind: StorageClass
                metadata:
                  name: longhorn
                  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
                provisioner: driver.longhorn.io
                allowVolumeExpansion: true
                reclaimPolicy: Delete
                volumeBindingMode: Immediate
                parameters: {numberOfReplicas: "{{replicas}}", staleReplicaTimeout: "30"}
                """),
        ];
    }

    private static IEnumerable<JsonObject> Proxmox(ChartRequest request)
    {
        var (values, space) = (request.Values, request.Namespace);
        var name = values.Text(request.Release, "fullnameOverride");
        return
        [
            .. ChartText.Workload(
                "Deployment", space, $"{name}-controller", "ghcr.io/sergelogvinov/proxmox-csi-controller:v0.19.1",
                ($"priorityClassName: system-cluster-critical\n"
                    + $"volumes: [{{name: cloud-config, secret: {{secretName: {name}}}}}]\n"
                    + $"nodeSelector: {values.Json("{}", "nodeSelector")}\n"
                    + $"tolerations: {values.Json("[]", "tolerations")}", "", ""))
                .Select(item => item.WithPodAnnotations(
                    values.At("controller", "podAnnotations") as JsonObject)),
            .. ChartText.Workload(
                "DaemonSet", space, $"{name}-node", "ghcr.io/sergelogvinov/proxmox-csi-node:v0.19.1",
                ("volumes: [{name: socket, hostPath: {path: /var/lib/kubelet/plugins/csi.proxmox.sinextra.dev/,"
                    + " type: DirectoryOrCreate}}]\n"
                    + $"tolerations: {values.Json("[]", "node", "tolerations")}",
                    "securityContext: {privileged: true}", "")),
            .. ChartText.Read("""
                apiVersion: storage.k8s.io/v1
                kind: CSIDriver
                metadata:
                  name: csi.proxmox.sinextra.dev
                spec: {attachRequired: true, podInfoOnMount: true, storageCapacity: true}
                """),
            .. values.At("storageClass").Items().SelectMany(ProxmoxClass),
        ];
    }

    private static IEnumerable<JsonObject> ProxmoxClass(JsonObject kind) => ChartText.Read($$"""
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata:
          name: {{kind.Text("", "name")}}
          annotations: {{kind.Json("{}", "annotations")}}
        provisioner: csi.proxmox.sinextra.dev
        allowVolumeExpansion: true
        reclaimPolicy: {{kind.Text("Delete", "reclaimPolicy")}}
        volumeBindingMode: {{kind.Text("WaitForFirstConsumer", "volumeBindingMode")}}
        parameters:
          csi.storage.k8s.io/fstype: {{kind.Text("ext4", "fstype")}}
          storage: {{kind.Text("", "storage")}}
        """);

    private static IEnumerable<JsonObject> Nfs(ChartRequest request)
    {
        var values = request.Values;
        var provisioner = values.Text(
            $"cluster.local/{request.Release}", "storageClass", "provisionerName");
        var server = values.Text("", "nfs", "server");
        var path = values.Text("/nfs-storage", "nfs", "path");
        var isDefault = values.Is(false, "storageClass", "defaultClass") ? "true" : "false";
        return
        [
            .. ChartText.Workload(
                "Deployment", request.Namespace, request.Release,
                "registry.k8s.io/sig-storage/nfs-subdir-external-provisioner:v4.0.2",
                ($"volumes: [{{name: nfs-subdir-external-provisioner-root, nfs: {{server: {server}, path: {path}}}}}]",
                    $"env: [{{name: PROVISIONER_NAME, value: {provisioner}}}, {{name: NFS_SERVER, value: {server}}}, "
                        + $"{{name: NFS_PATH, value: {path}}}]",
                    "strategy: {type: Recreate}")),
            .. ChartText.Read($$"""
                apiVersion: storage.k8s.io/v1
                kind: StorageClass
                metadata:
                  name: {{values.Text("nfs-client", "storageClass", "name")}}
                  annotations: {storageclass.kubernetes.io/is-default-class: "{{isDefault}}"}
                provisioner: {{provisioner}}
                reclaimPolicy: {{values.Text("Delete", "storageClass", "reclaimPolicy")}}
                volumeBindingMode: {{values.Text("Immediate", "storageClass", "volumeBindingMode")}}
                parameters:
                  archiveOnDelete: "{{values.Text("true", "storageClass", "archiveOnDelete")}}"
                  onDelete: "{{values.Text("", "storageClass", "onDelete")}}"
                  pathPattern: "{{values.Text("", "storageClass", "pathPattern")}}"
                """),
        ];
    }
}
