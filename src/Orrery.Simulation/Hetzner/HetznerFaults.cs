using Orrery.Simulation.Faults;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner;

/// <summary>Which faults make sense for which request to the Hetzner Cloud.</summary>
public static class HetznerFaults
{
    private static readonly FaultKind[] ForReads =
    [
        FaultKind.Http429, FaultKind.Http500Before, FaultKind.LostRequest, FaultKind.LostReply, FaultKind.Reset,
        FaultKind.SlowReply,
    ];

    private static readonly FaultKind[] ForChanges = [.. ForReads, FaultKind.Http500After, FaultKind.LateRequest];

    private static readonly string[] Listed =
    [
        "/v1/firewalls", "/v1/floating_ips", "/v1/primary_ips", "/v1/servers", "/v1/ssh_keys", "/v1/volumes",
    ];

    public static IReadOnlyList<FaultKind> Applicable(WorldRequest request)
    {
        if (request.Method == "GET")
            return Listed.Contains(request.Path) ? [.. ForReads, FaultKind.StaleList] : ForReads;
        var kinds = new List<FaultKind>(ForChanges);
        if (request is { Method: "POST", Path: "/v1/servers" })
            kinds.Add(FaultKind.ResourceUnavailable);
        var onAction = request.Path.Contains("/actions/", StringComparison.Ordinal);
        var makesNew = request.Method == "POST" && !onAction;
        // Names and labels change without a lock, and SSH keys have none.
        if (!makesNew && request.Method != "PUT" && !request.Path.StartsWith("/v1/ssh_keys", StringComparison.Ordinal))
            kinds.Add(FaultKind.Locked);
        var takesTime = onAction
            || (makesNew && request.Path is "/v1/servers" or "/v1/volumes")
            || (request.Method == "DELETE" && request.Path.StartsWith("/v1/servers/", StringComparison.Ordinal));
        if (takesTime)
            kinds.AddRange([FaultKind.ActionFailed, FaultKind.ActionSlow]);
        return kinds;
    }
}
