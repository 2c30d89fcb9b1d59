using System.Globalization;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>One of the API's operations: <c>POST /volumes/{id}/actions/attach</c>.</summary>
internal sealed record Route(string Method, string Template, Func<Exchange, Answer> Handle)
{
    public string[] Segments { get; } = Template.Split('/', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>All operations of the simulated API.</summary>
internal static class RouteTable
{
    public const string Prefix = "/v1";

    public static IReadOnlyList<Route> All { get; } =
    [
        .. ServerRoutes.All,
        .. VolumeRoutes.All,
        .. PrimaryIpRoutes.All,
        .. FloatingIpRoutes.All,
        .. FirewallRoutes.All,
        .. SshKeyRoutes.All,
        .. ActionRoutes.All,
        .. CatalogRoutes.All,
    ];

    // By the number of segments: a path fits few of them.
    private static readonly ILookup<int, Route> ByLength = All.ToLookup(route => route.Segments.Length);

    /// <summary>
    /// The operation for a request and the numbers in its path; refuses paths and methods there are not.
    /// </summary>
    public static (Route Route, IReadOnlyList<long> Ids) Find(WorldRequest request)
    {
        var path = request.Path.StartsWith(Prefix + "/", StringComparison.Ordinal) ? request.Path[Prefix.Length..] : "";
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var known = false;
        foreach (var route in ByLength[segments.Length])
        {
            if (Match(route, segments) is not { } ids)
                continue;
            if (route.Method == request.Method)
                return (route, ids);
            known = true;
        }

        throw known ? Refusal.MethodNotAllowed() : Refusal.NotFound($"path '{request.Path}' not found");
    }

    private static List<long>? Match(Route route, string[] segments)
    {
        var ids = new List<long>();
        for (var i = 0; i < segments.Length; i++)
        {
            if (route.Segments[i][0] != '{')
            {
                if (route.Segments[i] != segments[i])
                    return null;
            }
            else if (long.TryParse(segments[i], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                ids.Add(id);
            }
            else
            {
                return null;
            }
        }

        return ids;
    }
}
