using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Faults;

/// <summary>How much goes wrong.</summary>
public enum FaultProfile
{
    None,

    /// <summary>A bad day: every request gets through when it is tried often enough.</summary>
    Light,

    /// <summary>Everything at once, and again.</summary>
    Storm,
}

/// <summary>
/// What happens to one attempt of one request. The network's part is played by the transport: a lost request never
/// arrives; a lost reply never comes back, though the request arrived; a late request arrives <see cref="Delay"/>
/// later, after its sender gave up; a reset breaks the connection after the request arrived; a slow reply takes
/// <see cref="Delay"/> more.
/// </summary>
public sealed record Fault
{
    /// <summary>Null when nothing goes wrong.</summary>
    public FaultKind? Kind { get; init; }

    /// <summary>From the client to the world.</summary>
    public required TimeSpan LatencyOut { get; init; }

    /// <summary>From the world to the client.</summary>
    public required TimeSpan LatencyBack { get; init; }

    /// <summary>How much later a late request arrives, or a slow reply comes; zero for the others.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>To set on the <see cref="WorldRequest"/>.</summary>
    public WorldFault? World => Kind is { } kind ? FaultKinds.PlayedByWorld(kind) : null;
}
