using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Proxmox.State;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.Requests;

/// <summary>One request on its way through a route.</summary>
internal sealed class Exchange
{
    public required PveCluster Cluster { get; init; }

    public required WorldRequest Request { get; init; }

    public required TimeSpan Now { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>What stands in the path's variable places, in order.</summary>
    public required IReadOnlyList<string> Parts { get; init; }

    public required Form Form { get; init; }

    /// <summary>The requested fault was played.</summary>
    public bool Injected { get; set; }

    /// <summary>The connection changes its protocol and goes on with this; null where the answer is all.</summary>
    public ConsoleStream? Upgraded { get; set; }

    /// <summary>The node that the path names first.</summary>
    public SimulatedNode Node => Cluster.NodeOf(Parts[0]);

    /// <summary>The machine that the path names after its node.</summary>
    public VirtualMachine Machine
    {
        get
        {
            var vmid = Vmid(Parts[1]);
            return Cluster.Machines.TryGetValue(vmid, out var machine) && machine.Node == Parts[0]
                ? machine
                : throw Refusal.NoMachine(Parts[0], vmid);
        }
    }

    public PveStorage Storage(string name) => Cluster.Storages.Find(storage => storage.Name == name)
        ?? throw Refusal.Died($"storage '{name}' does not exist");

    public void Require(string path, params string[] privileges)
    {
        foreach (var privilege in privileges)
        {
            if (!Cluster.Access.Has(Caller, path, privilege))
                throw Refusal.Permission(path, string.Join(",", privileges));
        }
    }

    public void RequireAny(string path, params string[] privileges)
    {
        if (!privileges.Any(privilege => Cluster.Access.Has(Caller, path, privilege)))
            throw Refusal.Permission(path, string.Join("|", privileges));
    }

    /// <summary>On the machine, or on the pool that it is in.</summary>
    public void RequireOnMachine(VirtualMachine machine, string privilege)
    {
        if (!Has(machine, privilege))
            throw Refusal.Permission($"/vms/{machine.Vmid}", privilege);
    }

    public bool Has(VirtualMachine machine, string privilege) =>
        Cluster.Access.Has(Caller, $"/vms/{machine.Vmid}", privilege)
        || (machine.Pool is { } pool && Cluster.Access.Has(Caller, $"/pool/{pool}", privilege));

    /// <summary>Nobody else changes its configuration at the moment.</summary>
    public void RequireUnlocked(VirtualMachine machine)
    {
        if (Request.Fault == WorldFault.Locked)
        {
            Injected = true;
            throw Refusal.MachineLock(machine.Vmid);
        }

        if (machine.IsHeld)
            throw Refusal.MachineLock(machine.Vmid);
        if (machine.Lock is { } held)
            throw Refusal.Died($"VM is locked ({held})");
    }

    /// <summary>Starts a task on behalf of this request, which plays what the request was told to.</summary>
    public JsonNode Start(string type, string id, TaskWork work)
    {
        var slow = Request.Fault == WorldFault.ActionSlow;
        var doomed = Request.Fault == WorldFault.ActionFails;
        Injected |= slow || doomed;
        var took = Cluster.Jittered(work.Takes, $"{type}/{id}") * (slow ? Cluster.Options.Latencies.SlowFactor : 1);
        var task = Cluster.Tasks.Start(
            new TaskStart(Parts[0], type, id, Caller.Name, Now) { Tag = Request.Tag, Doomed = doomed },
            work with { Takes = took });
        return JsonValue.Create(task.Upid);
    }

    public static long Vmid(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var vmid)
        && vmid is >= 100 and <= 999_999_999
            ? vmid
            : throw Refusal.Parameter("vmid", $"invalid format - value does not look like a valid VM ID '{text}'");
}
