using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of a node pool: some for every infrastructure, some for one.</summary>
internal static class NodePoolFields
{
    public static readonly Field<string> Role = new(
        "role", new EnumShape("control-plane", "worker"), "What the nodes do.")
    {
        Required = true,
        Example = "control-plane",
    };

    // Five thousand nodes are the largest cluster that Kubernetes is tested with.
    public static readonly Field<int> Count = new("count", new IntegerShape(0, 5000), "How many nodes.")
    {
        Required = true,
        Example = "1",
    };

    public static readonly Field<bool> Schedulable = new(
        "schedulable",
        Shapes.Boolean,
        "Whether control planes run ordinary pods; where there is no worker, they always do.")
    {
        Default = "false",
    };

    public static readonly Field<string> Type = new("type", Shapes.Text, "Hetzner: the server type.")
    {
        Example = "cx33",
    };

    public static readonly Field<ValueList<string>> AlternativeTypes = new(
        "types", Shapes.Texts, "Server types tried in order when the first is sold out.")
    {
        Example = "[cx43, cpx32]",
    };

    public static readonly Field<Section> Alternatives = new(
        "alternatives",
        new ObjectShape("Alternatives", "the alternatives", AlternativeTypes),
        "Hetzner: what to take when the type is sold out.");

    public static readonly Field<string> Image = new("image", Shapes.Text, "Hetzner: the image machines start from.")
    {
        Default = "ubuntu-24.04",
    };

    public static readonly Field<bool> PrimaryIp = new(
        "primaryIp", Shapes.Boolean, "Hetzner: each node keeps its public IPv4 address over its replacements.")
    {
        Default = "false",
    };

    public static readonly Field<AddressRange> Adopt = new(
        "adopt", new TextShape<AddressRange>(Forms.Ipv4), "An address that exists already: never made, never deleted.")
    {
        Example = "203.0.113.7",
    };

    public static readonly Field<Section> FloatingIp = new(
        "floatingIp",
        new ObjectShape("FloatingIp", "a floating IP", Adopt),
        "Hetzner: a public address that moves between machines.");

    public static readonly Field<ByteSize> VolumeSize = new("size", Shapes.Size, "How large.")
    {
        Required = true,
        Example = "50G",
    };

    public static readonly Field<string> MountPath = new(
        "mountPath", Shapes.AbsolutePath, "Where it is mounted; below /var/mnt with its name by default.")
    {
        Example = "/data",
    };

    public static readonly Field<bool> Retain = new(
        "retain", Shapes.Boolean, "Never deleted: neither by a rebuild nor by `destroy`.")
    {
        Default = "false",
    };

    public static readonly Field<ValueList<Named<Section>>> Volumes = new(
        "volumes",
        Shapes.ByName(new ObjectShape("Volume", "a volume", VolumeSize, MountPath, Retain)),
        "Disks of their own, mounted in each node of the pool.");

    public static readonly Field<string> Host = new(
        "host", Shapes.Name, "Proxmox: the host that the machines stand on.");

    public static readonly Field<string> Spread = new(
        "spread", new EnumShape("host"), "Proxmox: machines of the pool stand on different hosts.");

    public static readonly Field<int> Cpu = new("cpu", new IntegerShape(1, 512), "Proxmox: the number of cores.")
    {
        Example = "4",
    };

    public static readonly Field<ByteSize> Memory = new("memory", Shapes.Size, "Proxmox: the memory.")
    {
        Example = "8Gi",
    };

    public static readonly Field<ByteSize> Disk = new("disk", Shapes.Size, "Proxmox: the system disk.")
    {
        Example = "40Gi",
    };

    public static readonly Field<ValueList<AddressRange>> Addresses = new(
        "addresses", Shapes.Addresses, "Proxmox: the addresses of the nodes, in order.")
    {
        Example = "[10.2.1.1-10.2.1.3]",
    };

    public static readonly ObjectShape Shape = new(
        "NodePool",
        "a node pool",
        Role,
        Count,
        Schedulable,
        Type,
        Alternatives,
        Image,
        PrimaryIp,
        FloatingIp,
        Volumes,
        Host,
        Spread,
        Cpu,
        Memory,
        Disk,
        Addresses);
}
