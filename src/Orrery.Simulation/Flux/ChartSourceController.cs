using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Charts;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Flux's source-controller for where charts come from: whether they can be had. After version 1.8
/// (https://github.com/fluxcd/source-controller).
/// </summary>
public abstract class ChartSourceController : FluxController
{
    private readonly HashSet<string> _supported;

    /// <param name="kind">Of the source, for example <c>HelmRepository</c>.</param>
    /// <param name="supported">Fields of its specification.</param>
    private protected ChartSourceController(
        FluxSurroundings around, ChartLibrary charts, string kind, HashSet<string> supported)
        : base(around.Store, around.Agenda, around.Options, ("source.toolkit.fluxcd.io/v1", kind), around.Process) =>
        (Charts, _supported) = (charts, supported);

    private protected ChartLibrary Charts { get; }

    private protected override string Manager => "source-controller";

    private protected override Later? Reconcile(ObjectKey key, JsonObject item)
    {
        if (!IsLookedAt(item))
            return null;
        var (isReady, reason, message) = Unsupported(item, _supported) is { } field
            ? (false, "Failed", $"the simulated source-controller does not support spec.{field}")
            : Look(key, item);
        Tell(item, isReady, reason, message);
        return Later.Poll(DurationOf(item, "interval", TimeSpan.FromMinutes(1)));
    }

    private protected virtual bool IsLookedAt(JsonObject item) => true;

    /// <summary>Whether it is there, and in which words.</summary>
    private protected abstract (bool IsReady, string Reason, string Message) Look(ObjectKey key, JsonObject item);
}

/// <summary>Where controllers of Flux live.</summary>
internal sealed record FluxSurroundings(ClusterStore Store, Agenda Agenda, FluxOptions Options, FluxProcess Process);
