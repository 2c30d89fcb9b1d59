using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Planning;

/// <summary>What the clouds would show if they were as the state remembers them; asks none.</summary>
internal static class RecordedSnapshot
{
    public static Snapshot Of(Recorded recorded, HandlerSet handlers) => new()
    {
        Live = recorded.Resources.Values.Where(resource => resource.Id is not null).ToValueMap(
            resource => resource.Address.Text,
            resource => ToLive(resource, handlers, resource.Id ?? "", resource.Generation, resource.Inputs)),
        Older = recorded.Resources.Values.Where(resource => resource.Deposed.Count > 0).ToValueMap(
            resource => resource.Address.Text,
            resource => resource.Deposed.Select(
                old => ToLive(resource, handlers, old.Id, old.Generation, old.Inputs)).ToValueList()),
    };

    /// <summary>Whether what must exist beforehand does was not asked: so it is not said to be missing.</summary>
    public static Plan WithoutMissing(Plan plan) => plan with
    {
        Changes = plan.Changes.Select(change => !change.IsMissing
            ? change
            : change with { IsMissing = false, Reasons = ["it must exist beforehand; no cloud was asked"] })
            .ToValueList(),
    };

    private static Live ToLive(
        RecordedResource resource, HandlerSet handlers, string id, int generation, Value.Map inputs)
    {
        var fields = handlers.KindOf(resource.Address.Type).Fields;
        return new Live
        {
            Address = resource.Address,
            Id = id,
            Generation = generation,
            IsOurs = resource.IsOurs,
            IsReady = !resource.IsPending,
            // No cloud shows a write-only field, and the state has only its digest.
            Properties = new Value.Map(ValueMap.From(inputs.Fields.Where(
                field => !(fields.TryGetValue(field.Key, out var rule) && rule.WriteOnly)))),
            Outputs = resource.Outputs,
        };
    }
}
