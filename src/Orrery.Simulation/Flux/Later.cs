namespace Orrery.Simulation.Flux;

/// <summary>When a controller looks at an object again, if nothing calls it before.</summary>
/// <param name="IsPoll">It only looks for news, and changes nothing where there are none.</param>
internal sealed record Later(TimeSpan After, bool IsPoll)
{
    public static Later Step(TimeSpan after) => new(after, false);

    public static Later Poll(TimeSpan after) => new(after, true);
}
