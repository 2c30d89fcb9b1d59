using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.Planning;

/// <summary>
/// What the state has lost of things that are there and declared: whoever destroys a platform needs to know in which
/// order its things go, and which of them are never deleted. Pure.
/// </summary>
internal static class LostRecords
{
    /// <summary>The state, and what was found beyond it.</summary>
    public static Recorded Restored(Recorded recorded, ResourceGraph graph, Snapshot snapshot) => recorded with
    {
        Resources = ValueMap.From(recorded.Resources.Concat(graph.InOrder
            .Where(resource => resource.Lifecycle.Ownership != Ownership.Adopted
                && !recorded.Resources.ContainsKey(resource.Address.Text)
                && snapshot.Live.GetValueOrDefault(resource.Address.Text) is { IsOurs: true })
            .Select(resource => RecordOf(resource, snapshot.Live[resource.Address.Text]))
            .Select(found => KeyValuePair.Create(found.Address.Text, found)))),
    };

    private static RecordedResource RecordOf(Resource resource, Live live) => new()
    {
        Address = resource.Address,
        Id = live.Id,
        Generation = live.Generation,
        IsOurs = live.IsOurs,
        Inputs = live.Properties,
        Outputs = live.Outputs,
        Needs = resource.Needs.ToValueList(),
        Lifecycle = resource.Lifecycle,
        IsPending = true,
    };
}
