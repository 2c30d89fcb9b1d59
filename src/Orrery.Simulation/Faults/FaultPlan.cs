using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Faults;

/// <summary>
/// Decides what goes wrong: a pure function of the seed, the request and how often it was tried, so that a run repeats
/// and a crash in it shifts nothing.
/// </summary>
/// <param name="applicable">Which kinds make sense for a request of this vendor, in a fixed order.</param>
public sealed class FaultPlan(ulong seed, FaultProfile profile, Func<WorldRequest, IReadOnlyList<FaultKind>> applicable)
{
    // A request across the Internet inside Europe takes tens of milliseconds each way. Assumed.
    private static readonly TimeSpan LatencyMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LatencySpread = TimeSpan.FromMilliseconds(20);

    // A late request comes after clients with a timeout of up to half a minute gave up; a slow reply now and then.
    private static readonly TimeSpan LateMin = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan LateSpread = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SlowMin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SlowSpread = TimeSpan.FromSeconds(30);

    /// <summary>What share of the attempts goes wrong.</summary>
    public double Share { get; } = profile switch
    {
        FaultProfile.None => 0,
        FaultProfile.Light => 0.05,
        _ => 0.25,
    };

    /// <summary>So many attempts of one request in a row may go wrong; the next one does not.</summary>
    public int ConsecutiveMax { get; } = profile == FaultProfile.Storm ? 4 : 2;

    /// <summary>What happens to an attempt.</summary>
    /// <param name="attempt">How often this same request was sent, this time included: 1 for the first.</param>
    public Fault For(WorldRequest request, int attempt)
    {
        var dice = StableHash.Of(seed).And(RequestIdentity.Of(request).Value).And((ulong)attempt);
        var kind = KindFor(request, attempt, dice);
        return new Fault
        {
            Kind = kind,
            LatencyOut = Between(LatencyMin, LatencySpread, dice.And("out").Share),
            LatencyBack = Between(LatencyMin, LatencySpread, dice.And("back").Share),
            Delay = kind switch
            {
                FaultKind.LateRequest => Between(LateMin, LateSpread, dice.And("delay").Share),
                FaultKind.SlowReply => Between(SlowMin, SlowSpread, dice.And("delay").Share),
                _ => TimeSpan.Zero,
            },
        };
    }

    private FaultKind? KindFor(WorldRequest request, int attempt, StableHash dice)
    {
        // Every so many attempts one gets through, so that trying again wins in the end.
        var mustPass = attempt % (ConsecutiveMax + 1) == 0;
        if (mustPass || dice.And("whether").Share >= Share)
            return null;
        var kinds = applicable(request);
        return kinds.Count == 0 ? null : kinds[(int)(dice.And("which").Value % (ulong)kinds.Count)];
    }

    // Whole milliseconds: all times in a timeline are.
    private static TimeSpan Between(TimeSpan least, TimeSpan spread, double share) =>
        least + TimeSpan.FromMilliseconds((long)(spread.TotalMilliseconds * share));
}
