using Orrery.Model.Values;

namespace Orrery.Simulation.Hetzner.State;

internal enum ActionStatus
{
    Running,
    Success,
    Error,
}

/// <summary>A piece of work that goes on after its request was answered.</summary>
internal sealed class CloudAction
{
    public required long Id { get; init; }

    public required string Command { get; init; }

    public required ValueList<ActionResource> Resources { get; init; }

    /// <summary>When the request for it arrived.</summary>
    public required TimeSpan Started { get; init; }

    /// <summary>When its work begins: later than <see cref="Started"/> when it waits for another action.</summary>
    public required TimeSpan Begins { get; init; }

    public required TimeSpan Due { get; init; }

    public required ActionWork Work { get; init; }

    /// <summary>Fails when that one fails.</summary>
    public CloudAction? After { get; init; }

    public string? Tag { get; init; }

    /// <summary>It was told to fail.</summary>
    public bool Doomed { get; init; }

    public ActionStatus Status { get; set; }

    public TimeSpan? Finished { get; set; }

    public int ProgressAt(TimeSpan now)
    {
        if (Status != ActionStatus.Running)
            return 100;
        if (now <= Begins)
            return 0;
        return (int)Math.Min(99, (now - Begins).Ticks * 100 / Math.Max(1, (Due - Begins).Ticks));
    }
}

internal sealed record ActionResource(string Type, long Id);

/// <summary>What an action holds while it runs and does when it ends.</summary>
internal sealed record ActionWork
{
    /// <summary>Nobody else may change these meanwhile.</summary>
    public IReadOnlyList<Entity> Holds { get; init; } = [];

    /// <summary>The effect; takes the time of the end.</summary>
    public Action<TimeSpan>? Succeed { get; init; }

    /// <summary>What is undone when it fails.</summary>
    public Action<TimeSpan>? Fail { get; init; }
}
