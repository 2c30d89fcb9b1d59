using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Health;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Whether an object has become what it shall be, as kstatus says it
/// (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus): workloads, claims and definitions by rules
/// of their own, everything else by its generation and its condition Ready. What says nothing is ready.
/// </summary>
internal static class Readiness
{
    private static readonly HealthChecks Checks = new();

    // Its rules for these are those of Argo CD; the ones of other kinds, an Ingress among them, are not.
    private static readonly HashSet<string> ByRule = new(StringComparer.Ordinal)
    {
        "Deployment", "StatefulSet", "DaemonSet", "PersistentVolumeClaim", "CustomResourceDefinition",
    };

    public static bool IsReady(JsonObject? item)
    {
        if (item is null || item.IsGoing())
            return false;
        if (ByRule.Contains(item.TextAt("kind") ?? ""))
            return Checks.Of(item, static _ => null) is null or { Status: HealthStatus.Healthy };
        // The definitions of Flux say that nothing was seen yet, where other kinds say nothing.
        var isOfFlux = HealthChecks.GroupOf(item).EndsWith(".toolkit.fluxcd.io", StringComparison.Ordinal);
        var seen = item.At("status", "observedGeneration").Number() ?? (isOfFlux ? -1 : long.MaxValue);
        return seen >= (item.At("metadata", "generation").Number() ?? 0)
            && item.Condition("Ready") is null or "True";
    }
}
