using System.Text.Json.Nodes;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>One of the API's operations: <c>POST /nodes/{node}/qemu/{vmid}/clone</c>.</summary>
internal sealed record Route(string Method, string Template, Func<Exchange, JsonNode?> Handle)
{
    public string[] Segments { get; } = Template.Split('/', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>All operations of the simulated API.</summary>
internal static class RouteTable
{
    public const string Prefix = "/api2/json";

    public static IReadOnlyList<Route> All { get; } =
    [
        .. ClusterRoutes.All,
        .. MachineRoutes.All,
        .. PowerRoutes.All,
        .. StorageRoutes.All,
        .. TaskRoutes.All,
        .. AccessRoutes.All,
        .. PoolRoutes.All,
    ];

    /// <summary>The operation for a request and what stands in its path's variable places.</summary>
    public static (Route Route, IReadOnlyList<string> Parts) Find(WorldRequest request)
    {
        var path = request.Path.StartsWith(Prefix + "/", StringComparison.Ordinal) ? request.Path[Prefix.Length..] : "";
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        foreach (var route in All.Where(route => route.Method == request.Method))
        {
            if (Match(route, segments) is { } parts)
                return (route, parts);
        }

        throw Refusal.NoSuchPath(request.Method, path);
    }

    private static List<string>? Match(Route route, string[] segments)
    {
        if (route.Segments.Length != segments.Length)
            return null;
        var parts = new List<string>();
        for (var i = 0; i < segments.Length; i++)
        {
            if (route.Segments[i][0] == '{')
                parts.Add(segments[i]);
            else if (route.Segments[i] != segments[i])
                return null;
        }

        return parts;
    }
}
