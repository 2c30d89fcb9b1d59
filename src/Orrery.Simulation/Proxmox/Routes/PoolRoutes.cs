using System.Text.Json.Nodes;
using Orrery.Simulation.Proxmox.Requests;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>Groups of machines, for permissions.</summary>
internal static class PoolRoutes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/pools", List),
        new("POST", "/pools", Create),
        new("PUT", "/pools", Update),
        new("DELETE", "/pools", Delete),
    ];

    private static JsonNode List(Exchange exchange)
    {
        var asked = exchange.Form.Find("poolid");
        if (asked is not null)
            Named(exchange, asked);
        return new JsonArray([.. exchange.Cluster.Pools
            .Where(pool => (asked is null || pool.Key == asked)
                && exchange.Cluster.Access.Has(exchange.Caller, $"/pool/{pool.Key}", "Pool.Audit"))
            .Select(pool => (JsonNode)new JsonObject { ["poolid"] = pool.Key, ["comment"] = pool.Value })]);
    }

    private static JsonNode? Create(Exchange exchange)
    {
        var name = exchange.Form.Get("poolid");
        exchange.Require($"/pool/{name}", "Pool.Allocate");
        if (!exchange.Cluster.Pools.TryAdd(name, exchange.Form.Find("comment") ?? ""))
            throw Refusal.Died($"create pool failed: pool '{name}' already exists");
        return null;
    }

    private static JsonNode? Update(Exchange exchange)
    {
        var name = Named(exchange, exchange.Form.Get("poolid"));
        exchange.Require($"/pool/{name}", "Pool.Allocate");
        if (exchange.Form.Find("comment") is { } comment)
            exchange.Cluster.Pools[name] = comment;
        return null;
    }

    private static JsonNode? Delete(Exchange exchange)
    {
        var name = Named(exchange, exchange.Form.Get("poolid"));
        exchange.Require($"/pool/{name}", "Pool.Allocate");
        if (exchange.Cluster.Machines.Values.Any(machine => machine.Pool == name))
            throw Refusal.Died($"delete pool failed: pool '{name}' is not empty");
        exchange.Cluster.Pools.Remove(name);
        return null;
    }

    private static string Named(Exchange exchange, string name) => exchange.Cluster.Pools.ContainsKey(name)
        ? name
        : throw Refusal.Died($"pool '{name}' does not exist");
}
