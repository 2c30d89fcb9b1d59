using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Machines.Kinds;

namespace Orrery.Providers.Machines;

/// <summary>A volume and where the machine mounts it.</summary>
internal sealed record MachineDisk(Resource Volume, string MountPath);

/// <summary>How a machine comes to be ready for K3s.</summary>
/// <param name="HostKey">Its one-time host key.</param>
/// <param name="Server">The machine, with user data.</param>
/// <param name="Prepared">That it is ready.</param>
internal sealed record MachineBoot(Resource HostKey, Resource Server, Resource Prepared);

/// <summary>
/// What is done on a cluster's machines, whichever cloud they come from. Pure. The order of a rebuild follows from the
/// edges alone: a new machine is prepared; K3s leaves the old one, then disks and address do; K3s starts on the new.
/// </summary>
internal sealed class MachineGraph(Cluster cluster, K3sBoot boot)
{
    /// <summary>A first boot downloads some hundred megabytes and repeats what fails.</summary>
    private static readonly TimeSpan PreparedMax = TimeSpan.FromMinutes(15);

    private const string UserDefault = "root";

    /// <param name="node">For example <c>cosmos-0</c>.</param>
    /// <param name="server">The machine as its cloud makes it, without user data.</param>
    /// <param name="identity">Those fields of it that make it another machine.</param>
    /// <param name="disks">What it mounts.</param>
    /// <param name="floatingIp">The address that moves to it, where there is one.</param>
    public MachineBoot Boot(
        string node, Resource server, Value.Map identity, IReadOnlyList<MachineDisk> disks, Resource? floatingIp)
    {
        var hostKey = new Resource
        {
            Address = Address(HostKeyHandler.Definition, node),
            Desired = Value.MapOf(("machine", identity)),
            Lifecycle = new Lifecycle { ReplaceOrder = ReplaceOrder },
        };
        var userData = K3sMachine.Specification(new MachineInput
        {
            Hostname = node,
            OneTimeHostKey = new HostKey(OutputOf(hostKey, "private"), OutputOf(hostKey, "public")),
            FloatingIp = floatingIp is null ? Value.Null.Instance : OutputOf(floatingIp, "ip"),
            Volumes = disks.Select(disk =>
                new MachineVolume(OutputOf(disk.Volume, "device"), disk.MountPath)).ToValueList(),
            K3s = boot.Settings,
        });
        return new MachineBoot(
            hostKey,
            server with
            {
                Desired = new Value.Map(server.Desired.Fields.With("userData", new Value.Sensitive(userData))),
            },
            Prepared(node, server, hostKey));
    }

    /// <param name="node">For example <c>cosmos-0</c>.</param>
    /// <param name="prepared">The machine.</param>
    /// <param name="disks">What it mounts.</param>
    /// <param name="attachments">What brings its disks to it.</param>
    /// <param name="assignment">What brings its address to it, where it has one.</param>
    public Resource K3s(
        string node, Resource prepared, IEnumerable<MachineDisk> disks, IEnumerable<Resource> attachments,
        Resource? assignment) => new()
        {
            Address = Address(K3sHandler.Definition, node),
            Desired = Value.MapOf(
            ("server", OutputOf(prepared, "server")),
            ("address", OutputOf(prepared, "address")),
            ("user", OutputOf(prepared, "user")),
            ("hostKeys", OutputOf(prepared, "hostKeys")),
            ("attachments", Value.ListOf(attachments.Select(attachment => (Value)OutputOf(attachment, "id")))),
            ("mountPaths", Value.ListOf(disks.Select(disk => (Value)disk.MountPath))),
            ("assignment", assignment is null ? Value.Null.Instance : OutputOf(assignment, "id")),
            ("version", boot.Settings.Version),
            ("datastore", IsKept(disks) ? K3sHandler.Kept : K3sHandler.MadeAnew),
            ("files", Value.ListOf(boot.Files.Select(File))),
            ("running", true)),
        };

    /// <summary>
    /// Where the old machine's work is handed to one that is prepared beside it, over a disk that both have in turn,
    /// its Kubernetes goes on there. Several control planes would each have a copy of it, and part. Claims go with it:
    /// one whose folder stays behind on the root disk is a volume that no pod can write to any more.
    /// </summary>
    private bool IsKept(IEnumerable<MachineDisk> disks) => ReplaceOrder == ReplaceOrder.CreateFirst
        && disks.Any(HasClaims)
        && cluster.NodePools.Values.Where(pool => pool.Role == NodeRole.ControlPlane).Sum(pool => pool.Count) == 1;

    private bool HasClaims(MachineDisk disk) =>
        cluster.Components.TryGetValue("local-path-provisioner", out var storage)
        && storage.Options["path"].AsText() is { } path
        && $"{path}/".StartsWith($"{disk.MountPath.TrimEnd('/')}/", StringComparison.Ordinal);

    private Resource Prepared(string node, Resource server, Resource hostKey) => new()
    {
        Address = Address(PreparedHandler.Definition, node),
        Desired = Value.MapOf(
            ("server", OutputOf(server, "id")),
            ("address", OutputOf(server, "ipv4")),
            ("user", UserDefault),
            ("oneTimeHostKey", OutputOf(hostKey, "public")),
            ("k3s", boot.Settings.Version),
            ("k9s", MachineInput.K9sVersionDefault)),
        Lifecycle = new Lifecycle { ReplaceOrder = ReplaceOrder, Deadline = PreparedMax },
    };

    private ReplaceOrder ReplaceOrder => cluster.RebuildStrategy == RebuildStrategy.BlueGreen
        ? ReplaceOrder.CreateFirst
        : ReplaceOrder.DeleteFirst;

    private static Value File(HandedFile file) => Value.MapOf(
        ("path", file.Path),
        ("mode", file.Mode),
        ("owner", file.Owner),
        ("content", file.Content is Value.Sensitive ? file.Content : new Value.Sensitive(file.Content)));

    private ResourceAddress Address(ResourceKind kind, string node) =>
        ResourceAddress.Of(cluster.Name, kind.Type, node);

    private static Value.Unknown OutputOf(Resource resource, string output) =>
        new(resource.Address.Output(output));
}
