using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.K3s;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// Volumes in folders of the node that are named by namespace and claim, so that a rebuilt cluster finds them again. It
/// takes the place of the one that K3s brings, which is switched off (<see cref="AddOns"/>): that one names folders by
/// the volume's random id, deletes them with their claim, and K3s writes its class back at every start. On Talos it
/// comes where components keep data and no other storage is declared.
/// </summary>
public static class LocalPathProvisioner
{
    private const string Name = "local-path-provisioner";
    private const string Space = "kube-system";
    private const string Version = "0.0.37";
    private const string PathOfK3s = "/var/lib/rancher/k3s/storage";
    private const string HelperImage = "docker.io/library/busybox:1.37.0";

    internal static CatalogComponent? Of(Setting setting)
    {
        if (FolderOnTalos(setting.Cluster) is { } folder)
        {
            return new CatalogComponent
            {
                Name = Name,
                Namespace = Space,
                By = DeliveredBy.GitOps,
                Objects = Objects(folder, setting.Component(Name)?.Version),
                Provides = [new Capability(CapabilityKind.Storage, StorageCharts.DefaultClass)],
                Requires = [new Capability(CapabilityKind.Namespace, Space, "its pods make folders of the nodes")],
            };
        }

        if (setting.Component(Name) is not { } component || setting.Cluster.Distribution is not Distribution.K3s)
            return null;
        return new CatalogComponent
        {
            Name = Name,
            Namespace = Space,
            By = DeliveredBy.Boot,
            Chart = new Chart("https://github.com/rancher/local-path-provisioner", Name, Version),
            Objects = Objects(PathOf(component), component.Version),
            Provides = [new Capability(CapabilityKind.Storage, "local-path")],
        };
    }

    /// <summary>
    /// Where the data are on machines of Talos; null where it is not there. Kubelet must see the folder:
    /// https://docs.siderolabs.com/kubernetes-guides/csi/local-storage.
    /// </summary>
    public static string? FolderOnTalos(Cluster cluster) =>
        cluster.Distribution is not Distribution.Talos
        || (!cluster.Components.ContainsKey(Name) && !StorageCharts.NeedsLocal(cluster))
            ? null
            : cluster.Components.TryGetValue(Name, out var component) && PathOf(component) is { } path
                && path != PathOfK3s
                    ? path
                    : "/var/local-path-provisioner";

    private static ValueMap<Value.Map> Objects(string path, string? version) => ValueMap.Of(
        ("local-path-account.yaml", Manifest.Of("v1", "ServiceAccount", Name, Space)),
        ("local-path-binding.yaml", Binding),
        ("local-path-class.yaml", StorageClass),
        ("local-path-config.yaml", Config(path)),
        ("local-path-deployment.yaml", Deployment(version ?? Version)),
        ("local-path-role.yaml", Role));

    internal static IEnumerable<MachinePath> PathsOf(Setting setting) => setting.Component(Name) is { } component
        ? [MachinePath.Directory(PathOf(component), 0, 0, MachinePath.OwnerOnly)]
        : [];

    private static string PathOf(Component component) => component.Text("path")
        ?? throw new InvariantException("the option `path` has a default");

    private static Value.Map StorageClass => Manifest.Of(
        "storage.k8s.io/v1",
        "StorageClass",
        "local-path",
        null,
        ("parameters", Value.MapOf(("pathPattern", "{{ .PVC.Namespace }}/{{ .PVC.Name }}"))),
        ("provisioner", "rancher.io/local-path"),
        ("reclaimPolicy", "Retain"),
        ("volumeBindingMode", "WaitForFirstConsumer"))
        .Annotated("storageclass.kubernetes.io/is-default-class", "true")
        // Of local volumes kubelet gives the folder to the pod's fsGroup; of hostPath ones it does not.
        .Annotated("defaultVolumeType", "local");

    private static Value.Map Config(string path) => Manifest.Of(
        "v1",
        "ConfigMap",
        "local-path-config",
        Space,
        ("data", Value.MapOf(
            ("config.json", $$"""
                {"nodePathMap":[{"node":"DEFAULT_PATH_FOR_NON_LISTED_NODES","paths":["{{path}}"]}]}
                """),
            ("helperPod.yaml", Model.Documents.YamlText.Write(HelperPod)),
            // Not open to everybody: pods that do not run as root say their fsGroup, as on any other storage.
            ("setup", "#!/bin/sh\nset -eu\nmkdir -m 0770 -p \"$VOL_DIR\"\n"),
            // What was kept once is kept, whatever class a volume was of.
            ("teardown", "#!/bin/sh\necho \"$VOL_DIR is kept\"\n"))));

    private static Value.Map HelperPod => Manifest.Of(
        "v1",
        "Pod",
        "helper-pod",
        null,
        ("spec", Value.MapOf(
            ("containers", Value.ListOf([Value.MapOf(("image", HelperImage), ("name", "helper-pod"))])),
            ("priorityClassName", "system-node-critical"))));

    private static Value.Map Deployment(string version) => Manifest.Of(
        "apps/v1",
        "Deployment",
        Name,
        Space,
        ("spec", Value.MapOf(
            ("selector", Value.MapOf(("matchLabels", Labels))),
            ("template", Value.MapOf(
                ("metadata", Value.MapOf(("labels", Labels))),
                ("spec", Value.MapOf(
                    ("containers", Value.ListOf([Container(version)])),
                    ("priorityClassName", "system-node-critical"),
                    ("serviceAccountName", Name),
                    ("tolerations", Value.ListOf(
                        [
                            Value.MapOf(
                                ("effect", "NoSchedule"),
                                ("key", "node-role.kubernetes.io/control-plane"),
                                ("operator", "Exists")),
                        ])),
                    ("volumes", Value.ListOf(
                        [
                            Value.MapOf(
                                ("configMap", Value.MapOf(("name", "local-path-config"))), ("name", "config")),
                        ])))))))));

    private static Value.Map Container(string version) => Value.MapOf(
        ("command", Manifest.Texts("local-path-provisioner", "start", "--config", "/etc/config/config.json")),
        ("env", Value.ListOf(
            [
                Value.MapOf(
                    ("name", "POD_NAMESPACE"),
                    ("valueFrom", Value.MapOf(("fieldRef", Value.MapOf(("fieldPath", "metadata.namespace")))))),
            ])),
        ("image", $"docker.io/rancher/local-path-provisioner:v{version}"),
        ("name", Name),
        ("volumeMounts", Value.ListOf([Value.MapOf(("mountPath", "/etc/config/"), ("name", "config"))])));

    private static Value.Map Labels => Value.MapOf(("app", Name));

    private static Value.Map Role => Manifest.Of(
        "rbac.authorization.k8s.io/v1",
        "ClusterRole",
        Name,
        null,
        ("rules", Value.ListOf(
            [
                Rule("", ["configmaps", "nodes", "persistentvolumeclaims", "pods/log"], ["get", "list", "watch"]),
                Rule("", ["endpoints", "persistentvolumes", "pods"], ["*"]),
                Rule("", ["events"], ["create", "patch"]),
                Rule("storage.k8s.io", ["storageclasses"], ["get", "list", "watch"]),
            ])));

    private static Value Rule(string group, string[] resources, string[] verbs) => Value.MapOf(
        ("apiGroups", Manifest.Texts(group)),
        ("resources", Manifest.Texts(resources)),
        ("verbs", Manifest.Texts(verbs)));

    private static Value.Map Binding => Manifest.Of(
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
        Name,
        null,
        ("roleRef", Value.MapOf(
            ("apiGroup", "rbac.authorization.k8s.io"), ("kind", "ClusterRole"), ("name", Name))),
        ("subjects", Value.ListOf(
            [
                Value.MapOf(("kind", "ServiceAccount"), ("name", Name), ("namespace", Space)),
            ])));
}
