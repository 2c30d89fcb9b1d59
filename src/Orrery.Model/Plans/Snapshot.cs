using Orrery.Model.Values;

namespace Orrery.Model.Plans;

/// <summary>What was seen in the clouds at one moment.</summary>
public sealed record Snapshot
{
    /// <summary>By resource address: the newest generation that is there.</summary>
    public required ValueMap<Live> Live { get; init; }

    /// <summary>By resource address: older generations that are still there.</summary>
    public ValueMap<ValueList<Live>> Older { get; init; } = ValueMap<ValueList<Live>>.Empty;

    /// <summary>
    /// Things that carry our platform's id, but an address that neither the declaration nor the state knows.
    /// </summary>
    public ValueList<Live> Strays { get; init; } = [];

    public static Snapshot Empty { get; } = new() { Live = ValueMap<Live>.Empty };
}

/// <summary>One thing as seen.</summary>
public sealed record Live
{
    public required ResourceAddress Address { get; init; }

    public required string Id { get; init; }

    /// <summary>From its label; 1 where the kind carries none.</summary>
    public required int Generation { get; init; }

    /// <summary>Whose address its label names, as a hash; null where the kind carries none.</summary>
    public string? OwnerHash { get; init; }

    /// <summary>Its label says that it is ours, or it hangs on something that is.</summary>
    public required bool IsOurs { get; init; }

    public required bool IsReady { get; init; }

    public required Value.Map Properties { get; init; }

    public required Value.Map Outputs { get; init; }
}
