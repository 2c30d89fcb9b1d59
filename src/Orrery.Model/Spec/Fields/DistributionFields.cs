using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The choice <c>distribution</c>.</summary>
internal static class DistributionFields
{
    public static readonly Field<string> K3sVersion = new(
        "kubernetes", new TextShape<string>(Forms.K3sVersion), "The K3s release, pinned.")
    {
        Required = true,
        Example = "v1.34.3+k3s3",
    };

    public static readonly Field<Section> K3s = new(
        "k3s", new ObjectShape("K3s", "the K3s distribution", K3sVersion), "K3s on a cloud image.");

    public static readonly Field<string> TalosVersion = new("version", Shapes.Version, "The Talos release, pinned.")
    {
        Required = true,
        Example = "v1.12.4",
    };

    public static readonly Field<string> Kubernetes = new(
        "kubernetes", Shapes.Version, "The Kubernetes release, pinned.")
    {
        Required = true,
        Example = "v1.35.1",
    };

    public static readonly Field<ValueList<string>> Extensions = new(
        "extensions", Shapes.Texts, "System extensions, in the image that boots and in the one that is installed.");

    public static readonly Field<bool> SecureBoot = new("secureBoot", Shapes.Boolean, "Boots signed images only.")
    {
        Default = "false",
    };

    public static readonly Field<string> EncryptState = new(
        "state", new EnumShape("tpm", "none"), "The partition with the machine's configuration.")
    {
        Default = "none",
    };

    public static readonly Field<string> EncryptEphemeral = new(
        "ephemeral", new EnumShape("tpm", "none"), "The partition with the cluster's data.")
    {
        Default = "none",
    };

    public static readonly Field<Section> DiskEncryption = new(
        "diskEncryption",
        new ObjectShape("DiskEncryption", "the disk encryption", EncryptState, EncryptEphemeral),
        "Which partitions are encrypted, and how.");

    public static readonly Field<string> ImagePlatform = new(
        "platform", new EnumShape("nocloud", "metal"), "The platform the image is made for.")
    {
        Default = "nocloud",
    };

    public static readonly Field<string> ImageFormat = new(
        "format", new EnumShape("raw", "qcow2"), "The format of the disk image.")
    {
        Default = "raw",
    };

    public static readonly Field<string> ImageNetwork = new(
        "network",
        new EnumShape("configuration", "meta"),
        "Whether addresses come with the configuration or are baked into the image.")
    {
        Default = "configuration",
    };

    public static readonly Field<Section> Image = new(
        "image",
        new ObjectShape("TalosImage", "the Talos image", ImagePlatform, ImageFormat, ImageNetwork),
        "The image that nodes boot.");

    public static readonly Field<Section> Talos = new(
        "talos",
        new ObjectShape(
            "Talos", "the Talos distribution", TalosVersion, Kubernetes, Extensions, SecureBoot, DiskEncryption, Image),
        "Talos Linux.");

    public static readonly Field<Section> Kubeadm = new(
        "kubeadm", new ObjectShape("Kubeadm", "the kubeadm distribution", Kubernetes), "kubeadm on a cloud image.")
    {
        NotYet = Unbuilt.Kubeadm,
    };

    public static readonly ObjectShape Shape = new ChoiceShape("Distribution", "a distribution", K3s, Talos, Kubeadm);
}
