using System.Text.Json.Nodes;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>The cluster as a whole and its nodes.</summary>
internal static class ClusterRoutes
{
    private const string Version = "9.1.3";

    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/version", _ => new JsonObject
        {
            ["version"] = Version, ["release"] = "9.1", ["repoid"] = "0123456789abcdef",
        }),
        new("GET", "/cluster/nextid", NextId),
        new("GET", "/cluster/resources", Resources),
        new("GET", "/nodes", Nodes),
        new("GET", "/nodes/{node}/status", NodeStatus),
    ];

    /// <summary>Says what is free now and reserves nothing.</summary>
    private static JsonNode NextId(Exchange exchange)
    {
        var machines = exchange.Cluster.Machines;
        if (exchange.Form.Find("vmid") is { } asked)
        {
            var vmid = Exchange.Vmid(asked);
            return machines.ContainsKey(vmid)
                ? throw Refusal.Parameter("vmid", $"VM {vmid} already exists")
                : JsonValue.Create($"{vmid}");
        }

        for (var vmid = 100L; ; vmid++)
        {
            if (!machines.ContainsKey(vmid))
                return JsonValue.Create($"{vmid}");
        }
    }

    private static JsonNode Resources(Exchange exchange)
    {
        if (exchange.Form.Find("type") is { } type and not "vm")
            throw Refusal.Parameter("type", $"value '{type}' is not simulated");
        return new JsonArray([.. exchange.Cluster.Machines.Values
            .Where(machine => exchange.Has(machine, "VM.Audit")).Select(machine => Row(exchange, machine))]);
    }

    private static JsonNode Row(Exchange exchange, VirtualMachine machine)
    {
        var row = new JsonObject
        {
            ["id"] = $"qemu/{machine.Vmid}",
            ["type"] = "qemu",
            ["vmid"] = machine.Vmid,
            ["node"] = machine.Node,
            ["name"] = machine.Name,
            ["status"] = machine.IsRunning ? "running" : "stopped",
            ["template"] = machine.IsTemplate ? 1 : 0,
            ["maxcpu"] = machine.Cores,
            ["maxmem"] = machine.MemoryMebibytes << 20,
            ["maxdisk"] = machine.Disks.Select(disk => exchange.Cluster.FindVolume(disk.Drive.Volume)?.Bytes ?? 0)
                .Sum(),
            ["uptime"] = machine.IsRunning ? (long)(exchange.Now - machine.Started).TotalSeconds : 0,
        };
        if (machine.Config.TryGetValue("tags", out var tags))
            row["tags"] = tags;
        if (machine.Lock is { } held)
            row["lock"] = held;
        if (machine.Pool is { } pool)
            row["pool"] = pool;
        return row;
    }

    private static JsonNode Nodes(Exchange exchange) => new JsonArray([.. exchange.Cluster.Options.Nodes
        .Select(node => (JsonNode)new JsonObject
        {
            ["node"] = node.Name, ["status"] = "online", ["maxcpu"] = node.Cpus, ["maxmem"] = node.MemoryBytes,
        })]);

    private static JsonNode NodeStatus(Exchange exchange)
    {
        var node = exchange.Node;
        exchange.Require($"/nodes/{node.Name}", "Sys.Audit");
        var used = exchange.Cluster.Machines.Values.Where(machine => machine.IsRunning && machine.Node == node.Name)
            .Sum(machine => machine.MemoryMebibytes << 20) + (2L << 30);
        return new JsonObject
        {
            ["cpu"] = 0.05,
            ["cpuinfo"] = new JsonObject
            {
                ["cpus"] = node.Cpus,
                ["cores"] = node.Cpus / 2,
                ["sockets"] = 1,
                ["model"] = "simulated",
            },
            ["memory"] = new JsonObject
            {
                ["total"] = node.MemoryBytes,
                ["used"] = used,
                ["free"] = Math.Max(0, node.MemoryBytes - used),
                ["available"] = Math.Max(0, node.MemoryBytes - used),
            },
            ["loadavg"] = new JsonArray("0.10", "0.10", "0.10"),
            ["pveversion"] = $"pve-manager/{Version}/0123456789abcdef",
            ["rootfs"] = new JsonObject
            {
                ["total"] = 100L << 30,
                ["used"] = 10L << 30,
                ["free"] = 90L << 30,
                ["avail"] = 90L << 30
            },
            ["boot-info"] = new JsonObject { ["mode"] = "efi", ["secureboot"] = 0 },
            ["current-kernel"] = new JsonObject
            {
                ["machine"] = "x86_64",
                ["release"] = "6.17.2-1-pve",
                ["sysname"] = "Linux",
                ["version"] = "#1 SMP PREEMPT_DYNAMIC",
            },
        };
    }
}
