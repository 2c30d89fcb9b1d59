using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>
/// The order in which a plan is made real. Things are made after what they need and deleted before it; a replacement is
/// a deletion and a creation, in the order that its lifecycle says.
/// </summary>
internal sealed class WorkGraph
{
    private readonly Dictionary<ResourceAddress, WorkStep> _forward = [];
    private readonly Dictionary<ResourceAddress, WorkStep> _removals = [];
    private readonly Dictionary<ResourceAddress, WorkStep> _deposed = [];
    private readonly Dictionary<ResourceAddress, Change> _changes = [];
    private readonly Dictionary<ResourceAddress, bool> _waitsForRemoval = [];

    private WorkGraph()
    {
    }

    public List<WorkStep> Steps { get; } = [];

    public static WorkGraph Of(Plan plan, Func<string, ResourceKind> kindOf)
    {
        var graph = new WorkGraph();
        foreach (var change in plan.Changes)
            graph._changes[change.Address] = change;
        foreach (var change in plan.Changes.Where(change => change.IsWork))
            graph.AddSteps(change, kindOf(change.Address.Type));
        foreach (var change in plan.Changes)
            graph.AddEdges(change);
        graph.Weigh();
        return graph;
    }

    private void AddSteps(Change change, ResourceKind kind)
    {
        var make = kind.TypicalDuration;
        switch (change.Action)
        {
            case ChangeAction.Replace when EndsByItself(change):
                Add(_forward, change, StepKind.Make, make);
                break;
            case ChangeAction.Delete when EndsByItself(change):
                Add(_forward, change, StepKind.Forget, TimeSpan.Zero);
                break;
            case ChangeAction.Create:
                Add(_forward, change, StepKind.Make, make);
                break;
            case ChangeAction.Update:
                Add(_forward, change, StepKind.Update, make / 2);
                break;
            case ChangeAction.Replace:
                Add(_removals, change, StepKind.Remove, make / 2);
                Add(_forward, change, StepKind.Make, make);
                break;
            case ChangeAction.Delete:
                Add(_removals, change, StepKind.Remove, make / 2);
                break;
            default:
                if (change.IsBookkeeping)
                    Add(_forward, change, StepKind.Record, TimeSpan.Zero);
                break;
        }

        if (change.Deposed.Count > 0)
            Add(_deposed, change, StepKind.RemoveDeposed, make / 2);
    }

    /// <summary>It is gone with what it stands on, which goes in this same plan.</summary>
    private bool EndsByItself(Change change) =>
        change.Lifecycle.EndsWith is { } end && _changes.TryGetValue(end, out var ending)
        && (ending.Action is ChangeAction.Replace or ChangeAction.Delete || EndsByItself(ending));

    private void Add(Dictionary<ResourceAddress, WorkStep> steps, Change change, StepKind kind, TimeSpan weight)
    {
        var step = new WorkStep(change, kind, weight);
        steps.Add(change.Address, step);
        Steps.Add(step);
    }

    private void AddEdges(Change change)
    {
        var address = change.Address;
        var forward = _forward.GetValueOrDefault(address);
        var removal = _removals.GetValueOrDefault(address);
        var isCreateFirst = IsCreateFirst(change);
        if (forward is not null)
        {
            foreach (var need in change.Needs)
            {
                if (_forward.TryGetValue(need, out var needed))
                    forward.WaitFor(needed);
            }
        }

        if (removal is not null && forward is not null)
        {
            if (isCreateFirst)
                removal.WaitFor(forward);
            else
                forward.WaitFor(removal);
        }

        if (removal is not null && forward is not null && !isCreateFirst)
            WaitForNewNeeds(change, removal);
        if (_deposed.TryGetValue(address, out var deposed) && forward is not null)
            deposed.WaitFor(forward);

        foreach (var need in change.Old?.Needs ?? change.Needs)
            LetGoBefore(need, change, forward, removal);
    }

    /// <summary>
    /// What stands on something that goes before its successor comes must go before that, whatever its own order says.
    /// </summary>
    private bool IsCreateFirst(Change change) => !WaitsForRemoval(change.Address)
        && (change.Lifecycle.ReplaceOrder == ReplaceOrder.CreateFirst
            || (EndsByItself(change) && change.Lifecycle.EndsWith is { } end && IsCreateFirst(_changes[end])));

    /// <summary>Something that it stands on, however deep, is deleted before it is made anew.</summary>
    private bool WaitsForRemoval(ResourceAddress address)
    {
        if (_waitsForRemoval.TryGetValue(address, out var known))
            return known;
        var waits = _changes.TryGetValue(address, out var change) && change.Needs.Any(need =>
            (_changes.TryGetValue(need, out var needed) && needed.Action == ChangeAction.Replace
                && !IsCreateFirst(needed))
            || WaitsForRemoval(need));
        return _waitsForRemoval[address] = waits;
    }

    /// <summary>
    /// What hangs on a machine is taken from the old one only when the new one is ready: the shortest time without it.
    /// </summary>
    private void WaitForNewNeeds(Change change, WorkStep removal)
    {
        foreach (var need in change.Needs)
        {
            if (_forward.TryGetValue(need, out var made) && made.Kind is StepKind.Make or StepKind.Record
                && IsCreateFirst(made.Change))
            {
                removal.WaitFor(made);
            }
        }
    }

    /// <summary>What a resource needed goes only after the resource went, or was changed to need it no more.</summary>
    private void LetGoBefore(ResourceAddress need, Change change, WorkStep? forward, WorkStep? removal)
    {
        WorkStep?[] goings = [_removals.GetValueOrDefault(need), _deposed.GetValueOrDefault(need)];
        // What itself waits for a deletion could wait for this very one: a circle.
        var isFree = !WaitsForRemoval(change.Address);
        foreach (var going in goings.OfType<WorkStep>())
        {
            if (removal is not null)
                going.WaitFor(removal);
            else if (forward is { Kind: StepKind.Update or StepKind.Record } && isFree)
                going.WaitFor(forward);
            if (isFree && _deposed.TryGetValue(change.Address, out var older))
                going.WaitFor(older);
        }
    }

    /// <summary>Longest remaining paths, from the ends backwards; a circle would be our own mistake.</summary>
    private void Weigh()
    {
        foreach (var step in Steps)
            step.Missing = step.Before.Count;
        var ready = new Queue<WorkStep>(Steps.Where(step => step.Missing == 0));
        var weighed = new List<WorkStep>(Steps.Count);
        while (ready.TryDequeue(out var step))
        {
            weighed.Add(step);
            foreach (var earlier in step.After)
            {
                if (earlier.Weight + step.Remaining > earlier.Remaining)
                    earlier.Remaining = earlier.Weight + step.Remaining;
                if (--earlier.Missing == 0)
                    ready.Enqueue(earlier);
            }
        }

        Invariant.Check(weighed.Count == Steps.Count, "the steps of a plan wait for each other in a circle");
        foreach (var step in Steps)
            step.Missing = step.After.Count;
        FindSlack(weighed);
    }

    /// <summary>Longest paths from the beginnings forwards, and how long each step could wait.</summary>
    /// <param name="weighed">Every step after all that wait for it.</param>
    private void FindSlack(List<WorkStep> weighed)
    {
        var longest = TimeSpan.Zero;
        for (var i = weighed.Count - 1; i >= 0; i--)
        {
            var step = weighed[i];
            foreach (var later in step.Before.Where(later => step.Head + step.Weight > later.Head))
                later.Head = step.Head + step.Weight;
            longest = step.Head + step.Remaining > longest ? step.Head + step.Remaining : longest;
        }

        foreach (var step in Steps)
            step.Slack = longest - step.Head - step.Remaining;
    }
}
