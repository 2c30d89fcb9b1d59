using System.Globalization;
using Orrery.GitOps.Ordering;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>
/// Proxmox CSI: each claim is a disk on the cluster's storage of Proxmox VE, which belongs to no machine and is
/// attached to the one whose pod has the claim. https://github.com/sergelogvinov/proxmox-csi-plugin, version 0.19.
/// </summary>
public static class ProxmoxCsi
{
    /// <summary>What volumes say of who made them.</summary>
    public const string Driver = "csi.proxmox.sinextra.dev";

    /// <summary>
    /// The machine that its disks are called after, and that does not exist: <c>vm-9999-pvc-UID</c>. What Proxmox VE
    /// deletes with a machine has that machine's own number.
    /// </summary>
    public const int OwnerNumber = 9999;

    private const string Name = "proxmox-csi-plugin";
    private const string Space = "csi-proxmox";
    private const string Folder = "/etc/proxmox";
    private const string AuthorityKey = "ca.crt";
    private const string ControlPlane = "node-role.kubernetes.io/control-plane";
    private const string Region = "topology.kubernetes.io/region";
    private const string Zone = "topology.kubernetes.io/zone";

    private static readonly Chart Chart = new("oci://ghcr.io/sergelogvinov/charts", Name, "0.5.9");

    /// <summary>A user of the API is there for it.</summary>
    public static bool Has(Cluster cluster) => Of(cluster) is not null;

    /// <summary>
    /// By which it knows where a node's machine is, and the provisioner where a pod can be; none without it. Kubelets
    /// may say both of themselves: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers,
    /// NodeRestriction.
    /// </summary>
    /// <param name="index">The node's place among all of the cluster, in order of the pools.</param>
    public static ValueMap<string> LabelsOf(Cluster cluster, NodePool pool, int index) => Of(cluster) is { } proxmox
        ? ValueMap.Of((Region, cluster.Name), (Zone, proxmox.HostOf(pool, index)))
        : ValueMap<string>.Empty;

    internal static CatalogComponent? Of(Setting setting)
    {
        if (Of(setting.Cluster) is not { Csi: { } user } proxmox)
            return null;
        var generation = setting.Cluster.GenerationOf(KeyNames.TokenOf(user));
        return new CatalogComponent
        {
            Name = Name,
            Namespace = Space,
            By = DeliveredBy.GitOps,
            Chart = Chart,

            // It mounts volumes for everybody else.
            IsPrivileged = true,
            BaseValues = BaseValues,
            ClusterValues = Value.MapOf(
            [
                ("controller", Value.MapOf(("podAnnotations", Value.MapOf(
                    // It reads its token when it starts.
                    ("orrery.dev/token-generation", generation.ToString(CultureInfo.InvariantCulture)))))),
                .. proxmox.Trust?.Authority is null ? [] : ((string, Value)[])[("extraVolumeMounts", Authority)],
                ("storageClass", Value.ListOf([ClassOf(setting.Cluster, proxmox)])),
            ]),
            Secrets =
            [
                ComponentSecret.Of(
                    Name,
                    [
                        .. proxmox.Trust?.Authority is { } file
                            ? ((string, SecretSource)[])
                                [(AuthorityKey, new SecretSource.Given(new SecretReference.File(file)))]
                            : [],
                        ("config.yaml", new SecretSource.Plain(ConfigOf(setting.Cluster, proxmox))),
                        ("token_id", new SecretSource.ProxmoxTokenName(user)),
                        ("token_secret", new SecretSource.ProxmoxTokenSecret(user)),
                    ]),
            ],
            Provides = IsDefault(setting.Cluster)
                ? [new Capability(CapabilityKind.Storage, StorageCharts.DefaultClass)]
                : [],
        };
    }

    /// <summary>Null where the cluster has none.</summary>
    private static Infrastructure.Proxmox? Of(Cluster cluster) =>
        cluster is { Distribution: Distribution.Talos, GitOps: not null }
        && cluster.Infrastructure is Infrastructure.Proxmox { Csi: not null } proxmox
            ? proxmox
            : null;

    private static bool IsDefault(Cluster cluster) => !StorageCharts.Declared.Any(cluster.Components.ContainsKey)
        && LocalPathProvisioner.FolderOnTalos(cluster) is null;

    private static Value.Map BaseValues { get; } = Value.MapOf(
        // Its configuration is the Secret of this name, whatever an engine calls the release.
        ("fullnameOverride", Name),
        ("node", Value.MapOf(("tolerations", Value.ListOf([Value.MapOf(("operator", "Exists"))])))),
        ("nodeSelector", Value.MapOf((ControlPlane, ""))),
        ("tolerations", Value.ListOf([Value.MapOf(("effect", "NoSchedule"), ("key", ControlPlane))])));

    /// <summary>The chart mounts all keys of the Secret in one folder; Go reads authorities from this file.</summary>
    private static Value.List Authority { get; } = Value.ListOf(
        [
            Value.MapOf(
                ("mountPath", "/etc/ssl/certs/ca-certificates.crt"), ("name", "cloud-config"),
                ("subPath", AuthorityKey)),
        ]);

    /// <summary>
    /// Deleting a claim deletes no data: the disk stays until somebody deletes it in Proxmox VE. XFS, because databases
    /// take no folder that has a <c>lost+found</c>.
    /// </summary>
    private static Value.Map ClassOf(Cluster cluster, Infrastructure.Proxmox proxmox)
    {
        var made = Value.MapOf(
            ("fstype", "xfs"), ("name", "proxmox"), ("reclaimPolicy", "Retain"), ("storage", proxmox.Disks));
        return IsDefault(cluster)
            ? new Value.Map(made.Fields.With("annotations", Value.MapOf(
                ("storageclass.kubernetes.io/is-default-class", "true"))))
            : made;
    }

    /// <summary>
    /// The provider <c>capmox</c> finds a node's machine by its UUID at each attachment. Numbers of machines are given
    /// again, and a rebuilt cluster that begins with the objects of the old one would take one machine for another.
    /// </summary>
    private static string ConfigOf(Cluster cluster, Infrastructure.Proxmox proxmox) => YamlText.Write(Value.MapOf(
        ("clusters", Value.ListOf(
            [
                Value.MapOf(
                    ("insecure", false), ("region", cluster.Name), ("token_id_file", $"{Folder}/token_id"),
                    ("token_secret_file", $"{Folder}/token_secret"),
                    ("url", $"{proxmox.Endpoint.TrimEnd('/')}/api2/json")),
            ])),
        ("features", Value.MapOf(("provider", "capmox")))));
}
