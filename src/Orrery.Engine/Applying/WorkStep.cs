using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Applying;

/// <summary>What a step does with its resource.</summary>
internal enum StepKind
{
    /// <summary>Deletes what is replaced or no longer declared.</summary>
    Remove,

    /// <summary>Deletes older generations that a replacement left behind.</summary>
    RemoveDeposed,

    Make,

    Update,

    /// <summary>Only the state learns what is.</summary>
    Record,

    /// <summary>Only the state lets go of what ends with something else.</summary>
    Forget,
}

/// <summary>A piece of work with what it must wait for. One change is one step, a replacement two.</summary>
internal sealed class WorkStep(Change change, StepKind kind, TimeSpan weight)
{
    public Change Change { get; } = change;

    public StepKind Kind { get; } = kind;

    public ResourceAddress Address => Change.Address;

    public List<WorkStep> After { get; } = [];

    public List<WorkStep> Before { get; } = [];

    /// <summary>How many of <see cref="After"/> are not done yet.</summary>
    public int Missing { get; set; }

    /// <summary>The usual duration of this and of the longest chain behind it.</summary>
    public TimeSpan Remaining { get; set; } = weight;

    /// <summary>The usual duration of the longest chain before this.</summary>
    public TimeSpan Head { get; set; }

    /// <summary>How much longer the longest chain of all is than the longest one through this.</summary>
    public TimeSpan Slack { get; set; }

    public TimeSpan Weight { get; } = weight;

    public bool IsSettled { get; set; }

    /// <summary>What the user is told that happens.</summary>
    public ChangeAction Action => Kind switch
    {
        StepKind.Remove or StepKind.RemoveDeposed or StepKind.Forget => ChangeAction.Delete,
        StepKind.Make => ChangeAction.Create,
        StepKind.Update => ChangeAction.Update,
        _ => ChangeAction.None,
    };

    /// <summary>The same edge twice does no harm: it is counted twice and taken away twice.</summary>
    public void WaitFor(WorkStep other)
    {
        if (ReferenceEquals(other, this))
            return;
        After.Add(other);
        other.Before.Add(this);
    }
}
