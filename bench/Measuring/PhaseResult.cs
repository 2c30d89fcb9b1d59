namespace Orrery.Bench.Measuring;

/// <summary>What one phase cost.</summary>
internal sealed record PhaseResult
{
    public required string Name { get; init; }

    public required TimeSpan Wall { get; init; }

    /// <summary>Of all threads together.</summary>
    public required TimeSpan Cpu { get; init; }

    /// <summary>The most that was resident; null where the system does not tell.</summary>
    public required long? PeakBytes { get; init; }

    /// <summary>All that was asked of the heap, also what was given back: the same on every machine.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>How often something was made durable.</summary>
    public long Flushes { get; init; }

    public long JournalBytes { get; init; }
}

/// <summary>One graph's way through the engine.</summary>
/// <param name="StateBytes">The size of the state file after the apply.</param>
internal sealed record GraphResult(string Shape, int Resources, IReadOnlyList<PhaseResult> Phases, long StateBytes)
{
    public double StateBytesPerResource => (double)StateBytes / Resources;
}
