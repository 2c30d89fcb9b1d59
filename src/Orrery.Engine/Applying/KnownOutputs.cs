using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>The outputs that are known so far: those of the snapshot, then those of each finished step.</summary>
internal sealed class KnownOutputs
{
    private readonly Dictionary<ResourceAddress, Value.Map> _outputs = [];
    private readonly Lock _gate = new();

    public KnownOutputs(Plan plan)
    {
        foreach (var change in plan.Changes)
        {
            if (change is { Outputs: not null, Action: ChangeAction.None or ChangeAction.Update })
                _outputs[change.Address] = change.Outputs;
        }
    }

    public void Publish(ResourceAddress address, Value.Map outputs)
    {
        lock (_gate)
            _outputs[address] = outputs;
    }

    /// <summary>The value with all its outputs in place; one that is missing is our own mistake.</summary>
    public Value.Map Resolve(Value.Map value)
    {
        lock (_gate)
        {
            var resolved = (Value.Map)value.Resolve(Find);
            Invariant.Check(resolved.IsKnown, "a step began before all that it needs was known");
            return resolved;
        }
    }

    private Value? Find(OutputReference reference) =>
        _outputs.TryGetValue(reference.Resource, out var outputs)
        && outputs.Fields.TryGetValue(reference.Output, out var value)
            ? value
            : null;
}
