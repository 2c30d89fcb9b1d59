using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Model.Plans;

/// <summary>
/// What is remembered of a platform between runs; the plan reads it, only the state store knows its file.
/// </summary>
public sealed record Recorded
{
    public required string PlatformId { get; init; }

    /// <summary>Grows with each checkpoint.</summary>
    public required long Serial { get; init; }

    public required ValueMap<RecordedResource> Resources { get; init; }

    /// <summary>
    /// Generations that a rebuild set out to reach and has not confirmed yet; a run that died goes on from here.
    /// </summary>
    public ValueMap<int> Goals { get; init; } = ValueMap<int>.Empty;

    public static Recorded Nothing(string platformId) =>
        new() { PlatformId = platformId, Serial = 0, Resources = ValueMap<RecordedResource>.Empty };
}

/// <summary>One resource as it was when we last changed it.</summary>
public sealed record RecordedResource
{
    public required ResourceAddress Address { get; init; }

    /// <summary>The cloud's id; null while nothing is there: between the halves of a replacement.</summary>
    public required string? Id { get; init; }

    /// <summary>The generation that the id has or, without one, the last that was there.</summary>
    public required int Generation { get; init; }

    /// <summary>Made by us, so deleted by us. False for what was found and is only used.</summary>
    public required bool IsOurs { get; init; }

    /// <summary>What was asked for, resolved; write-only fields as digests.</summary>
    public required Value.Map Inputs { get; init; }

    public required Value.Map Outputs { get; init; }

    public required ValueList<ResourceAddress> Needs { get; init; }

    public required Lifecycle Lifecycle { get; init; }

    /// <summary>Older generations that are replaced but not deleted yet.</summary>
    public ValueList<RecordedInstance> Deposed { get; init; } = [];

    /// <summary>A change was begun whose end is not recorded.</summary>
    public bool IsPending { get; init; }
}

/// <summary>A replaced thing that waits for its deletion.</summary>
public sealed record RecordedInstance(string Id, int Generation, Value.Map Inputs);
