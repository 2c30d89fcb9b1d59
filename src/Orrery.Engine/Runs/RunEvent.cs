using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Runs;

/// <summary>Something that happened in a run, for whoever shows or records it. Never carries a secret.</summary>
public abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>Another run holds the state; told again about every second.</summary>
    public sealed record WaitingForLease(LeaseRecord Holder) : RunEvent;

    /// <summary>A dead run left its journal; this one goes on from there.</summary>
    public sealed record Resumed : RunEvent;

    public sealed record Planned(Plan Plan) : RunEvent;

    /// <summary>A cluster's data lie encrypted beside the state.</summary>
    /// <param name="Name">Of the file there.</param>
    /// <param name="Bytes">How long the data are.</param>
    public sealed record Kept(string Cluster, string Name, long Bytes) : RunEvent;

    public sealed record Started(ResourceAddress Address, ChangeAction Action) : RunEvent;

    public sealed record Waiting(ResourceAddress Address, WaitState State) : RunEvent;

    public sealed record Retrying(ResourceAddress Address, string Reason, TimeSpan After) : RunEvent;

    public sealed record Finished(ResourceAddress Address, ChangeAction Action) : RunEvent;

    public sealed record Failed(ResourceAddress Address, Diagnostic Diagnostic) : RunEvent;

    /// <summary>Not begun: something that it needs failed, or the run was interrupted.</summary>
    public sealed record Skipped(ResourceAddress Address, string Reason) : RunEvent;
}

/// <summary>Watches a run. Called in the order of events, never two at once; must not block.</summary>
public interface IRunObserver
{
    void On(RunEvent happened);
}
