using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Kinds;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Hetzner;

/// <summary>
/// What a cluster needs of Hetzner Cloud. Pure; an edge is another resource's output used as a value, and nothing else.
/// </summary>
internal sealed class HetznerGraph
{
    private readonly Cluster _cluster;
    private readonly string _location;
    private readonly Resource? _sshKey;
    private readonly Resource? _firewall;
    private readonly MachineGraph? _machines;

    private HetznerGraph(
        Cluster cluster, Infrastructure.Hetzner settings, ISecretValues secrets, K3sBoot? boot)
    {
        _cluster = cluster;
        _machines = boot is null ? null : new MachineGraph(cluster, boot);
        _location = settings.Location;
        _sshKey = settings.SshKey is { } key ? SshKey(key, secrets) : null;
        _firewall = settings.Firewall is { } firewall ? Firewall(firewall) : null;
    }

    /// <param name="cluster">Whose machines are of this cloud.</param>
    /// <param name="settings">Where they are.</param>
    /// <param name="secrets">Where the SSH key is found.</param>
    /// <param name="boot">How its K3s boots; null leaves machines as their images are.</param>
    public static IEnumerable<Resource> Of(
        Cluster cluster, Infrastructure.Hetzner settings, ISecretValues secrets, K3sBoot? boot)
    {
        var graph = new HetznerGraph(cluster, settings, secrets, boot);
        IEnumerable<Resource?> shared = [graph._sshKey, graph._firewall];
        return shared.OfType<Resource>().Concat(cluster.NodePools.Values.SelectMany(graph.Pool));
    }

    /// <summary>Where the reference leads nowhere the value is nothing; whoever looked it up has said so.</summary>
    private Resource SshKey(SshKey key, ISecretValues secrets) => new()
    {
        Address = Address(SshKeyHandler.Definition, "admin"),
        Desired = Value.MapOf(
            ("publicKey",
                secrets.Find(key.Public) is { } text ? SshKeyHandler.WithoutComment(text) : Value.Null.Instance)),
        Lifecycle = new Lifecycle { Ownership = Ownership.Shared },
    };

    private Resource Firewall(Firewall firewall) => new()
    {
        Address = Address(FirewallHandler.Definition, "nodes"),
        Desired = Value.MapOf(
            ("rules", Value.ListOf(firewall.Allow.Select(rule =>
                (Value)FirewallHandler.Rule(rule.Key, rule.Value.Protocol, rule.Value.Port, rule.Value.From))))),
    };

    private IEnumerable<Resource> Pool(NodePool pool) => pool.NodeNames().SelectMany(node => Node(pool, node));

    private IEnumerable<Resource> Node(NodePool pool, string node)
    {
        // A primary IP cannot be at the old and the new server at once, and moves only while both are off. Where the
        // new one is prepared beside the old, each has an address of its own, and the floating one is what stays.
        var primaryIp = pool.PrimaryIp && _cluster.KeepsPrimaryIps ? PrimaryIp(node) : null;
        var disks = pool.Volumes.Values
            .Select(volume => new MachineDisk(Volume(node, volume), volume.MountPath)).ToArray();
        var floatingIp = pool.FloatingIp is { } floating ? FloatingIp(node, floating) : null;
        var server = Server(pool, node, primaryIp);
        var boot = pool.Role == NodeRole.ControlPlane
            ? _machines?.Boot(node, server, IdentityOf(server), disks, floatingIp)
            : null;

        // Disks and addresses come to a machine only when it is prepared: until then the old one has them.
        var machine = boot?.Prepared ?? server;
        var attachments = disks.Select(disk => Attachment(disk.Volume, machine)).ToArray();
        var assignment = floatingIp is null ? null : Assignment(floatingIp, machine);
        IEnumerable<Resource?> all =
        [
            primaryIp,
            boot?.HostKey,
            boot?.Server ?? server,
            boot?.Prepared,
            .. disks.Select(disk => disk.Volume),
            .. attachments,
            floatingIp,
            assignment,
            boot is null ? null : _machines?.K3s(node, boot.Prepared, disks, attachments, assignment),
        ];
        return all.OfType<Resource>();
    }

    /// <summary>The fields that make it another machine.</summary>
    private static Value.Map IdentityOf(Resource server) => new(ValueMap.From(
        server.Desired.Fields.Where(field =>
            ServerHandler.Definition.Fields[field.Key].Change == FieldChange.Replaces)));

    private bool IsBlueGreen => _cluster.RebuildStrategy == RebuildStrategy.BlueGreen;

    private Resource PrimaryIp(string node) => new()
    {
        Address = Address(PrimaryIpHandler.Definition, node),
        Desired = Value.MapOf(("type", "ipv4"), ("location", _location)),
    };

    private Resource Server(NodePool pool, string node, Resource? primaryIp) => new()
    {
        Address = Address(ServerHandler.Definition, node),
        Desired = Value.MapOf(
            ("type", pool.Types[0]),
            ("typeAlternatives", Value.ListOf(pool.Types.Skip(1).Select(type => (Value)type))),
            ("image", pool.Image),
            ("location", _location),
            ("sshKeys", IdsOf(_sshKey)),
            ("firewalls", IdsOf(_firewall)),
            ("primaryIpv4", primaryIp is null ? Value.Null.Instance : IdOf(primaryIp)),
            ("publicIpv6", true)),
        Lifecycle = new Lifecycle
        {
            ReplaceOrder = IsBlueGreen ? ReplaceOrder.CreateFirst : ReplaceOrder.DeleteFirst,
        },
    };

    private Resource Volume(string node, Volume volume) => new()
    {
        Address = Address(VolumeHandler.Definition, $"{node}.{volume.Name}"),
        Desired = Value.MapOf(
            ("size", volume.Size.Gigabytes), ("location", _location), ("deleteProtection", volume.Retain)),
        Lifecycle = new Lifecycle { Protect = volume.Retain },
    };

    /// <summary>Before the disk is taken away the machine stops, so that its file system is whole.</summary>
    private static Resource Attachment(Resource volume, Resource server) => new()
    {
        Address = ResourceAddress.Of(
            volume.Address.Cluster, VolumeAttachmentHandler.Definition.Type, volume.Address.Name),
        Desired = Value.MapOf(("volume", IdOf(volume)), ("server", IdOf(server))),
        Lifecycle = new Lifecycle
        {
            ReplaceOrder = ReplaceOrder.DeleteFirst,
            BeforeDelete = [new LifecycleStep(ServerHandler.Shutdown, ServerHandler.Definition.Type, "server")],
        },
    };

    private Resource FloatingIp(string node, FloatingIp floating) => new()
    {
        Address = Address(FloatingIpHandler.Definition, node),
        Desired = floating.Adopt is { } ip
            ? Value.MapOf(("ip", ip))
            : Value.MapOf(("type", "ipv4"), ("homeLocation", _location)),
        Lifecycle = floating.Adopt is null
            ? Lifecycle.Default
            : new Lifecycle { Ownership = Ownership.Adopted, Protect = true },
    };

    private static Resource Assignment(Resource floatingIp, Resource server) => new()
    {
        Address = ResourceAddress.Of(
            floatingIp.Address.Cluster, FloatingIpAssignmentHandler.Definition.Type, floatingIp.Address.Name),
        Desired = Value.MapOf(("floatingIp", IdOf(floatingIp)), ("server", IdOf(server))),
    };

    private ResourceAddress Address(ResourceKind kind, string name) =>
        ResourceAddress.Of(_cluster.Name, kind.Type, name);

    private static Value.Unknown IdOf(Resource resource) => new(resource.Address.Output("id"));

    private static Value.List IdsOf(Resource? resource) => Value.ListOf(resource is null ? [] : [IdOf(resource)]);
}
