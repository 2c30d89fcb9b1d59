using Orrery.Simulation.Faults;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox;

/// <summary>Which faults make sense for which request to Proxmox VE.</summary>
public static class ProxmoxFaults
{
    private static readonly FaultKind[] ForReads =
    [
        FaultKind.Http500Before, FaultKind.LostRequest, FaultKind.LostReply, FaultKind.Reset, FaultKind.SlowReply,
    ];

    private static readonly FaultKind[] ForChanges = [.. ForReads, FaultKind.Http500After, FaultKind.LateRequest];

    public static IReadOnlyList<FaultKind> Applicable(WorldRequest request)
    {
        if (request.Method == "GET")
            return ForReads;
        var isMachine = request.Path.Contains("/qemu", StringComparison.Ordinal)
            && !request.Path.EndsWith("/termproxy", StringComparison.Ordinal);
        var isFile = request.Path.EndsWith("/download-url", StringComparison.Ordinal)
            || request.Path.EndsWith("/upload", StringComparison.Ordinal);
        FaultKind[] tasks = [FaultKind.ActionFailed, FaultKind.ActionSlow];
        return isMachine ? [.. ForChanges, FaultKind.Locked, .. tasks]
            : isFile ? [.. ForChanges, .. tasks]
            : ForChanges;
    }
}
