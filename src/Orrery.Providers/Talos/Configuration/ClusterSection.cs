using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Certificates;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>The section <c>cluster</c> of the first document. Workers get what they need only.</summary>
internal static class ClusterSection
{
    private const string Registry = "registry.k8s.io";

    public static Value.Map Of(TalosMachine machine, TalosSecrets secrets)
    {
        var isControlPlane = machine.Role == NodeRole.ControlPlane;
        return Section.Of(
        [
            ("id", new Value.Sensitive(secrets.ClusterId)),
            ("secret", new Value.Sensitive(secrets.ClusterSecret)),
            ("clusterName", machine.ClusterName),
            ("controlPlane", Value.MapOf(("endpoint", machine.Endpoint))),
            ("network", Network(machine)),
            ("token", new Value.Sensitive(secrets.BootstrapToken)),
            ("ca", MachineSection.Authority(secrets.Kubernetes, isControlPlane)),
            ("discovery", Discovery(machine)),
            .. isControlPlane ? OfControlPlane(machine, secrets) : [],
        ]);
    }

    private static IEnumerable<(string, Value?)> OfControlPlane(TalosMachine machine, TalosSecrets secrets) =>
    [
        ("secretboxEncryptionSecret", Hidden(secrets.SecretboxEncryptionSecret)),
        ("aescbcEncryptionSecret", Hidden(secrets.AesCbcEncryptionSecret)),
        ("aggregatorCA", MachineSection.Authority(secrets.Aggregator, signs: true)),
        ("serviceAccount", Value.MapOf(
            ("key", new Value.Sensitive(TalosSecretsFile.Base64Of(secrets.ServiceAccountKey))))),
        ("apiServer", ApiServer(machine)),
        ("controllerManager", Image(machine, "kube-controller-manager")),
        ("proxy", machine.KubeProxy ? Image(machine, "kube-proxy") : Value.MapOf(("disabled", true))),
        ("scheduler", Image(machine, "kube-scheduler")),
        ("etcd", Section.Of(
            ("ca", MachineSection.Authority(secrets.Etcd, signs: true)),
            ("advertisedSubnets", Section.List(machine.EtcdSubnets)))),
        ("allowSchedulingOnControlPlanes", machine.SchedulesOnControlPlanes ? true : null),
        ("inlineManifests", Section.List(machine.InlineManifests.Select(manifest =>
            (Value)Value.MapOf(("name", manifest.Key), ("contents", manifest.Value))))),
    ];

    private static Value.Map Network(TalosMachine machine) => Section.Of(
        ("cni", machine.Flannel ? null : Value.MapOf(("name", "none"))),
        ("dnsDomain", "cluster.local"),
        ("podSubnets", Section.List(machine.PodCidrs)),
        ("serviceSubnets", Section.List(machine.ServiceCidrs)));

    // The registry in Kubernetes does not work since 1.32, whose node authoriser forbids it.
    private static Value.Map Discovery(TalosMachine machine) => Section.Of(
        ("enabled", machine.Discovery),
        ("registries", machine.Discovery
            ? Value.MapOf(
                ("kubernetes", Value.MapOf(("disabled", true))), ("service", Value.Map.Empty))
            : null));

    private static Value.Map ApiServer(TalosMachine machine) => Section.Of(
        ("image", $"{Registry}/kube-apiserver:{machine.ApiServer ?? machine.Kubernetes}"),
        ("certSANs", Section.List(MachineSection.CertificateNames(machine))),
        ("admissionControl", Value.ListOf([Value.MapOf(("name", "PodSecurity"), ("configuration", PodSecurity()))])),
        ("auditPolicy", Value.MapOf(
            ("apiVersion", "audit.k8s.io/v1"),
            ("kind", "Policy"),
            ("rules", Value.ListOf([Value.MapOf(("level", "Metadata"))])))));

    /// <summary>As Talos generates it: namespaces that need more are labelled before anything runs there.</summary>
    private static Value.Map PodSecurity() => Value.MapOf(
        ("apiVersion", "pod-security.admission.config.k8s.io/v1alpha1"),
        ("kind", "PodSecurityConfiguration"),
        ("defaults", Value.MapOf(
            ("audit", "restricted"),
            ("audit-version", "latest"),
            ("enforce", "baseline"),
            ("enforce-version", "latest"),
            ("warn", "restricted"),
            ("warn-version", "latest"))),
        ("exemptions", Value.MapOf(("namespaces", Value.ListOf(["kube-system"])))));

    private static Value.Map Image(TalosMachine machine, string name) =>
        Value.MapOf(("image", $"{Registry}/{name}:{machine.Controllers ?? machine.Kubernetes}"));

    private static Value.Sensitive? Hidden(string? text) => text is null ? null : new Value.Sensitive(text);
}
