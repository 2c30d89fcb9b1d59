using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>Components of the catalog whose options no check looks at.</summary>
internal static class MoreComponentFields
{
    public static readonly Field<string> NfsServer = new("server", Shapes.Text, "The NFS server.")
    {
        Required = true,
    };
    public static readonly Field<string> NfsPath = new("path", Shapes.AbsolutePath, "The exported folder.")
    {
        Required = true,
    };

    public static readonly Field<string> VerifyImages = new(
        "verifyImages", new EnumShape("off", "audit", "enforce"), "What happens to images without a valid signature.")
    {
        Default = "off",
        NotYet = Unbuilt.Component,
    };

    public static readonly Field<SecretReference> RenovateToken = new(
        "token", Shapes.Secret, "The token for the forge.")
    {
        Required = true,
    };

    public static readonly Field<SecretReference> TailscaleSecret = new(
        "clientSecret", Shapes.Secret, "The OAuth client's secret.")
    {
        Required = true,
    };

    public static readonly Field<string> Nfs = new("nfs", Shapes.Text, "An NFS export, as host:/path.");
    public static readonly Field<Section> S3 = new("s3", Shapes.S3, "An S3 bucket.");

    public static readonly Field<Section> Target = new(
        "target", new ChoiceShape("BackupTarget", "a backup target", Nfs, S3), "Where copies go.")
    {
        Required = true,
    };

    public static readonly Field<Section> VolsyncTarget = new(
        "target", new ChoiceShape("VolsyncTarget", "a target of copies", Nfs, S3), "Where copies go.")
    {
        Required = true,
        NotYet = Unbuilt.Component,
    };

    public static readonly Field<SecretReference> VeleroCredentials = new(
        "credentials", Shapes.Secret, "A file of credentials, as programs for S3 read it.");

    public static readonly Field<int> Replicas = new("replicas", new IntegerShape(1, 20), "Copies of each volume.")
    {
        Default = "3",
    };
    public static readonly Field<bool> Snapshots = new("snapshots", Shapes.Boolean, "Volume snapshots.")
    {
        Default = "false",
        NotYet = Unbuilt.Component,
    };
    public static readonly Field<string> Mtls = new("mtls", new EnumShape("permissive", "strict"), "Mutual TLS.")
    {
        Default = "permissive",
    };
    public static readonly Field<bool> Mqtt = new("mqtt", Shapes.Boolean, "Serves MQTT.")
    {
        Default = "false",
    };

    public static readonly Field<ValueList<string>> Providers = new(
        "providers",
        new ListShape<string>(new EnumShape("proxmox", "hetzner", "talos", "kubeadm", "k3s", "k0s", "rke2"), 1),
        "Which infrastructures and distributions it can make.")
    {
        Required = true,
    };

    public static readonly IReadOnlyList<Field<Section>> All =
    [
        ComponentFields.OwnComponent("nfs-subdir-external-provisioner", NfsServer, NfsPath),
        ComponentFields.OwnComponent("kyverno", VerifyImages),
        ComponentFields.OwnComponent("renovate", RenovateToken),
        ComponentFields.OwnComponent("tailscale", TailscaleSecret),
        ComponentFields.OwnComponent("volsync", VolsyncTarget),
        ComponentFields.OwnComponent("velero", Target, VeleroCredentials),
        ComponentFields.OwnComponent("longhorn", Replicas, Snapshots),
        ComponentFields.LaterComponent("istio", Mtls),
        ComponentFields.OwnComponent("rabbitmq", Mqtt),
        ComponentFields.LaterComponent("cluster-api", Providers),
    ];
}
