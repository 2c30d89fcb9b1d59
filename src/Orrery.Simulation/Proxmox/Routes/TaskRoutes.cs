using System.Text.Json.Nodes;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>What the workers of a node do and did.</summary>
internal static class TaskRoutes
{
    private const int LogLinesDefault = 50;

    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/nodes/{node}/tasks", List),
        new("GET", "/nodes/{node}/tasks/{upid}/status", Status),
        new("GET", "/nodes/{node}/tasks/{upid}/log", Log),
    ];

    private static JsonNode List(Exchange exchange)
    {
        var source = exchange.Form.Find("source") ?? "archive";
        var limit = (int)(exchange.Form.FindNumber("limit") ?? 50);
        var seesAll = exchange.Cluster.Access.Has(exchange.Caller, $"/nodes/{exchange.Node.Name}", "Sys.Audit");
        var tasks = exchange.Cluster.Tasks.All.Where(task => task.Start.Node == exchange.Node.Name
            && (seesAll || task.Start.User == exchange.Caller.Name)
            && (source == "all" || (task.Exit is null) == (source == "active")));
        return new JsonArray([.. tasks.Reverse().OrderBy(task => task.Exit is not null).Take(limit)
            .Select(task => (JsonNode)Entry(exchange, task))]);
    }

    private static JsonNode Status(Exchange exchange)
    {
        var task = Task(exchange);
        var entry = Entry(exchange, task);
        entry.Remove("endtime");
        entry["status"] = task.Exit is null ? "running" : "stopped";
        if (task.Exit is not null)
            entry["exitstatus"] = task.Exit;
        return entry;
    }

    private static JsonNode Log(Exchange exchange)
    {
        var start = (int)(exchange.Form.FindNumber("start") ?? 0);
        var limit = (int)(exchange.Form.FindNumber("limit") ?? LogLinesDefault);
        return new JsonArray([.. Task(exchange).Log.Index().Skip(start).Take(limit)
            .Select(line => (JsonNode)new JsonObject { ["n"] = line.Index + 1, ["t"] = line.Item })]);
    }

    private static PveTask Task(Exchange exchange)
    {
        var upid = exchange.Parts[1];
        if (exchange.Cluster.Tasks.Find(upid) is not { } task)
            throw Refusal.Parameter("upid", $"unable to parse worker upid '{upid}'");
        if (task.Start.User != exchange.Caller.Name)
            exchange.Require($"/nodes/{exchange.Node.Name}", "Sys.Audit");
        return task;
    }

    private static JsonObject Entry(Exchange exchange, PveTask task)
    {
        var epoch = exchange.Cluster.Options.Epoch;
        var entry = new JsonObject
        {
            ["upid"] = task.Upid,
            ["id"] = task.Start.Id,
            ["node"] = task.Start.Node,
            ["pid"] = task.Pid,
            ["pstart"] = (long)(task.Start.Now.TotalMilliseconds / 10) + 100_000,
            ["starttime"] = (epoch + task.Start.Now).ToUnixTimeSeconds(),
            ["type"] = task.Start.Type,
            ["user"] = task.Start.User,
        };
        if (task.Ended is { } ended)
        {
            entry["endtime"] = (epoch + ended).ToUnixTimeSeconds();
            entry["status"] = task.Exit;
        }

        return entry;
    }
}
