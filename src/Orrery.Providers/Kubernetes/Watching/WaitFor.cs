namespace Orrery.Providers.Kubernetes.Watching;

/// <summary>A state of one object to wait for.</summary>
/// <param name="Object">It need not be there yet, nor its kind.</param>
/// <param name="Condition">In words: <c>is available</c>.</param>
/// <param name="Holds">Asked of each state seen; null means that it is not there.</param>
/// <param name="Limit">How long to wait.</param>
public sealed record WaitFor(
    ObjectReference Object, string Condition, Func<KubernetesObject?, bool> Holds, TimeSpan Limit)
{
    /// <summary>A condition of its status, and that the status speaks of the newest declaration.</summary>
    public static WaitFor ConditionOf(ObjectReference reference, string type, TimeSpan limit) => new(
        reference, $"has the condition {type}",
        found => found is { IsTerminating: false } && IsObserved(found) && found.Condition(type) is { IsTrue: true },
        limit);

    public static WaitFor Existence(ObjectReference reference, TimeSpan limit) =>
        new(reference, "is there", static found => found is { IsTerminating: false }, limit);

    /// <param name="uid">Of that very object: one of the same name made later does not count.</param>
    public static WaitFor Absence(ObjectReference reference, string uid, TimeSpan limit) =>
        new(reference, "is gone", found => found is null || found.Uid != uid, limit);

    private static bool IsObserved(KubernetesObject found) =>
        found.Status?.Number("observedGeneration") is not { } observed
        || found.Metadata?.Number("generation") is not { } generation
        || observed >= generation;
}
