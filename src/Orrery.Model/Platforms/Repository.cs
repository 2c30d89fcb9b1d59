namespace Orrery.Model.Platforms;

/// <summary>The Git repository that the platform lives in, and that its clusters follow.</summary>
public sealed record Repository
{
    /// <summary>Without credentials, for example <c>https://github.com/example/platform</c>.</summary>
    public required string Url { get; init; }

    /// <summary>The branch that clusters follow.</summary>
    public string Branch { get; init; } = "main";

    /// <summary>The folder that the rendered tree is written to; <c>.</c> is the root.</summary>
    public string Path { get; init; } = ".";

    /// <summary>Pushes the rendered tree. Clusters read with a deploy key of their own.</summary>
    public SecretReference? Token { get; init; }

    public PushMode Push { get; init; } = PushMode.Direct;

    /// <summary>How old a cluster's deploy key becomes before it is replaced; null: it stays.</summary>
    public TimeSpan? DeployKeyRotateAfter { get; init; }
}

/// <summary>How the rendered tree reaches the branch.</summary>
public enum PushMode
{
    Direct,
    PullRequest,
}

/// <summary>Certificates from Let's Encrypt.</summary>
/// <param name="Email">Where warnings about certificates go.</param>
public sealed record Acme(string Email, AcmeEnvironment Environment, AcmeChallenge Challenge);

/// <summary>Browsers trust production; staging has no tight limits.</summary>
public enum AcmeEnvironment
{
    Production,
    Staging,
}

/// <summary>How a name is proved to be ours.</summary>
public enum AcmeChallenge
{
    /// <summary>TLS-ALPN-01, on port 443.</summary>
    Tls,

    /// <summary>HTTP-01, on port 80.</summary>
    Http,

    /// <summary>DNS-01, by records that PowerDNS in the cluster takes from who has the key.</summary>
    PowerDns,
}
