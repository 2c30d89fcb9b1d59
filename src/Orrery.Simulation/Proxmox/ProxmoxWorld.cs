using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Proxmox.Guests;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.Routes;
using Orrery.Simulation.Proxmox.State;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox;

/// <summary>
/// A Proxmox VE cluster behind the wire, after the vendor's published contract and its sources
/// (https://pve.proxmox.com/pve-docs/api-viewer/, version 9.1). Everything that comes of it is simulated.
/// </summary>
public sealed class ProxmoxWorld : IWorld
{
    /// <summary>How often an open console is looked at; a serial line of 115200 baud shows more at once.</summary>
    private static readonly TimeSpan ConsoleInterval = TimeSpan.FromMilliseconds(500);

    private readonly ProxmoxWorldOptions _options;
    private readonly PveCluster _cluster;
    private readonly GuestReporter? _reporter;
    private TimeSpan _now;

    public ProxmoxWorld(ProxmoxWorldOptions options)
    {
        _options = options;
        _cluster = new PveCluster(options);
        if (options.Agenda is { } agenda)
        {
            _cluster.Tasks.Scheduled =
                due => agenda.At(due, () => Advance(agenda.Now > _now ? agenda.Now : _now));
        }

        _reporter = options.Guests is { } guests ? new GuestReporter(_cluster, guests) : null;
        _reporter?.Report();
    }

    public string Name => "proxmox";

    public IReadOnlyList<ServiceRecord> Service => _cluster.Tasks.Service;

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        // What others of the site do before is done before.
        _options.Agenda?.AdvanceTo(now);
        Advance(now);
        var (status, body, injected) = Answer(request);
        _reporter?.Report();
        FollowConsoles();
        var took = _cluster.Jittered(
            request.Method == "GET" ? _options.Latencies.Read : _options.Latencies.Change,
            RequestIdentity.Of(request).ToString());
        _cluster.Tasks.Service.Add(
            new ServiceRecord(request.Tag, $"{request.Method} {request.Path}", now, now + took));
        if (status == 101)
            return Upgraded(request, took);
        return new WorldReply
        {
            Status = status,
            Headers = ValueMap.Of(("content-type", "application/json;charset=UTF-8"), ("server", "pve-api-daemon/3.0")),
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            ServiceTime = took,
            Injected = injected,
        };
    }

    /// <summary>
    /// What root asks on a node itself, without the proxy in front of the API: nothing is lost on the way.
    /// </summary>
    internal (int Status, JsonObject Body) HandleOnNode(WorldRequest request, TimeSpan now)
    {
        Advance(now > _now ? now : _now);
        var (status, body, _) = Answer(request, new Caller(Access.Root, null, IsSeparated: false));
        _reporter?.Report();
        return (status, body);
    }

    /// <summary>
    /// What a program of a simulated machine asks, at this moment; its way there is short, and nothing is lost on it.
    /// </summary>
    internal (int Status, JsonObject Body) HandleFromWithin(WorldRequest request)
    {
        Advance(_options.Agenda is { } agenda && agenda.Now > _now ? agenda.Now : _now);
        var (status, body, _) = Answer(request);
        _reporter?.Report();
        return (status, body);
    }

    /// <summary>Lets happen all that is due; checkers call it before they look.</summary>
    public void Advance(TimeSpan now)
    {
        Invariant.Check(now >= _now, "the world's time went back");
        _now = now;
        _cluster.Tasks.Advance(now);
        _reporter?.Report();
        FollowConsoles();
    }

    /// <summary>Everything that exists, in the order of kinds and ids.</summary>
    public IReadOnlyList<ProxmoxItem> Inventory() => InventoryOf.Everything(_cluster);

    /// <summary>What stands on a volume; null where there is no such volume.</summary>
    /// <param name="volid">For example <c>local-lvm:vm-100-disk-0</c>.</param>
    public DiskContents? ContentsOf(string volid) => _cluster.FindVolume(volid)?.Contents;

    /// <summary>The machine as its hypervisor has it now; null where there is none.</summary>
    public Guest? GuestOf(long vmid) =>
        _cluster.Machines.TryGetValue(vmid, out var machine) ? _cluster.GuestOf(machine) : null;

    public bool IsRunning(long vmid) => _cluster.Machines.TryGetValue(vmid, out var machine) && machine.IsRunning;

    /// <summary>The machine's own operating system switches it off.</summary>
    public void PowerOffFromInside(long vmid)
    {
        if (!_cluster.Machines.TryGetValue(vmid, out var machine) || !machine.IsRunning)
            return;
        machine.IsRunning = false;
        foreach (var task in _cluster.Tasks.All.Where(task =>
            task is { Exit: null, Start.Type: "qmshutdown" } && task.Work.Holds.Contains(machine)))
        {
            TaskLog.EndEarly(task, _now);
        }

        _reporter?.Report();
    }

    /// <summary>A process on the node hangs, or left a child, and keeps the file that locks the machine.</summary>
    public void LeaveStaleLock(long vmid, bool isHeld = true)
    {
        if (_cluster.Machines.TryGetValue(vmid, out var machine))
            machine.HasStaleLock = isHeld;
    }

    /// <summary>Somebody makes a machine by hand under this number.</summary>
    public void MakeByHand(long vmid, string name)
    {
        var machine = new VirtualMachine { Vmid = vmid, Node = _options.Nodes[0].Name, Created = _now, Preset = true };
        machine.Config["name"] = name;
        _cluster.Machines.Add(vmid, machine);
    }

    /// <summary>Somebody else's work keeps a storage's lock until then.</summary>
    public void OccupyStorage(string storage, TimeSpan until)
    {
        if (_cluster.Storages.Find(known => known.Name == storage) is { } found)
            found.FreeAt = until;
    }

    private (int Status, JsonObject Body, bool Injected) Answer(WorldRequest request, Caller? local = null)
    {
        if (request.Fault is WorldFault.ErrorBefore)
            return Refused(Refusal.ProxyTimeout(), true);
        Exchange? exchange = null;
        try
        {
            request.Headers.TryGetValue("authorization", out var given);
            var caller = local ?? _cluster.Access.Authenticate(given);
            var (route, parts) = RouteTable.Find(request);
            exchange = new Exchange
            {
                Cluster = _cluster,
                Request = request,
                Now = _now,
                Caller = caller,
                Parts = parts,
                Form = Form.Read(request),
            };
            var data = route.Handle(exchange);
            if (exchange.Upgraded is not null)
                return (101, [], false);
            // An error after the effect makes sense only where there was one.
            return request.Fault is WorldFault.ErrorAfter && request.Method != "GET"
                ? Refused(Refusal.ProxyTimeout(), true)
                : (200, new JsonObject { ["data"] = data }, exchange.Injected);
        }
        catch (Refusal refusal)
        {
            return Refused(refusal, exchange?.Injected ?? false);
        }
    }

    /// <summary>Gives on what machines wrote, and looks again while somebody listens.</summary>
    private void FollowConsoles()
    {
        _cluster.OpenConsoles.RemoveAll(static console => console.IsEnded);
        foreach (var console in _cluster.OpenConsoles)
            console.Follow(_options.Guests?.ConsoleOf(console.Machine.Vmid) ?? "");
    }

    private WorldReply Upgraded(WorldRequest request, TimeSpan took)
    {
        var console = _cluster.OpenConsoles[^1];
        if (_options.Agenda is { } agenda)
            agenda.After(ConsoleInterval, () => Look(agenda, console));
        return new WorldReply
        {
            Status = 101,
            Headers = WebSocketStream.Accepting(request, "binary"),
            Stream = console,
            ServiceTime = took,
        };
    }

    private void Look(Agenda agenda, ConsoleStream console)
    {
        if (console.IsEnded)
            return;
        console.Follow(_options.Guests?.ConsoleOf(console.Machine.Vmid) ?? "");
        agenda.After(ConsoleInterval, () => Look(agenda, console));
    }

    private static (int Status, JsonObject Body, bool Injected) Refused(Refusal refusal, bool injected)
    {
        var body = new JsonObject { ["data"] = null, ["message"] = refusal.Message };
        if (refusal.Errors.Count > 0)
        {
            body["errors"] = new JsonObject(refusal.Errors.Select(error =>
                KeyValuePair.Create(error.Key, (JsonNode?)JsonValue.Create(error.Value))));
        }

        return (refusal.Status, body, injected);
    }
}
