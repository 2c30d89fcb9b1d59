using Orrery.Model.Plans;

namespace Orrery.Rehearsal.Checkers;

/// <summary>Compares what two runs remember of a platform.</summary>
internal static class StateDifference
{
    /// <summary>
    /// The first difference in words, or null. The serial counts checkpoints, and a crash costs one more; all else must
    /// be equal.
    /// </summary>
    public static string? Between(Recorded actual, Recorded expected)
    {
        if (!actual.Goals.Equals(expected.Goals))
            return $"goals {actual.Goals} instead of {expected.Goals}";
        foreach (var (address, resource) in expected.Resources)
        {
            if (!actual.Resources.TryGetValue(address, out var other))
                return $"{address} is missing in the state";
            if (!resource.Equals(other))
                return $"{address} is {other} instead of {resource}";
        }

        return actual.Resources.Count == expected.Resources.Count ? null : "the state has more than it should";
    }
}
