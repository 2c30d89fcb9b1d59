using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>The declaration as meant: defaults filled in, names resolved, nothing null that must be there.</summary>
public sealed record Platform
{
    public required string Name { get; init; }

    /// <summary>
    /// Marks all that the platform makes, everywhere: its name and eight hexadecimal characters of a SHA-256 of the
    /// repository's URL and path, unless <c>spec.id</c> says otherwise. A valid Hetzner label value.
    /// </summary>
    public required string Id { get; init; }

    public required Recovery Recovery { get; init; }

    public required Repository Repository { get; init; }

    /// <summary>Below which names are made, for example <c>example.org</c>; null where no names are made.</summary>
    public string? Domain { get; init; }

    /// <summary>Null where no certificates are ordered.</summary>
    public Acme? Acme { get; init; }

    /// <summary>People with an account, by the name that they log in with.</summary>
    public ValueMap<User> Users { get; init; } = ValueMap<User>.Empty;

    /// <summary>In order of their names.</summary>
    public required ValueMap<Cluster> Clusters { get; init; }

    /// <summary>
    /// As if every cluster were declared to be rebuilt like this, with its own way with a node's public address.
    /// </summary>
    public Platform RebuiltBy(RebuildStrategy strategy) => this with
    {
        Clusters = Clusters.Map((_, cluster) => cluster with
        {
            RebuildStrategy = strategy,
            KeepsPrimaryIps = strategy == RebuildStrategy.InPlace,
        }),
    };
}

/// <summary>Somebody with an account.</summary>
public sealed record User(string Email, ValueList<string> Groups);

/// <summary>Who can open the platform's secrets and state: age recipients, and where our identity is found.</summary>
public sealed record Recovery(ValueList<string> Recipients, SecretReference Identity);
