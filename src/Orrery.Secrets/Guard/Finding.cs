namespace Orrery.Secrets.Guard;

/// <summary>A place where something is wrong. Never holds what is secret there.</summary>
public sealed record Finding
{
    public required GuardRule Rule { get; init; }

    /// <summary>From the root of the tree, with slashes.</summary>
    public required string Path { get; init; }

    /// <summary>From 1.</summary>
    public required int Line { get; init; }

    /// <summary>From 1, in UTF-16 units.</summary>
    public required int Column { get; init; }

    /// <summary>What may be shown of it: a public prefix or a name, and how long it is.</summary>
    public required string Shown { get; init; }

    /// <summary>A sentence, where the rule does not say all.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The line of text it begins on, for allowances only: it may hold the secret.</summary>
    internal string LineText { get; init; } = "";

    /// <summary>Without the line.</summary>
    public override string ToString() => $"{Path}:{Line}:{Column} {Rule.Name} {Shown}";
}
