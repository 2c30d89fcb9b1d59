using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>A machine's power, and the way to its serial console.</summary>
internal static class PowerRoutes
{
    private const int FirstPort = 5900;
    private const int Ports = 100;

    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/nodes/{node}/qemu/{vmid}/status/current", Current),
        new("POST", "/nodes/{node}/qemu/{vmid}/status/start", Start),
        new("POST", "/nodes/{node}/qemu/{vmid}/status/stop", Stop),
        new("POST", "/nodes/{node}/qemu/{vmid}/status/reset", Reset),
        new("POST", "/nodes/{node}/qemu/{vmid}/status/shutdown", Shutdown),
        new("POST", "/nodes/{node}/qemu/{vmid}/termproxy", Console),
        new("GET", "/nodes/{node}/qemu/{vmid}/vncwebsocket", Connect),
    ];

    private static JsonNode Current(Exchange exchange)
    {
        var machine = exchange.Machine;
        exchange.RequireOnMachine(machine, "VM.Audit");
        var status = new JsonObject
        {
            ["vmid"] = machine.Vmid,
            ["name"] = machine.Name,
            ["status"] = machine.IsRunning ? "running" : "stopped",
            ["qmpstatus"] = machine.IsRunning ? "running" : "stopped",
            ["cpus"] = machine.Cores,
            ["maxmem"] = machine.MemoryMebibytes << 20,
            ["uptime"] = machine.IsRunning ? (long)(exchange.Now - machine.Started).TotalSeconds : 0,
            ["ha"] = new JsonObject { ["managed"] = 0 },
        };
        if (machine.Lock is { } held)
            status["lock"] = held;
        if (machine.Config.TryGetValue("tags", out var tags))
            status["tags"] = tags;
        return status;
    }

    private static JsonNode Start(Exchange exchange)
    {
        var machine = Changing(exchange);
        var node = exchange.Node;
        if (machine.IsRunning)
            throw Refusal.Died($"VM {machine.Vmid} already running");
        var problem = machine.IsTemplate ? "you can't start a vm if it's a template"
            : machine.Cores > node.Cpus ? $"MAX {node.Cpus} vcpus allowed per VM on this node"
            : Missing(exchange, machine) is { } volume ? $"volume '{volume}' does not exist"
            : null;
        return exchange.Start("qmstart", $"{machine.Vmid}", new TaskWork
        {
            Takes = exchange.Cluster.Options.Latencies.Start,
            Holds = [machine],
            Dies = problem,
            Succeed = now =>
            {
                if (!Fits(exchange, machine))
                {
                    throw Refusal.Died(
                        "start failed: QEMU exited with code 1: cannot set up guest memory 'pc.ram': Cannot allocate"
                        + " memory");
                }

                machine.IsRunning = true;
                machine.Started = now;
            },
        });
    }

    private static JsonNode Stop(Exchange exchange)
    {
        var machine = Changing(exchange);
        return exchange.Start("qmstop", $"{machine.Vmid}", new TaskWork
        {
            Takes = exchange.Cluster.Options.Latencies.Stop,
            Holds = [machine],
            Succeed = _ => machine.IsRunning = false,
        });
    }

    private static JsonNode Reset(Exchange exchange)
    {
        var machine = Changing(exchange);
        if (!machine.IsRunning)
            throw Refusal.Died($"VM {machine.Vmid} not running");
        return exchange.Start("qmreset", $"{machine.Vmid}", new TaskWork
        {
            Takes = TimeSpan.Zero,
            Succeed = now =>
            {
                machine.Started = now;
                exchange.Cluster.Resets.Add(machine.Vmid);
            },
        });
    }

    /// <summary>Presses the power button and waits; what does not listen fails the task.</summary>
    private static JsonNode Shutdown(Exchange exchange)
    {
        var machine = Changing(exchange);
        if (!machine.IsRunning)
            throw Refusal.Died($"VM {machine.Vmid} not running");
        exchange.Cluster.Shutdowns.Add(machine.Vmid);
        return exchange.Start("qmshutdown", $"{machine.Vmid}", new TaskWork
        {
            Takes = exchange.Cluster.Options.Latencies.ShutdownPatience,
            Holds = [machine],
            Succeed = _ =>
            {
                if (machine.IsRunning)
                    throw Refusal.Died("VM quit/powerdown failed - got timeout");
            },
        });
    }

    private static JsonNode Console(Exchange exchange)
    {
        var machine = exchange.Machine;
        exchange.RequireOnMachine(machine, "VM.Console");
        var serial = exchange.Form.Find("serial") ?? "serial0";
        if (machine.Config.GetValueOrDefault(serial) != "socket")
            throw Refusal.Died($"unable to find a serial interface '{serial}'");
        var hash = StableHash.Of(exchange.Cluster.Options.Seed).And("console").And((ulong)machine.Vmid)
            .And((ulong)exchange.Now.Ticks).Value;
        var ticket = $"PVEVNC:{hash.ToString("X16", CultureInfo.InvariantCulture)}";
        exchange.Cluster.Consoles[ticket] = machine.Vmid;
        var port = FirstPort + (int)(hash % Ports);
        var task = exchange.Start("vncproxy", $"{machine.Vmid}", new TaskWork { Takes = TimeSpan.FromSeconds(10) });
        return new JsonObject
        {
            ["port"] = port,
            ["ticket"] = ticket,
            ["upid"] = task,
            ["user"] = exchange.Caller.Name,
        };
    }

    /// <summary>The proxy's ticket is for one machine and one connection.</summary>
    private static JsonNode? Connect(Exchange exchange)
    {
        var machine = exchange.Machine;
        exchange.RequireOnMachine(machine, "VM.Console");
        if (!exchange.Cluster.Consoles.Remove(exchange.Form.Get("vncticket"), out var vmid) || vmid != machine.Vmid)
            throw Refusal.Unauthorized("permission denied - invalid PVEVNC ticket");
        var text = exchange.Cluster.Options.Guests?.ConsoleOf(machine.Vmid) ?? "";
        exchange.Upgraded = new ConsoleStream(machine, text);
        exchange.Cluster.OpenConsoles.Add(exchange.Upgraded);
        return null;
    }

    private static VirtualMachine Changing(Exchange exchange)
    {
        var machine = exchange.Machine;
        exchange.RequireOnMachine(machine, "VM.PowerMgmt");
        exchange.RequireUnlocked(machine);
        return machine;
    }

    private static string? Missing(Exchange exchange, VirtualMachine machine) => machine.Drives
        .Where(drive => drive.Drive.Volume != "none" && exchange.Cluster.FindVolume(drive.Drive.Volume) is null)
        .Select(drive => drive.Drive.Volume).FirstOrDefault();

    // Without ballooning and overcommitted swap a host can give no more than it has.
    private static bool Fits(Exchange exchange, VirtualMachine machine) => exchange.Cluster.Machines.Values
        .Where(other => other.IsRunning && other.Node == machine.Node)
        .Sum(other => other.MemoryMebibytes << 20) + (machine.MemoryMebibytes << 20) <= exchange.Node.MemoryBytes;
}
