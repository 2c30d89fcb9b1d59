using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>On whose behalf a provider works, and how it tells what it waits for.</summary>
/// <param name="Address">The resource. Tags each request (<see cref="RequestTags.Address"/>).</param>
/// <param name="Waiting">Called whenever what is waited for, or its last seen value, changes.</param>
public sealed record OperationContext(ResourceAddress Address, Action<WaitState> Waiting)
{
    /// <summary>The whole platform goes: nothing need be left in order for others.</summary>
    public bool EndsAll { get; init; }

    /// <summary>
    /// How long this and what waits for it usually take: of several that wait for one turn, the longest goes first.
    /// </summary>
    public TimeSpan Remaining { get; init; }

    /// <summary>
    /// How much later this could begin without the end coming later, by what each piece usually takes.
    /// </summary>
    public TimeSpan Slack { get; init; }

    public static OperationContext Silent(ResourceAddress address) => new(address, static _ => { });
}

/// <summary>
/// What an operation waits for, for example <c>create_server</c>, and what it saw last, for example <c>running, 40
/// %</c>.
/// </summary>
public sealed record WaitState(string Condition, string LastSeen);

/// <summary>Keys of what a request carries inside the process, beside what goes over the wire.</summary>
public static class RequestTags
{
    /// <summary>The address of the resource that a request serves.</summary>
    public static readonly HttpRequestOptionsKey<string> Address = new("orrery.address");
}
