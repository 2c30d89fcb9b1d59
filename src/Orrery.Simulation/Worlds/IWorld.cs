using System.Collections.Frozen;
using Orrery.Model.Values;

namespace Orrery.Simulation.Worlds;

/// <summary>
/// One simulated vendor behind the wire: plain synchronous data and functions. No tasks, no clock, no locks; the same
/// requests at the same times give the same replies. Nothing of it is real: every figure that comes of it is simulated.
/// </summary>
public interface IWorld
{
    /// <summary>For example <c>hetzner</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Answers one request that arrives at <paramref name="now"/> (since the world began; never goes back).
    /// </summary>
    WorldReply Handle(WorldRequest request, TimeSpan now);

    /// <summary>What the vendor itself needed for each piece of work, for the critical path.</summary>
    IReadOnlyList<ServiceRecord> Service { get; }
}

/// <summary>A request as it arrives.</summary>
public sealed record WorldRequest
{
    public required string Method { get; init; }

    /// <summary>With its leading slash, without the query: <c>/v1/servers</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Without the question mark, still encoded; empty when there is none.</summary>
    public string Query { get; init; } = "";

    /// <summary>By lower-case name.</summary>
    public ValueMap<string> Headers { get; init; } = ValueMap<string>.Empty;

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// The address of the resource that the request serves, where the transport knows it; only for the service log.
    /// </summary>
    public string? Tag { get; init; }

    /// <summary>The calls of Talos' machine API that change a machine; all calls of gRPC are POST.</summary>
    private static readonly FrozenSet<string> Calls = FrozenSet.Create(
        StringComparer.Ordinal, "ApplyConfiguration", "Bootstrap", "EtcdForfeitLeadership", "EtcdRemoveMemberByID",
        "Reboot", "Reset", "Shutdown", "Upgrade");

    /// <summary>
    /// It changes something that others see. Not so what only gives a token to whoever asks: a token of a service
    /// account, a login, a ticket for a console. Unused, it runs out.
    /// </summary>
    public bool IsChange => IsCall ? Calls.Contains(Path[(Path.LastIndexOf('/') + 1)..]) : Method != "GET"
        && !(Path.Contains("/serviceaccounts/", StringComparison.Ordinal)
            && Path.EndsWith("/token", StringComparison.Ordinal))
        && !(Path.Contains("/v1/auth/", StringComparison.Ordinal)
            && Path.EndsWith("/login", StringComparison.Ordinal))
        && !Path.EndsWith("/termproxy", StringComparison.Ordinal);

    private bool IsCall => Headers.TryGetValue("content-type", out var type)
        && type.StartsWith("application/grpc", StringComparison.Ordinal);

    /// <summary>What shall go wrong, or null. A world ignores what makes no sense for this request.</summary>
    public WorldFault? Fault { get; init; }
}

/// <summary>A world's answer.</summary>
public sealed record WorldReply
{
    /// <summary>Of HTTP, or 0 where nothing listens: the connection is refused.</summary>
    public required int Status { get; init; }

    /// <summary>By lower-case name.</summary>
    public ValueMap<string> Headers { get; init; } = ValueMap<string>.Empty;

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// What follows the body for as long as the connection lasts (a watch); null where the body is all.
    /// </summary>
    public IReplyStream? Stream { get; init; }

    /// <summary>By lower-case name: what HTTP sends after the body. A stream has its own.</summary>
    public ValueMap<string> Trailers { get; init; } = ValueMap<string>.Empty;

    /// <summary>
    /// Where nothing listens for this client: the fingerprint of the certificate that the server shows and the client
    /// does not accept. Null where the connection is simply refused.
    /// </summary>
    public string? OtherFingerprint { get; init; }

    /// <summary>The one that the client accepts; empty where it knows none.</summary>
    public string ExpectedFingerprint { get; init; } = "";

    /// <summary>How long the vendor works on the request before it answers.</summary>
    public required TimeSpan ServiceTime { get; init; }

    /// <summary>The requested fault was really played.</summary>
    public bool Injected { get; init; }
}

/// <summary>A reply that goes on: bytes that arrive as the world makes them.</summary>
public interface IReplyStream
{
    /// <summary>The server has closed it; nothing comes after what <see cref="Take"/> still gives.</summary>
    bool IsEnded { get; }

    /// <summary>Called by the world each time that there is more to take, or that it ends.</summary>
    Action Arrived { get; set; }

    /// <summary>Everything that has arrived since the last call; empty when nothing has.</summary>
    ReadOnlyMemory<byte> Take();

    /// <summary>By lower-case name: what follows the last byte. Known once it has ended.</summary>
    ValueMap<string> Trailers => ValueMap<string>.Empty;

    /// <summary>The client is gone.</summary>
    void Close();
}

/// <summary>What a vendor can do wrong by itself, apart from what the network does.</summary>
public enum WorldFault
{
    /// <summary>429 although the budget is not used up: others of the project use it.</summary>
    RateLimited,

    /// <summary>A 5xx before anything happened.</summary>
    ErrorBefore,

    /// <summary>A 5xx although everything happened.</summary>
    ErrorAfter,

    /// <summary>A list that does not show the last changes yet.</summary>
    StaleList,

    /// <summary>No machine of this type left in this place.</summary>
    ResourceUnavailable,

    /// <summary>The thing is locked by another change.</summary>
    Locked,

    /// <summary>The request is accepted and its action fails later.</summary>
    ActionFails,

    /// <summary>The action takes ten times as long.</summary>
    ActionSlow,
}

/// <summary>A piece of the vendor's own work.</summary>
/// <param name="Tag">The resource's address, where known.</param>
/// <param name="What">For example <c>POST /servers</c> or the action <c>create_server</c>.</param>
public sealed record ServiceRecord(string? Tag, string What, TimeSpan Start, TimeSpan End);
