using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Observing;

/// <summary>Where a resource stands compared with the declaration.</summary>
public enum ResourceState
{
    /// <summary>There and as declared.</summary>
    AsDeclared,

    /// <summary>There, but differs.</summary>
    Drifted,

    /// <summary>Declared and not there.</summary>
    Missing,

    /// <summary>There, not declared, and ours.</summary>
    Undeclared,
}

/// <summary>One resource as it is.</summary>
/// <param name="Id">The cloud's id, or null when nothing is there.</param>
/// <param name="Drift">What differs, in words.</param>
public sealed record ResourceStatus(ResourceAddress Address, string? Id, ResourceState State, ValueList<string> Drift)
{
    internal static ResourceStatus Of(Change change) => new(
        change.Address,
        change.Id,
        StateOf(change),
        change.Action == ChangeAction.None && !change.IsBlocked ? [] : change.Reasons);

    private static ResourceState StateOf(Change change) => change switch
    {
        { IsMissing: true } => ResourceState.Missing,
        { Action: ChangeAction.Create } => ResourceState.Missing,
        { Action: ChangeAction.Delete } => ResourceState.Undeclared,
        { Action: ChangeAction.Update or ChangeAction.Replace } => ResourceState.Drifted,
        { IsBlocked: true } => ResourceState.Drifted,
        _ => ResourceState.AsDeclared,
    };
}
