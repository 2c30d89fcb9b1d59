using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Runs;

/// <summary>What a run is for.</summary>
public enum RunVerb
{
    Up,
    Rebuild,
    Destroy,

    /// <summary>The same as up, with keys made again.</summary>
    Rotate,

    /// <summary>One stage of an upgrade.</summary>
    Upgrade,
}

/// <summary>A key that is made again; the one before stays where something still needs it.</summary>
/// <param name="Key">One of <see cref="Model.Platforms.KeyNames"/>.</param>
/// <param name="Generation">The one to reach; null for the next one. Said, a second run makes nothing.</param>
public sealed record RotatedKey(string Cluster, string Key, int? Generation = null);

/// <summary>What a user asks of one run.</summary>
public sealed record RunRequest
{
    public required RunVerb Verb { get; init; }

    /// <summary>For <see cref="RunVerb.Rebuild"/>: only this cluster's machines; null for all.</summary>
    public string? Cluster { get; init; }

    /// <summary>For <see cref="RunVerb.Upgrade"/>: what changes.</summary>
    public UpgradeStage? Stage { get; init; }

    /// <summary>For <see cref="RunVerb.Upgrade"/>: the cluster's data are kept before anything changes.</summary>
    public bool KeepsSnapshot { get; init; }

    /// <summary>For <see cref="RunVerb.Rotate"/>: which keys are made again.</summary>
    public ValueList<RotatedKey> Rotated { get; init; } = [];

    /// <summary>Asked once, with the plan, unless the plan is empty.</summary>
    public required Func<PlannedRun, CancellationToken, Task<bool>> Confirm { get; init; }
}

/// <summary>A plan and what it means in money.</summary>
/// <param name="CostPerMonth">
/// Gross euros for the whole platform after the plan; null where a price is not known.
/// </param>
public sealed record PlannedRun(Plan Plan, decimal? CostPerMonth)
{
    /// <summary>The same for what is there before the plan.</summary>
    public decimal? CostPerMonthBefore { get; init; }

    /// <summary>Made from the recorded state, without asking a cloud.</summary>
    public bool IsOffline { get; init; }

    /// <summary>
    /// What the clouds say of the declaration before anything is made; an error among them stops a run.
    /// </summary>
    public ValueList<Diagnostic> Diagnostics { get; init; } = [];
}

/// <summary>How a user stops a run.</summary>
/// <param name="Graceful">Begin nothing new, finish what runs, save.</param>
/// <param name="Forceful">Abandon what runs; the next run picks it up.</param>
public sealed record Interruption(CancellationToken Graceful, CancellationToken Forceful)
{
    public static Interruption None { get; } = new(CancellationToken.None, CancellationToken.None);
}
