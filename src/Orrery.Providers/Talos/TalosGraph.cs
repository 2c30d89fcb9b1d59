using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;
using Orrery.Providers.Keys;
using Orrery.Providers.Talos.Configuration;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos;

/// <summary>
/// What makes a cluster of machines that boot Talos, whoever makes the machines. Pure. In order, which follows from the
/// edges alone: the factory knows the schematic; a machine boots and takes its configuration; the first control plane
/// begins, and KubeSpan connects all machines where it is used; the API server answers.
/// </summary>
internal sealed class TalosGraph
{
    /// <summary>What the resource is called that begins a cluster.</summary>
    public const string Beginning = "etcd";

    /// <summary>A first boot loads an installer, and containers of some hundred megabytes.</summary>
    private static readonly TimeSpan MachineMax = TimeSpan.FromMinutes(15);

    /// <summary>Draining, an installer over a slow line, a reboot: each has a shorter limit of its own.</summary>
    private static readonly TimeSpan RollingMax = TimeSpan.FromMinutes(60);

    private readonly Cluster _cluster;
    private readonly Distribution.Talos _talos;
    private readonly Dictionary<string, Resource> _schematics = new(StringComparer.Ordinal);

    private TalosGraph(Cluster cluster, Distribution.Talos talos) => (_cluster, _talos) = (cluster, talos);

    /// <summary>Null for a cluster of another distribution.</summary>
    public static TalosGraph? Of(Cluster cluster) =>
        cluster.Distribution is Distribution.Talos talos ? new TalosGraph(cluster, talos) : null;

    public Distribution.Talos Talos => _talos;

    public IReadOnlyList<TalosPlace> Machines => field ??= TalosMachines.Of(_cluster);

    /// <summary>The schematics of all machines, each once.</summary>
    public IEnumerable<Resource> Schematics => _schematics.Values;

    /// <summary>The schematic of a machine, its images, and what it is called among those of the cluster.</summary>
    public (Resource Resource, FactoryImage Image, string Name) SchematicOf(TalosPlace place)
    {
        var schematic = DeclaredMachines.SchematicOf(_cluster, place.Machine);
        var name = _talos.Image.HasNetwork ? place.Node : "nodes";
        if (!_schematics.TryGetValue(name, out var resource))
        {
            _schematics[name] = resource = new Resource
            {
                Address = Address(SchematicHandler.Definition, name),
                Desired = SchematicHandler.Desired(schematic),
                Lifecycle = new Lifecycle { Ownership = Ownership.Shared },
            };
        }

        var version = _cluster.ImageVersions.TryGetValue(place.Node, out var other)
            ? TalosVersion.Parse(other) ?? place.Machine.Version
            : place.Machine.Version;
        return (resource, DeclaredMachines.ImageOf(_cluster, schematic, version), name);
    }

    /// <param name="place">Where it stands.</param>
    /// <param name="server">What boots there; its output <c>id</c> names it.</param>
    public Resource Machine(TalosPlace place, Resource server) => new()
    {
        Address = Address(MachineHandler.Definition, place.Node),
        Desired = Value.MapOf(
        [
            ("server", IdOf(server)),
            (TalosNodes.Address, place.Address),
            ("configuration", MachineTexts.Of(place, new Value.Unknown(Secrets.Output("bundle")))),
            .. MachineHandler.VersionFields(place),
            .. Before(place),
            .. Access(),
        ]),
        Lifecycle = new Lifecycle
        {
            Deadline = _cluster.Rolling.Count > 0 ? RollingMax : MachineMax,
            BeforeDelete = [new LifecycleStep(MachineHandler.Goodbye, MachineHandler.Definition.Type, "server")],
        },
    };

    /// <summary>A machine in the tailnet of its cluster's edge; null where there is none.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="platform">Its name, which the nodes' user has in Headscale.</param>
    public Resource? Member(TalosPlace place, string platform)
    {
        if (_cluster.Edge is not { Tailnet: { } tailnet } edge)
            return null;
        var machine = Address(MachineHandler.Definition, place.Node);
        return new Resource
        {
            Address = Address(TailnetMemberHandler.Definition, place.Node),
            Desired = Value.MapOf(
            [
                ("machine", new Value.Unknown(machine.Output("id"))),
                (TalosNodes.Address, new Value.Unknown(machine.Output(TalosNodes.Address))),
                ("name", $"{_cluster.Name}-{place.Node}"),
                ("headscale", tailnet.Ssh),
                ("url", tailnet.Url),
                ("user", platform),
                ("routes", Value.ListOf(edge.Routes.Select(route => (Value)route))),
                ("configuration", MachineTexts.Of(place, new Value.Unknown(Secrets.Output("bundle")))),
                .. Access(),
            ]),
        };
    }

    /// <summary>That KubeSpan connects the machines that use it; null where fewer than two do.</summary>
    public Resource? Mesh()
    {
        var machines = Machines.Where(place => place.Machine.KubeSpan).ToValueMap(
            place => place.Node, place => Address(MachineHandler.Definition, place.Node));
        if (machines.Count < 2)
            return null;
        return new Resource
        {
            Address = Address(KubeSpanHandler.Definition, "all"),
            Desired = Value.MapOf(
            [
                ("cluster", _cluster.Name),
                ("machines", OutputsOf("id")),
                ("addresses", OutputsOf(TalosNodes.Address)),
                .. Access(),
            ]),
            Lifecycle = new Lifecycle { Deadline = KubeSpanHandler.DeadlineMax },
        };

        Value.Map OutputsOf(string name) =>
            new(machines.Map((_, machine) => (Value)new Value.Unknown(machine.Output(name))));
    }

    /// <summary>That the cluster has begun, and that its API server answers.</summary>
    public IEnumerable<Resource> Cluster()
    {
        if (Mesh() is { } mesh)
            yield return mesh;
        var planes = Machines.Where(place => place.Pool.Role == NodeRole.ControlPlane).ToArray();
        var machines = planes.Select(place => Address(MachineHandler.Definition, place.Node)).ToArray();
        var bootstrap = new Resource
        {
            Address = Address(BootstrapHandler.Definition, Beginning),
            Desired = Value.MapOf(
            [
                ("cluster", new Value.Unknown(machines[0].Output("id"))),
                ("addresses", Value.ListOf(machines.Select(machine =>
                    (Value)new Value.Unknown(machine.Output(TalosNodes.Address))))),
                .. Access(),
            ]),
            Lifecycle = new Lifecycle { EndsWith = machines[0], Deadline = MachineMax },
        };
        yield return bootstrap;
        yield return new Resource
        {
            Address = Address(ApiServerHandler.Definition, "api"),
            Desired = Value.MapOf(
                ("bootstrap", new Value.Unknown(bootstrap.Address.Output("id"))),
                ("server", planes[0].Machine.Endpoint),
                ("machines", Value.ListOf(machines.Select(machine => (Value)new Value.Unknown(machine.Output("id"))))),
                ("authority", new Value.Unknown(Secrets.Output("serverAuthority"))),
                ("adminCertificate", new Value.Unknown(Secrets.Output("adminCertificate"))),
                ("adminKey", new Value.Sensitive(new Value.Unknown(Secrets.Output("adminKey"))))),
            Lifecycle = new Lifecycle { EndsWith = machines[0], Deadline = MachineMax },
        };
    }

    private ResourceAddress Secrets => KeysGraph.TalosSecrets(_cluster.Name);

    /// <summary>In an upgrade: whose turn is before it.</summary>
    private (string Key, Value Value)[] Before(TalosPlace place) => !_cluster.Rolling.Contains(place.Node) ? [] :
    [
        (MachineHandler.After, Value.ListOf(_cluster.Rolling.TakeWhile(node => node != place.Node).Select(node =>
            (Value)new Value.Unknown(Address(MachineHandler.Definition, node).Output("id"))))),
    ];

    private (string Key, Value Value)[] Access() =>
    [
        (TalosNodes.Authority, new Value.Unknown(Secrets.Output("talosAuthority"))),
        (TalosNodes.ClientCertificate, new Value.Unknown(Secrets.Output("talosCertificate"))),
        (TalosNodes.ClientKey, new Value.Sensitive(new Value.Unknown(Secrets.Output("talosKey")))),
    ];

    private ResourceAddress Address(ResourceKind kind, string name) =>
        ResourceAddress.Of(_cluster.Name, kind.Type, name);

    private static Value.Unknown IdOf(Resource resource) => new(resource.Address.Output("id"));
}
