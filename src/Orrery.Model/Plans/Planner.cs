using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Model.Plans;

/// <summary>All that a plan follows from; equal inputs give equal bytes.</summary>
public sealed record PlanInput
{
    /// <summary>What is declared; empty for <c>destroy</c>.</summary>
    public required ResourceGraph Graph { get; init; }

    public required Recorded Recorded { get; init; }

    public required Snapshot Snapshot { get; init; }

    public required Func<string, ResourceKind> KindOf { get; init; }

    /// <summary>Every ephemeral resource of these clusters is made anew; null for none.</summary>
    public Func<ResourceAddress, bool>? Rebuild { get; init; }
}

/// <summary>Compares what is declared with what is: the pure heart of the engine.</summary>
public static class Planner
{
    public static Plan Plan(PlanInput input)
    {
        var changes = new List<Change>();
        var known = new Dictionary<OutputReference, Value>();
        foreach (var resource in input.Graph.InOrder)
        {
            var change = PlanDeclared(input, resource, known);
            Publish(input, change, known);
            changes.Add(change);
        }

        foreach (var recorded in input.Recorded.Resources.Values)
        {
            if (input.Graph.Find(recorded.Address) is null)
                changes.Add(PlanUndeclared(input, recorded));
        }

        changes.AddRange(input.Snapshot.Strays.Select(PlanStray));
        changes.Sort(static (a, b) => a.Address.CompareTo(b.Address));
        return new Plan
        {
            PlatformId = input.Recorded.PlatformId,
            StateSerial = input.Recorded.Serial,
            Changes = changes.ToValueList(),
        };
    }

    private static Change PlanDeclared(PlanInput input, Resource resource, Dictionary<OutputReference, Value> known)
    {
        var kind = input.KindOf(resource.Type);
        var recorded = input.Recorded.Resources.GetValueOrDefault(resource.Address.Text);
        var live = input.Snapshot.Live.GetValueOrDefault(resource.Address.Text);
        var desired = (Value.Map)resource.Desired.Resolve(reference => known.GetValueOrDefault(reference));
        var change = new Change
        {
            Address = resource.Address,
            Action = ChangeAction.None,
            After = desired,
            Before = live?.Properties,
            Id = live?.Id,
            IsOurs = live?.IsOurs ?? true,
            Lifecycle = resource.Lifecycle,
            Needs = resource.Needs,
            Outputs = live?.Outputs,
            Old = recorded is { Id: not null } ? recorded : null,
        };
        if (live is null)
            return PlanMissing(input, resource, recorded, change);

        var goal = GoalOf(input, resource, kind, recorded, live);
        // What is protected by now was not when a replacement left it behind: it stays.
        var older = resource.Lifecycle.Protect
            ? []
            : input.Snapshot.Older.GetValueOrDefault(resource.Address.Text) ?? [];
        var difference = FieldDifferences.Between(kind, live.Properties, recorded?.Inputs, desired);
        var forced = live.Generation < goal;
        var mustReplace = forced || difference.Replaces;
        var reasons = difference.Reasons;
        if (forced)
            reasons = [.. reasons, $"rebuild: generation {live.Generation} becomes {goal}"];
        var isKept = resource.Lifecycle.Protect || resource.Lifecycle.Ownership == Ownership.Adopted || !live.IsOurs;
        if (mustReplace && isKept)
            return KeepProtected(change, live, reasons);
        if (mustReplace)
        {
            return change with
            {
                Action = ChangeAction.Replace,
                Generation = forced ? goal : After(kind, live.Generation),
                Reasons = reasons,
                Deposed = older,
            };
        }

        return PlanPresent(change with { Deposed = older }, live, recorded, difference);
    }

    private static Change PlanMissing(PlanInput input, Resource resource, RecordedResource? recorded, Change change)
    {
        if (resource.Lifecycle.Ownership == Ownership.Adopted)
            return change with { Reasons = ["it must exist beforehand and was not found"], IsMissing = true };
        var reason = recorded switch
        {
            null => "not there yet",
            { Id: null } => "its replacement is not there yet",
            { IsPending: true } => "an earlier run began it and did not finish",
            _ => "it was there and is gone from the cloud",
        };
        var next = recorded switch
        {
            null => 1,
            { IsPending: true, Id: null } => recorded.Generation,
            _ => After(input.KindOf(resource.Type), recorded.Generation),
        };
        return change with
        {
            Action = ChangeAction.Create,
            // A rebuild that died goes on with its goal: an older generation would be made anew once more.
            Generation = Math.Max(next, input.Recorded.Goals.GetValueOrDefault(resource.Address.Text)),
            Reasons = [reason],
        };
    }

    private static Change PlanPresent(Change change, Live live, RecordedResource? recorded, FieldDifferences difference)
    {
        // What is there and not recorded as it is: only the state has to learn of it.
        var unrecorded = recorded is null || recorded.Id != live.Id || recorded.Generation != live.Generation
            || recorded.IsPending || !live.IsReady;
        var found = unrecorded && change.Lifecycle.Ownership == Ownership.Owned
            ? "found by its owner: an earlier run made it and did not record it"
            : "used as it is";
        return change with
        {
            // What is not ours is used as it is.
            Action = difference.Any && live.IsOurs ? ChangeAction.Update : ChangeAction.None,
            Generation = live.Generation,
            Reasons = unrecorded ? [.. difference.Reasons, found] : difference.Reasons,
            IsBookkeeping = unrecorded || RecordDiffers(change, recorded),
        };
    }

    private static bool RecordDiffers(Change change, RecordedResource? recorded) =>
        recorded is not null
        && (!recorded.Lifecycle.Equals(change.Lifecycle) || !recorded.Needs.Equals(change.Needs)
            || (recorded.Deposed.Count > 0 && change.Deposed.Count == 0));

    private static Change KeepProtected(Change change, Live live, ValueList<string> reasons) => change with
    {
        Generation = live.Generation,
        Reasons = [.. reasons, live.IsOurs ? "protected: kept as it is" : "not ours: kept as it is"],
        IsBlocked = true,
    };

    /// <summary>The generation of a replacement.</summary>
    private static int After(ResourceKind kind, int generation) => kind.HasGenerations ? generation + 1 : generation;

    private static int GoalOf(
        PlanInput input, Resource resource, ResourceKind kind, RecordedResource? recorded, Live live)
    {
        if (input.Recorded.Goals.TryGetValue(resource.Address.Text, out var goal))
            return goal;
        var rebuilt = input.Rebuild is not null && kind.Ephemeral && input.Recorded.Goals.Count == 0
            && input.Rebuild(resource.Address);
        return rebuilt ? Math.Max(live.Generation, recorded?.Generation ?? 1) + 1 : live.Generation;
    }

    private static Change PlanUndeclared(PlanInput input, RecordedResource recorded)
    {
        var live = input.Snapshot.Live.GetValueOrDefault(recorded.Address.Text);
        var older = input.Snapshot.Older.GetValueOrDefault(recorded.Address.Text) ?? [];
        var change = new Change
        {
            Address = recorded.Address,
            Action = ChangeAction.None,
            Before = live?.Properties,
            Id = live?.Id,
            Generation = recorded.Generation,
            Lifecycle = recorded.Lifecycle,
            Needs = recorded.Needs,
            Old = recorded,
            Deposed = older,
        };
        if (recorded.Lifecycle.Protect && live is not null)
        {
            return change with
            {
                After = live.Properties,
                Deposed = [],
                Reasons = ["protected: never deleted"],
                IsBookkeeping = recorded.IsPending,
            };
        }

        if (live is null && older.Count == 0)
            return change with { IsBookkeeping = true, Reasons = ["gone already"] };
        if (!recorded.IsOurs || recorded.Lifecycle.Ownership == Ownership.Adopted)
            return change with { IsBookkeeping = true, Reasons = ["not ours: only forgotten, not deleted"] };
        return change with { Action = ChangeAction.Delete, Reasons = ["no longer declared"] };
    }

    private static Change PlanStray(Live stray)
    {
        var kept = stray.Properties["deleteProtection"].AsBool();
        return new Change
        {
            Address = stray.Address,
            Action = kept ? ChangeAction.None : ChangeAction.Delete,
            Before = stray.Properties,
            After = kept ? stray.Properties : null,
            Id = stray.Id,
            StrayHash = stray.OwnerHash,
            Generation = stray.Generation,
            Reasons =
            [
                kept ? "carries our label and is protected: never deleted" : "carries our label and is not declared",
            ],
        };
    }

    /// <summary>Makes the outputs known that the change leaves as they are.</summary>
    private static void Publish(PlanInput input, Change change, Dictionary<OutputReference, Value> known)
    {
        if (change.Outputs is null || change.Action is ChangeAction.Create or ChangeAction.Replace)
            return;
        var stable = input.KindOf(change.Address.Type).StableOutputs;
        foreach (var (name, value) in change.Outputs.Fields)
        {
            if (change.Action == ChangeAction.None || stable.Contains(name))
                known[change.Address.Output(name)] = value;
        }
    }
}
