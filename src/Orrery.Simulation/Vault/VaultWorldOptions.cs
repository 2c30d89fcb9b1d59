using Orrery.Model.Values;

namespace Orrery.Simulation.Vault;

/// <summary>What a simulated Vault is like before the first request arrives.</summary>
public sealed record VaultWorldOptions
{
    /// <summary>The wall clock when the world begins; all timestamps are this plus the virtual time.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What tokens are drawn from.</summary>
    public ulong Seed { get; init; }

    /// <summary>May do everything and never runs out; null for a server that nobody initialized yet. Secret.</summary>
    public string? RootToken { get; init; }

    /// <summary>Namespaces beside the root's, for example <c>platform</c>.</summary>
    public ValueList<string> Namespaces { get; init; } = [];

    /// <summary>Reviews service accounts' tokens for the Kubernetes login; null where there is no API server.</summary>
    public ITokenReviewer? Reviewer { get; init; }

    /// <summary>Requests per second of which each further one is refused; 0 for no quota.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>A read. Assumed: a few milliseconds inside one data centre.</summary>
    public TimeSpan Read { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>A change, which is on disk before it is answered. Assumed.</summary>
    public TimeSpan Change { get; init; } = TimeSpan.FromMilliseconds(15);
}

/// <summary>The API server that says whose token it is.</summary>
public interface ITokenReviewer
{
    /// <summary>Whose token this is, or null where it is none, has run out or its account is gone.</summary>
    ReviewedAccount? Review(string token);
}

/// <summary>A service account as its token shows it.</summary>
/// <param name="Audiences">For whom the token is meant.</param>
public sealed record ReviewedAccount(string Namespace, string Name, string Uid, ValueList<string> Audiences);
