using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;

namespace Orrery.Simulation.Vault;

/// <summary>Everything that one namespace of the simulated server holds.</summary>
internal sealed class Realm(VaultWorldOptions options, string name)
{
    private ulong _drawn;

    public VaultWorldOptions Options => options;

    public SortedDictionary<string, Mount> Engines { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, LoginMethod> Logins { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Policy> Policies { get; } = new(StringComparer.Ordinal)
    {
        ["default"] = Policy.Parse(DefaultPolicy),
    };

    public Dictionary<string, Token> Tokens { get; } = new(StringComparer.Ordinal);

    // What every token may do with itself; shortened.
    private const string DefaultPolicy =
        """
        path "auth/token/lookup-self" { capabilities = ["read"] }
        path "auth/token/renew-self" { capabilities = ["update"] }
        path "auth/token/revoke-self" { capabilities = ["update"] }
        """;

    public Token Issue(IReadOnlyList<string> policies, string displayName, DateTimeOffset? expires)
    {
        var token = new Token(Draw("s.", 24), Draw("", 24), policies, displayName) { Expires = expires };
        Tokens.Add(token.Id, token);
        return token;
    }

    /// <summary>The same texts in the same order for the same seed.</summary>
    public string Draw(string prefix, int characters)
    {
        var text = "";
        while (text.Length < characters)
        {
            _drawn++;
            text += StableHash.Of(options.Seed).And(name).And(_drawn).Value
                .ToString("x16", CultureInfo.InvariantCulture);
        }

        return prefix + text[..characters];
    }

    /// <summary>As identifiers of requests and mounts are written.</summary>
    public string DrawGuid()
    {
        var text = Draw("", 32);
        return $"{text[..8]}-{text[8..12]}-{text[12..16]}-{text[16..20]}-{text[20..]}";
    }
}

/// <summary>An engine at its path.</summary>
internal sealed class Mount(string type, string version, string description, string uuid)
{
    public string Type => type;

    /// <summary>Of KV: 1 or 2.</summary>
    public string Version => version;

    public string Description => description;

    public string Uuid => uuid;

    public SortedDictionary<string, Document> Documents { get; } = new(StringComparer.Ordinal);

    public int MaxVersions { get; set; }

    public bool IsCasRequired { get; set; }
}

/// <summary>A login method at its path.</summary>
internal sealed class LoginMethod(string type, string description, string uuid)
{
    public string Type => type;

    public string Description => description;

    public string Uuid => uuid;

    public string? KubernetesHost { get; set; }

    public SortedDictionary<string, Role> Roles { get; } = new(StringComparer.Ordinal);
}

/// <summary>Which service accounts get which policies.</summary>
internal sealed record Role(
    IReadOnlyList<string> Names, IReadOnlyList<string> Namespaces, string Audience, IReadOnlyList<string> Policies,
    int TtlSeconds);

/// <summary>Whoever shows it is let in.</summary>
internal sealed class Token(string id, string accessor, IReadOnlyList<string> policies, string displayName)
{
    public string Id => id;

    public string Accessor => accessor;

    public IReadOnlyList<string> Policies => policies;

    public string DisplayName => displayName;

    /// <summary>Null for ever.</summary>
    public DateTimeOffset? Expires { get; set; }

    public int TtlSeconds { get; set; }
}

/// <summary>A document of KV, version 2.</summary>
internal sealed class Document(DateTimeOffset made)
{
    public DateTimeOffset Made { get; } = made;

    public DateTimeOffset Changed { get; set; } = made;

    public int CurrentVersion { get; set; }

    public int OldestVersion { get; set; }

    public int MaxVersions { get; set; }

    public bool IsCasRequired { get; set; }

    public SortedDictionary<string, string> Custom { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<int, DocumentVersion> Versions { get; } = [];
}

/// <summary>One version of a document.</summary>
internal sealed class DocumentVersion(DateTimeOffset made, JsonObject data)
{
    public DateTimeOffset Made => made;

    /// <summary>Null once it is destroyed.</summary>
    public JsonObject? Data { get; set; } = data;

    public DateTimeOffset? Deleted { get; set; }

    public bool IsThere(DateTimeOffset now) => Data is not null && !(Deleted <= now);
}
