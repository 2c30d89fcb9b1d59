using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;

namespace Orrery.Simulation.K3s.AddOns;

/// <summary>
/// What K3s brings: https://docs.k3s.io/installation/packaged-components. Names, kinds and the storage's configuration
/// are its own; versions are of the order of 1.34 and assumed.
/// </summary>
internal static class PackagedComponents
{
    public static IReadOnlyList<JsonObject> Definitions { get; } =
    [
        .. CustomKinds.Of(
            "k3s.cattle.io/v1 addons Addon",
            "k3s.cattle.io/v1 etcdsnapshotfiles ETCDSnapshotFile status cluster",
            "helm.cattle.io/v1 helmcharts HelmChart status",
            "helm.cattle.io/v1 helmchartconfigs HelmChartConfig"),
    ];

    /// <summary>Text by the name that <c>--disable</c> takes.</summary>
    /// <param name="storage">Where local volumes are made.</param>
    public static IEnumerable<(string Name, string Text)> Files(string storage) =>
    [
        ("coredns", CoreDns),
        ("local-storage", LocalStorage.Replace("%STORAGE%", storage, StringComparison.Ordinal)),
        ("metrics-server", Workload("metrics-server", "rancher/mirrored-metrics-server:v0.8.0", 443, 10250)),
        ("traefik", Traefik),
    ];

    private static string CoreDns { get; } = Workload("coredns", "rancher/mirrored-coredns-coredns:1.13.1", 53, 53)
        .Replace("  name: coredns\n  namespace: kube-system\nspec:\n  ports",
            "  name: kube-dns\n  namespace: kube-system\nspec:\n  clusterIP: 10.43.0.10\n  ports",
            StringComparison.Ordinal);

    private const string LocalStorage = """
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: local-path-provisioner-service-account
          namespace: kube-system
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: local-path-provisioner
          namespace: kube-system
        spec:
          selector:
            matchLabels:
              app: local-path-provisioner
          template:
            metadata:
              labels:
                app: local-path-provisioner
            spec:
              priorityClassName: system-node-critical
              serviceAccountName: local-path-provisioner-service-account
              containers:
              - name: local-path-provisioner
                image: rancher/local-path-provisioner:v0.0.32
                volumeMounts:
                - name: config-volume
                  mountPath: /etc/config/
              volumes:
              - name: config-volume
                configMap:
                  name: local-path-config
        ---
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata:
          name: local-path
          annotations:
            defaultVolumeType: "local"
            storageclass.kubernetes.io/is-default-class: "true"
        provisioner: rancher.io/local-path
        volumeBindingMode: WaitForFirstConsumer
        reclaimPolicy: Delete
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: local-path-config
          namespace: kube-system
        data:
          config.json: |-
            {"nodePathMap":[{"node":"DEFAULT_PATH_FOR_NON_LISTED_NODES","paths":["%STORAGE%"]}]}
          setup: |-
            #!/bin/sh
            set -eu
            mkdir -m 0777 -p "${VOL_DIR}"
            chmod 701 "${VOL_DIR}/.."
          teardown: |-
            #!/bin/sh
            set -eu
            rm -rf "${VOL_DIR}"

        """;

    private const string Traefik = """
        apiVersion: helm.cattle.io/v1
        kind: HelmChart
        metadata:
          name: traefik-crd
          namespace: kube-system
        spec:
          chart: https://%{KUBERNETES_API}%/static/charts/traefik-crd-37.1.1+up37.1.0.tgz
        ---
        apiVersion: helm.cattle.io/v1
        kind: HelmChart
        metadata:
          name: traefik
          namespace: kube-system
        spec:
          chart: https://%{KUBERNETES_API}%/static/charts/traefik-37.1.1+up37.1.0.tgz
          set:
            global.systemDefaultRegistry: ""
          valuesContent: |-
            deployment:
              podAnnotations:
                prometheus.io/port: "8082"
                prometheus.io/scrape: "true"
            image:
              repository: "rancher/mirrored-library-traefik"
              tag: "3.5.1"
            service:
              ipFamilyPolicy: "PreferDualStack"

        """;

    private static string Workload(string name, string image, int port, int target) => $"""
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: {name}
          namespace: kube-system
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {name}
          namespace: kube-system
        spec:
          selector:
            matchLabels:
              k8s-app: {name}
          template:
            metadata:
              labels:
                k8s-app: {name}
            spec:
              priorityClassName: system-cluster-critical
              serviceAccountName: {name}
              containers:
              - name: {name}
                image: {image}
                ports:
                - containerPort: {target}
                  protocol: TCP
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: {name}
          namespace: kube-system
        spec:
          ports:
          - name: main
            port: {port}
            protocol: TCP
            targetPort: {target}
          selector:
            k8s-app: {name}

        """;
}
