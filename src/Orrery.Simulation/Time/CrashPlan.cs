namespace Orrery.Simulation.Time;

/// <summary>
/// Counts the moments at which an engine may die, and says when it shall: at the Nth of them, or never. Every mutating
/// request has three (before it is sent, after its effect, after its reply), every journal write three (before, torn,
/// after).
/// </summary>
public sealed class CrashPlan(int? killAt)
{
    public int MutatingRequests { get; private set; }

    public int JournalWrites { get; private set; }

    public int Points { get; private set; }

    public void CountRequest() => MutatingRequests++;

    public void CountJournalWrite() => JournalWrites++;

    /// <summary>One such moment; true when it is the one.</summary>
    public bool IsHere() => ++Points == killAt;
}
