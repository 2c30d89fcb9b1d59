using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Model.Plans;

/// <summary>What is done to a resource.</summary>
public enum ChangeAction
{
    None,
    Create,
    Update,
    Replace,
    Delete,
}

/// <summary>One resource's step from what is to what shall be, with the reasons.</summary>
public sealed record Change
{
    public required ResourceAddress Address { get; init; }

    public required ChangeAction Action { get; init; }

    /// <summary>
    /// Why, in words for the user, for example <c>image: "ubuntu-22.04" becomes "ubuntu-24.04" (cannot be changed in
    /// place)</c>.
    /// </summary>
    public ValueList<string> Reasons { get; init; } = [];

    /// <summary>What is, as far as the declaration speaks of it; null when nothing is there.</summary>
    public Value.Map? Before { get; init; }

    /// <summary>What shall be; null when nothing shall be there.</summary>
    public Value.Map? After { get; init; }

    public Lifecycle Lifecycle { get; init; } = Lifecycle.Default;

    /// <summary>The cloud's id of what is there now, if anything.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// The next thing's generation: 1 at first, one more with each replacement. Part of its name in the cloud.
    /// </summary>
    public int Generation { get; init; } = 1;

    /// <summary>Resources that this one needs (create, update) or needed (delete).</summary>
    public ValueList<ResourceAddress> Needs { get; init; } = [];

    /// <summary>The outputs of what is there now.</summary>
    public Value.Map? Outputs { get; init; }

    /// <summary>What was recorded of it; tells what a deletion deletes.</summary>
    public RecordedResource? Old { get; init; }

    /// <summary>Older generations of it that are still there and go with this change.</summary>
    public ValueList<Live> Deposed { get; init; } = [];

    /// <summary>What is there now belongs to us.</summary>
    public bool IsOurs { get; init; } = true;

    /// <summary>The hash of an address that nobody knows any more; null where it is this one's.</summary>
    public string? StrayHash { get; init; }

    /// <summary>The state has to learn what is; nothing changes in the cloud.</summary>
    public bool IsBookkeeping { get; init; }

    /// <summary>An adopted thing that is not there: nothing that needs it can be made.</summary>
    public bool IsMissing { get; init; }

    /// <summary>It would have to be replaced, but is protected or not ours.</summary>
    public bool IsBlocked { get; init; }

    /// <summary>There is something to do: in the cloud, or only in the state.</summary>
    public bool IsWork => Action != ChangeAction.None || IsBookkeeping || Deposed.Count > 0;
}

/// <summary>All changes that lead from what is to what is declared, in order of their addresses.</summary>
public sealed record Plan
{
    public required string PlatformId { get; init; }

    /// <summary>The state's serial that this plan was made from; a saved plan is refused when it moved.</summary>
    public required long StateSerial { get; init; }

    public required ValueList<Change> Changes { get; init; }

    /// <summary>Nothing changes in any cloud.</summary>
    public bool IsEmpty => Changes.All(change => change.Action == ChangeAction.None && change.Deposed.Count == 0);

    public int Count(ChangeAction action) => Changes.Count(change => change.Action == action);
}
