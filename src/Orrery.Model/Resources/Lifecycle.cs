using Orrery.Model.Values;

namespace Orrery.Model.Resources;

/// <summary>To whom a resource belongs, and so who may delete it.</summary>
public enum Ownership
{
    /// <summary>Ours: made by us, carries our label, deleted by us.</summary>
    Owned,

    /// <summary>Used where it exists already and then never deleted; made by us, and ours, where it does not.</summary>
    Shared,

    /// <summary>Exists beforehand; never made, never deleted.</summary>
    Adopted,
}

/// <summary>Which half of a replacement comes first.</summary>
public enum ReplaceOrder
{
    DeleteFirst,
    CreateFirst,
}

/// <summary>What may happen to a resource, and in which order.</summary>
public sealed record Lifecycle
{
    /// <summary>Ten minutes: longer than any single cloud operation that succeeds is known to take.</summary>
    public static readonly TimeSpan DeadlineDefault = TimeSpan.FromMinutes(10);

    public static Lifecycle Default { get; } = new();

    /// <summary>Never deleted nor replaced, whatever the declaration says: retained volumes.</summary>
    public bool Protect { get; init; }

    public Ownership Ownership { get; init; } = Ownership.Owned;

    public ReplaceOrder ReplaceOrder { get; init; } = ReplaceOrder.DeleteFirst;

    /// <summary>What is done before it is deleted, in order.</summary>
    public ValueList<LifecycleStep> BeforeDelete { get; init; } = [];

    /// <summary>
    /// The thing whose end is also its own: what a machine holds goes with the machine. Where that one is deleted or
    /// replaced, nothing is asked of the other side to delete this. Not an edge; null for what ends by itself.
    /// </summary>
    public ResourceAddress? EndsWith { get; init; }

    /// <summary>How long one change of it may take before it fails with a diagnosis.</summary>
    public TimeSpan Deadline { get; init; } = DeadlineDefault;
}

/// <summary>
/// A named step before a deletion, for example <c>shutdown</c> of the <c>hetzner/server</c> whose id stands in the
/// field <c>server</c> of what is deleted: what it hangs on now, not what it shall hang on next.
/// </summary>
public sealed record LifecycleStep(string Name, string Type, string IdField);
