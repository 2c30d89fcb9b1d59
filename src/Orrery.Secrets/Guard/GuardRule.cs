namespace Orrery.Secrets.Guard;

/// <summary>What is wrong where a rule finds something.</summary>
public enum GuardKind
{
    /// <summary>A key that opens or signs stands in clear.</summary>
    PrivateKey,

    /// <summary>What a service gave to let somebody in, known by its shape.</summary>
    Token,

    /// <summary>A value that only chance writes, at a name that says it is secret.</summary>
    Password,

    /// <summary>A Kubernetes Secret stands in clear.</summary>
    KubernetesSecret,

    /// <summary>A creation rule of SOPS covers it, and it is not encrypted.</summary>
    Unencrypted,

    /// <summary>It is encrypted, and nothing in the cluster would decrypt it.</summary>
    Undecrypted,

    /// <summary>An allowance gives no reason, or cannot be read.</summary>
    Allowance,

    /// <summary>An allowance allows nothing.</summary>
    UnusedAllowance,

    /// <summary>A file was too large to be searched.</summary>
    NotSearched,
}

/// <summary>One thing that is looked for.</summary>
/// <param name="Name">As allowances and reports have it, for example <c>github-token</c>; never changes.</param>
/// <param name="Title">What it finds, for a sentence: <c>a GitHub token</c>.</param>
public sealed record GuardRule(string Name, GuardKind Kind, string Title);
