using Orrery.Model.Values;

namespace Orrery.Simulation.Kubernetes.Store;

/// <summary>How an object is written.</summary>
public sealed record WriteOptions
{
    /// <summary>The field manager: who will own what is written.</summary>
    public string Manager { get; init; } = "simulated";

    /// <summary>
    /// Empty for the object itself, or <c>status</c>, <c>scale</c>, <c>approval</c>, <c>finalize</c> …
    /// </summary>
    public string Subresource { get; init; } = "";

    /// <summary>Everything is checked and nothing is stored.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>An applied configuration takes over fields of other managers.</summary>
    public bool Force { get; init; }

    /// <summary>What happens with unknown fields: <c>Strict</c>, <c>Warn</c> or <c>Ignore</c>.</summary>
    public string FieldValidation { get; init; } = "Warn";

    /// <summary>Who asks; what is written by the cluster itself has no name.</summary>
    public Identity? Identity { get; init; }

    /// <summary>Told what the server warns of.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}

/// <summary>How an object is deleted.</summary>
public sealed record DeleteOptions
{
    /// <summary><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>; null for the kind's own.</summary>
    public string? Propagation { get; init; }

    /// <summary>Null for the object's own; 0 deletes at once.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Only if the object still has this uid.</summary>
    public string? Uid { get; init; }

    /// <summary>Only if the object is still at this version.</summary>
    public string? ResourceVersion { get; init; }

    public bool IsDryRun { get; init; }
}

/// <summary>Who asks the server.</summary>
/// <param name="Groups">With <c>system:masters</c> everything is allowed.</param>
public sealed record Identity(string Name, string Uid, ValueList<string> Groups)
{
    /// <summary>A request without credentials.</summary>
    public static Identity Anonymous { get; } =
        new("system:anonymous", "", ["system:unauthenticated"]);
}
