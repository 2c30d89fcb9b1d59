using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>
/// One line of the journal. The state is what is left when all lines are followed in order, so a run that died has lost
/// nothing that it had begun.
/// </summary>
internal abstract record JournalRecord
{
    private JournalRecord()
    {
    }

    /// <summary>A run began, with the generations that it sets out to reach.</summary>
    public sealed record Begin(string Verb, ValueMap<int> Goals) : JournalRecord;

    /// <summary>A resource as it is from here on: pending before a change is made, final after it.</summary>
    /// <param name="About">For people who read the journal, for example <c>create begins</c>.</param>
    public sealed record Put(string About, RecordedResource Resource) : JournalRecord;

    /// <summary>A resource that is no more.</summary>
    public sealed record Forget(ResourceAddress Address) : JournalRecord;
}
