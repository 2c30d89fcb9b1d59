using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>What a declared machine looks like as parameters of Proxmox VE, and back.</summary>
internal static class MachineBody
{
    /// <summary>The CD drive of machines with an image to install from.</summary>
    public const string MediaSlot = "ide2";

    /// <summary>What a machine of ours is always like.</summary>
    private static readonly (string Name, string Value)[] Fixed =
    [
        ("machine", "q35"), ("scsihw", "virtio-scsi-single"), ("ostype", "l26"), ("onboot", "1"),
        ("serial0", "socket"), ("balloon", "0"), ("sockets", "1"),
    ];

    /// <summary>The parameters that make it from nothing.</summary>
    public static Parameters Create(CreateRequest request, string vmid)
    {
        var desired = request.Desired;
        var parameters = new Parameters().With("vmid", vmid).With("name", request.Name)
            .With("description", DescriptionOf(request.Owner, request.Address, desired))
            .With("pool", desired["pool"].AsText());
        foreach (var (name, value) in Fixed)
            parameters.With(name, value);
        var storage = desired["storage"].AsText() ?? "";
        parameters.With("bios", desired["firmware"].AsText() ?? "seabios");
        if (desired["firmware"].AsText() == "ovmf")
        {
            var keys = desired["secureBootKeys"].AsBool() ? "1" : "0";
            parameters.With("efidisk0", $"{storage}:1,efitype=4m,pre-enrolled-keys={keys}");
        }

        if (desired["tpm"].AsBool())
            parameters.With("tpmstate0", $"{storage}:1,version=v2.0");
        foreach (var (slot, disk) in Map(desired["disks"]))
            parameters.With(slot, NewDisk((Value.Map)disk, Map(desired["imports"])[slot].AsText()));
        if (desired["cdrom"].AsText() is { } media)
            parameters.With(MediaSlot, DriveText.Media(media));
        parameters.With("boot", BootOf(desired));
        return Settings(parameters, desired, request.Owner, others: []);
    }

    /// <summary>The parameters that turn a fresh clone into what was asked for.</summary>
    public static Parameters Configure(
        Value.Map desired, Owner owner, ResourceAddress address, MachineConfig current)
    {
        var parameters = new Parameters().With("description", DescriptionOf(owner, address, desired));
        parameters.With("onboot", true).With("serial0", "socket");
        foreach (var (slot, disk) in Map(desired["disks"]))
        {
            if (current.Text(slot) is null)
                parameters.With(slot, NewDisk((Value.Map)disk, Map(desired["imports"])[slot].AsText()));
        }

        if (desired["cdrom"].AsText() is { } media)
            parameters.With(MediaSlot, DriveText.Media(media));
        if (desired["boot"] is not Value.Null)
            parameters.With("boot", BootOf(desired));
        return Settings(parameters, desired, owner, OwnerTags.Others(current.Tags));
    }

    /// <summary>What may change while the machine lives; the machine sees new CPUs and memory when it starts.</summary>
    public static Parameters Settings(
        Parameters parameters, Value.Map desired, Owner owner, IEnumerable<string> others)
    {
        var tags = desired["tags"].AsList().Select(tag => tag.AsText() ?? "");
        parameters.With("cores", desired["cores"].AsNumber()).With("memory", desired["memory"].AsNumber())
            .With("cpu", desired["cpuType"].AsText()).With("agent", desired["agent"].AsBool() ? "1" : "0")
            .With("tags", OwnerTags.Of(owner, OwnerTags.Machine, tags.Concat(others).Distinct()));
        foreach (var (slot, network) in Map(desired["networks"]))
            parameters.With(slot, NetworkOf((Value.Map)network));
        return parameters;
    }

    /// <summary>
    /// The owner, and what is still to be done before the first start: whoever finds the machine after a crash reads
    /// it there.
    /// </summary>
    public static string DescriptionOf(Owner owner, ResourceAddress address, Value.Map desired)
    {
        var todo = Map(desired["disks"]).Select(disk => $"{disk.Key}={((Value.Map)disk.Value)["size"].AsNumber()}G")
            .Concat(Map(desired["retained"]).Select(disk => $"{disk.Key}=disk:{disk.Value.AsText()}"));
        return $"{OwnerTags.Description(owner, OwnerTags.Machine, address)}\n{TodoPrefix}{string.Join(' ', todo)}";
    }

    /// <summary>What <see cref="DescriptionOf"/> says is to be done, by slot.</summary>
    public static IEnumerable<(string Slot, string What)> TodoOf(string? description) =>
        (description ?? "").Split('\n').Where(line => line.StartsWith(TodoPrefix, StringComparison.Ordinal))
            .SelectMany(line => line[TodoPrefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(item => item.Split('=', 2)).Where(pair => pair.Length == 2).Select(pair => (pair[0], pair[1]));

    private const string TodoPrefix = "Before the first start: ";

    public static string NewDisk(Value.Map disk, string? image) => image is null
        ? DriveText.New(disk["storage"].AsText() ?? "", disk["size"].AsNumber() ?? 0)
        : DriveText.Imported(disk["storage"].AsText() ?? "", image);

    public static ValueMapView Map(Value value) => new(value);

    private static string BootOf(Value.Map desired) =>
        $"order={string.Join(';', desired["boot"].AsList().Select(device => device.AsText()))}";

    private static string NetworkOf(Value.Map network)
    {
        var text = $"virtio={network["mac"].AsText()?.ToUpperInvariant()},bridge={network["bridge"].AsText()}";
        return network["vlan"].AsNumber() is { } vlan ? $"{text},tag={vlan}" : text;
    }

    /// <summary>The network as it was asked for: <c>virtio=BC:24:11:…,bridge=vmbr0,tag=5</c>.</summary>
    public static Value.Map ReadNetwork(string text)
    {
        var options = DriveText.Parse(text);
        var mac = options.Volume.Split('=', 2) is [_, var given] ? given : "";
        var fields = ValueMap.Of<Value>(("mac", mac.ToLowerInvariant()),
            ("bridge", options.Options.GetValueOrDefault("bridge", "")));
        return new Value.Map(options.Options.TryGetValue("tag", out var tag)
            ? fields.With("vlan", long.Parse(tag, System.Globalization.CultureInfo.InvariantCulture))
            : fields);
    }
}

/// <summary>A map's entries, or none where there is no map.</summary>
internal readonly struct ValueMapView(Value value) : IEnumerable<KeyValuePair<string, Value>>
{
    private readonly Value.Map _map = value as Value.Map ?? Value.Map.Empty;

    public Value this[string field] => _map[field];

    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _map.Fields.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
