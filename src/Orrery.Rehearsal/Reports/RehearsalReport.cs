using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Rehearsal.Reports;

/// <summary>What a rehearsal showed. Everything in it is simulated.</summary>
public sealed record RehearsalReport
{
    public required string Platform { get; init; }

    public required string Scenario { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>
    /// <c>converged</c>; <c>failed</c> when a step did not end well; <c>diverged</c> when all did, but with another
    /// state than the first <c>up</c> or the uninterrupted run.
    /// </summary>
    public required string Outcome { get; init; }

    public required double SimulatedSeconds { get; init; }

    public required ValueList<StepReport> Steps { get; init; }

    /// <summary>By provider: all requests, and those that change things.</summary>
    public required ValueMap<RequestCount> Requests { get; init; }

    public required ValueMap<int> Faults { get; init; }

    public required ValueList<ClusterReport> Clusters { get; init; }

    /// <summary>
    /// By strategy: how long some host of an Ingress was without an answer at the platform's public address; where
    /// there are no hosts, the same as <see cref="KubernetesDowntimeSeconds"/>.
    /// </summary>
    public required ValueMap<double> DowntimeSeconds { get; init; }

    /// <summary>
    /// By strategy: how long the platform's public address led to no machine whose Kubernetes runs.
    /// </summary>
    public ValueMap<double> KubernetesDowntimeSeconds { get; init; } = ValueMap<double>.Empty;

    /// <summary>Euros; null where the price list does not name everything.</summary>
    public required decimal? CostPerMonth { get; init; }

    public required ValueList<string> Orphans { get; init; }

    public required ValueList<InvariantReport> Invariants { get; init; }

    public CrashReport? Crashes { get; init; }

    /// <summary>Null unless a step failed: whether the same command without faults then converged.</summary>
    public bool? Recovered { get; init; }

    /// <summary>The command that plays exactly this again.</summary>
    public required string Repeat { get; init; }

    public bool IsGood => Outcome == "converged" && Orphans.Count == 0 && Invariants.All(invariant => invariant.Holds)
        && Crashes is null or { IsGood: true };

    /// <summary>The report of an exploration with another share of it.</summary>
    public RehearsalReport With(CrashReport share)
    {
        var all = Crashes?.And(share) ?? share;
        return this with
        {
            Crashes = all,
            Outcome = all.HasFailed ? "failed" : Outcome == "converged" && !all.IsGood ? "diverged" : Outcome,
        };
    }
}

/// <summary>One step of a scenario.</summary>
public sealed record StepReport
{
    public required string Name { get; init; }

    /// <summary>
    /// <c>converged</c>, <c>failed</c>, or <c>refused</c>: a rebuild that would have lost what pods have written.
    /// </summary>
    public required string Outcome { get; init; }

    public required double SimulatedSeconds { get; init; }

    /// <summary>The longest path through the step's work at the world's own speed.</summary>
    public required double CriticalPathSeconds { get; init; }

    public required Plan? Plan { get; init; }

    public required ValueList<TimelineReport> Timeline { get; init; }

    /// <summary>Why it failed.</summary>
    public ValueList<Diagnostic> Diagnostics { get; init; } = [];
}

/// <summary>One change, in seconds since the step began.</summary>
/// <param name="IsCritical">It lies on the longest path.</param>
public sealed record TimelineReport(
    ResourceAddress Address, ChangeAction Action, double Start, double End, ValueList<ResourceAddress> After,
    bool IsCritical);

/// <summary>Requests over the wire.</summary>
public sealed record RequestCount(int Total, int Mutating)
{
    /// <summary>What the provider allows in an hour; null where it names no limit.</summary>
    public int? BudgetPerHour { get; init; }
}

/// <summary>A cluster at its last converged moment.</summary>
public sealed record ClusterReport(string Name, int Nodes, int NodesReady, ValueList<ComponentReport> Components);

/// <summary>A component of a cluster.</summary>
/// <param name="Health">Healthy, Progressing, Degraded, Suspended, Missing or Unknown, as Argo CD says it.</param>
public sealed record ComponentReport(string Name, string Health);

/// <summary>One of the ten promises.</summary>
public sealed record InvariantReport(string Name, bool Holds, int Checked, ValueList<string> Breaches);

/// <summary>What killing the engine at every possible moment showed.</summary>
public sealed record CrashReport
{
    public required int Points { get; init; }

    public required int MutatingRequests { get; init; }

    public required int JournalWrites { get; init; }

    public required int Converged { get; init; }

    public required int Orphans { get; init; }

    public required int Duplicates { get; init; }

    /// <summary>For each point that did not converge: the command that repeats it, and what was wrong.</summary>
    public ValueList<string> Failures { get; init; } = [];

    /// <summary>After some death a step ended as failed, and did not just lead to something else.</summary>
    public bool HasFailed { get; init; }

    public bool IsGood => Converged == Points && Orphans == 0 && Duplicates == 0;

    /// <summary>This share of an exploration with another of the same.</summary>
    public CrashReport And(CrashReport other) => this with
    {
        Points = Points + other.Points,
        Converged = Converged + other.Converged,
        Orphans = Orphans + other.Orphans,
        Duplicates = Duplicates + other.Duplicates,
        HasFailed = HasFailed || other.HasFailed,
        Failures = [.. Failures, .. other.Failures],
    };
}
