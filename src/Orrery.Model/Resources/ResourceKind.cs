using Orrery.Model.Values;

namespace Orrery.Model.Resources;

/// <summary>What a change of one field means for the resource.</summary>
public enum FieldChange
{
    /// <summary>Changed in place.</summary>
    Updates,

    /// <summary>Only by making the resource anew.</summary>
    Replaces,

    /// <summary>Used when the resource is made, ignored afterwards.</summary>
    CreateOnly,
}

/// <summary>How one field of a kind behaves.</summary>
/// <param name="Change">What a change of it means.</param>
/// <param name="WriteOnly">The cloud never tells it again (user data): compared with a digest of what was sent.</param>
/// <param name="Unordered">A list whose order has no meaning.</param>
public sealed record FieldRule(FieldChange Change, bool WriteOnly = false, bool Unordered = false)
{
    public static FieldRule Updates { get; } = new(FieldChange.Updates);

    public static FieldRule Replaces { get; } = new(FieldChange.Replaces);

    public static FieldRule CreateOnly { get; } = new(FieldChange.CreateOnly);
}

/// <summary>What the planner must know of a kind of resource; inert data that each provider declares.</summary>
public sealed record ResourceKind
{
    /// <summary>For example <c>hetzner/server</c>.</summary>
    public required string Type { get; init; }

    public required ValueMap<FieldRule> Fields { get; init; }

    /// <summary>
    /// Outputs that stay the same when the resource is updated in place; all others become unknown then.
    /// </summary>
    public ValueList<string> StableOutputs { get; init; } = ["id"];

    /// <summary>Replaced by <c>rebuild</c>: machines.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>How long making one usually takes; orders ready work by longest remaining path.</summary>
    public TimeSpan TypicalDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The cloud refuses a second one of the same name. Where it does not, a lost request is waited out before looking
    /// again.
    /// </summary>
    public bool NamesAreUnique { get; init; } = true;

    /// <summary>
    /// Each replacement is a thing of its own, with a generation in its name. Not so for links: the same two things
    /// joined again are the same link. Nor for what stands in another thing and is told apart by that.
    /// </summary>
    public bool HasGenerations { get; init; } = true;
}
