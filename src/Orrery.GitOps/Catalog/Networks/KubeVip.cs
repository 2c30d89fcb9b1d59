using Orrery.GitOps.Manifests;
using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Networks;

/// <summary>
/// kube-vip: pods on the control planes of which one has the API server's address, and says by ARP where it is. The
/// first control plane applies it by itself when it begins; until it runs nobody answers at the address.
/// https://kube-vip.io/docs/installation/daemonset/
/// </summary>
public static class KubeVip
{
    public const string Name = "kube-vip";

    private const string Space = "kube-system";
    private const string Image = "ghcr.io/kube-vip/kube-vip:v1.0.4";
    private const int ApiPort = 6443;

    /// <summary>The objects as one text of YAML.</summary>
    /// <param name="address">An IP address, without a prefix.</param>
    public static string ManifestOf(string address) => YamlText.WriteAll(
    [
        Manifest.Of("v1", "ServiceAccount", Name, Space),
        Manifest.Of(
            "rbac.authorization.k8s.io/v1", "ClusterRole", Name, null,
            // Leases alone: it serves no addresses of services.
            ("rules", Value.ListOf(
                [
                    Value.MapOf(
                        ("apiGroups", Manifest.Texts("coordination.k8s.io")),
                        ("resources", Manifest.Texts("leases")),
                        ("verbs", Manifest.Texts("create", "get", "list", "patch", "update", "watch"))),
                ]))),
        Manifest.Of(
            "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", Name, null,
            ("roleRef", Value.MapOf(
                ("apiGroup", "rbac.authorization.k8s.io"), ("kind", "ClusterRole"), ("name", Name))),
            ("subjects", Value.ListOf(
                [Value.MapOf(("kind", "ServiceAccount"), ("name", Name), ("namespace", Space))]))),
        Manifest.Of(
            "apps/v1", "DaemonSet", Name, Space,
            ("spec", Value.MapOf(
                ("selector", Value.MapOf(("matchLabels", Labels))),
                ("template", Value.MapOf(
                    ("metadata", Value.MapOf(("labels", Labels))), ("spec", Pod(address))))))),
    ]);

    private static Value.Map Labels => Value.MapOf(("app.kubernetes.io/name", Name));

    private static Value.Map Pod(string address) => Value.MapOf(
        ("containers", Value.ListOf([Container(address)])),
        ("hostNetwork", true),
        ("nodeSelector", Value.MapOf(("node-role.kubernetes.io/control-plane", ""))),
        ("priorityClassName", "system-node-critical"),
        ("serviceAccountName", Name),
        ("tolerations", Value.ListOf([Value.MapOf(("operator", "Exists"))])));

    private static Value.Map Container(string address) => Value.MapOf(
        ("args", Manifest.Texts("manager")),
        ("env", Value.ListOf(
            [
                // It moves the address that everybody else asks, and so it asks none but its own machine.
                Variable("KUBERNETES_SERVICE_HOST", KubePrism.Host),
                Variable("KUBERNETES_SERVICE_PORT", $"{KubePrism.Port}"),
                Variable("address", address),
                Variable("cp_enable", "true"),
                Variable("cp_namespace", Space),
                Variable("port", $"{ApiPort}"),
                Variable("svc_enable", "false"),
                Variable("vip_arp", "true"),
                Variable("vip_leaderelection", "true"),
                Variable("vip_leaseduration", "5"),
                Variable("vip_renewdeadline", "3"),
                Variable("vip_retryperiod", "1"),
                Value.MapOf(
                    ("name", "vip_nodename"),
                    ("valueFrom", Value.MapOf(("fieldRef", Value.MapOf(("fieldPath", "spec.nodeName")))))),
            ])),
        ("image", Image),
        ("name", Name),
        ("securityContext", Value.MapOf(("capabilities", Value.MapOf(
            ("add", Manifest.Texts("NET_ADMIN", "NET_RAW")), ("drop", Manifest.Texts("ALL")))))));

    private static Value Variable(string name, string value) => Value.MapOf(("name", name), ("value", value));
}
