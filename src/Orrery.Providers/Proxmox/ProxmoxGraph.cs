using System.Globalization;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Proxmox.Kinds;
using Orrery.Providers.Proxmox.Seeds;
using Orrery.Providers.Talos;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// What a cluster of machines that run Talos needs of Proxmox VE. Pure; an edge is another resource's output used as a
/// value, and nothing else.
/// </summary>
internal sealed class ProxmoxGraph
{
    private const string SystemSlot = "scsi0";

    /// <summary>The only format that the factory has and a storage takes as it is: xz is not unpacked there.</summary>
    private const string Format = "qcow2";

    private const string AgentExtension = "qemu-guest-agent";

    /// <summary>A disk image has some gigabytes, and others may download too.</summary>
    private static readonly TimeSpan ImageMax = TimeSpan.FromMinutes(30);

    private readonly Cluster _cluster;
    private readonly Infrastructure.Proxmox _settings;
    private readonly TalosGraph _talos;
    private readonly Value _access;
    private readonly Dictionary<string, Resource> _images = new(StringComparer.Ordinal);

    private ProxmoxGraph(Cluster cluster, Infrastructure.Proxmox settings, TalosGraph talos) =>
        (_cluster, _settings, _talos, _access) = (cluster, settings, talos, AccessOf(cluster, settings));

    /// <summary>Nothing for a cluster that does not run Talos, or whose machines are elsewhere.</summary>
    /// <param name="platform">Its name.</param>
    public static IEnumerable<Resource> Of(Cluster cluster, string platform)
    {
        if (cluster.Infrastructure is not Infrastructure.Proxmox settings || TalosGraph.Of(cluster) is not { } talos)
            return [];
        var graph = new ProxmoxGraph(cluster, settings, talos);
        var machines = talos.Machines.SelectMany(graph.Machine).ToArray();
        var members = talos.Machines.Select(place => talos.Member(place, platform)).OfType<Resource>();
        return [.. talos.Schematics, .. graph._images.Values, .. machines, .. talos.Cluster(), .. members];
    }

    private IEnumerable<Resource> Machine(TalosPlace place, int index)
    {
        var host = _settings.HostOf(place.Pool, index);
        var disks = place.Pool.Volumes.Values.Where(volume => volume.Retain)
            .Select(volume => Disk(place, volume, host)).ToArray();
        var seed = _talos.Talos.Image.HasNetwork ? null : Seed(place, host);
        var server = Server(place, host, Image(place, host), seed);
        IEnumerable<Resource?> all = [seed, .. disks, server, _talos.Machine(place, server)];
        return all.OfType<Resource>();
    }

    private Resource Image(TalosPlace place, string host)
    {
        var (schematic, factory, name) = _talos.SchematicOf(place);
        // In the middle of an upgrade nodes are of different versions, and each can be made again.
        name = $"{name}.{factory.Version}";
        name = _settings.Hosts.Count > 1 ? $"{name}.{host}" : name;
        if (_images.TryGetValue(name, out var known))
            return known;
        return _images[name] = new Resource
        {
            Address = Address(ImageHandler.Definition, name),
            Desired = Value.MapOf(
                ("access", _access),
                ("node", host),
                ("storage", _settings.Images),
                ("content", "import"),
                ("fileName", $"talos-{factory.Version}-{factory.SchematicId[..12]}.{Format}"),

                // The factory serves nothing of a schematic that it does not know.
                ("after", IdOf(schematic)),
                ("url", factory.Disk(Format))),
            Lifecycle = new Lifecycle { Deadline = ImageMax, ReplaceOrder = ReplaceOrder.CreateFirst },
        };
    }

    /// <summary>
    /// What a machine without a configuration reads from a CD: its name and its addresses, and nothing secret.
    /// </summary>
    private Resource Seed(TalosPlace place, string host) => new()
    {
        Address = Address(IsoHandler.Definition, place.Node),
        Desired = Value.MapOf(
            ("access", _access),
            ("node", host),
            ("storage", _settings.Images),
            ("files", Value.MapOf(
                ("meta-data", CloudSeed.Metadata(_cluster.Name, place)),
                ("network-config", CloudSeed.Network(place))))),
        Lifecycle = new Lifecycle { ReplaceOrder = ReplaceOrder.CreateFirst },
    };

    private Resource Disk(TalosPlace place, Volume volume, string host) => new()
    {
        Address = Address(DiskHandler.Definition, $"{place.Node}.{volume.Name}"),
        Desired = Value.MapOf(
            ("access", _access), ("node", host), ("storage", _settings.Disks), ("size", Gibibytes(volume.Size))),
        Lifecycle = new Lifecycle { Protect = true },
    };

    private Resource Server(TalosPlace place, string host, Resource image, Resource? seed)
    {
        var size = place.Pool.Size ?? throw new InvariantException($"the pool '{place.Pool.Name}' says no size");
        var talos = _talos.Talos;
        var volumes = place.Pool.Volumes.Values.Select((volume, index) => (Volume: volume, Slot: SlotOf(index)))
            .ToArray();
        var blank = volumes.Where(volume => !volume.Volume.Retain)
            .Select(volume => (volume.Slot, (Value)DiskOf(volume.Volume.Size)));
        var retained = volumes.Where(volume => volume.Volume.Retain).Select(volume => (
            volume.Slot,
            (Value)new Value.Unknown(Address(DiskHandler.Definition, $"{place.Node}.{volume.Volume.Name}")
                .Output("id"))));
        return new Resource
        {
            Address = Address(VirtualMachineHandler.Definition, place.Node),
            Desired = Value.MapOf(
                ("access", _access),
                ("node", host),
                ("storage", _settings.Disks),
                ("firmware", "ovmf"),
                ("secureBootKeys", false),
                ("tpm", talos.SecureBoot || talos.EncryptsState || talos.EncryptsEphemeral),
                ("cores", size.Cpu),
                ("memory", size.Memory.Bytes >> 20),
                ("cpuType", "host"),
                ("agent", talos.Extensions.Contains(AgentExtension)),
                ("disks", Value.MapOf([(SystemSlot, DiskOf(size.Disk)), .. blank])),
                ("imports", Value.MapOf((SystemSlot, new Value.Unknown(image.Address.Output("volume"))))),
                ("retained", Value.MapOf([.. retained])),
                ("networks", Value.MapOf(("net0", Value.MapOf(
                    ("mac", place.HardwareAddress), ("bridge", _settings.Bridge))))),
                ("cdrom", seed is null ? Value.Null.Instance : (Value)new Value.Unknown(seed.Address.Output("volume"))),
                ("boot", Value.ListOf([SystemSlot]))),
        };
    }

    private Value.Map DiskOf(ByteSize size) => Value.MapOf(("storage", _settings.Disks), ("size", Gibibytes(size)));

    private static long Gibibytes(ByteSize size) => (size.Bytes + (1L << 30) - 1) >> 30;

    private static string SlotOf(int index) => string.Create(CultureInfo.InvariantCulture, $"scsi{index + 1}");

    /// <summary>
    /// The user whose token must be there before anything is asked for; null where a token was given. The first token:
    /// it is revoked when its successor is there, so that whoever waits for it has one in either case.
    /// </summary>
    private static Value AccessOf(Cluster cluster, Infrastructure.Proxmox settings) =>
        settings.Provisioner is { } user
            ? new Value.Unknown(KeysGraph.ProxmoxToken(cluster.Name, user).Output("user"))
            : Value.Null.Instance;

    private ResourceAddress Address(ResourceKind kind, string name) =>
        ResourceAddress.Of(_cluster.Name, kind.Type, name);

    private static Value.Unknown IdOf(Resource resource) => new(resource.Address.Output("id"));
}
