using Orrery.Model.Values;

namespace Orrery.Model.Diagnostics;

/// <summary>How bad a diagnostic is: an error stops, a warning is shown.</summary>
public enum Severity
{
    Error,
    Warning,
}

/// <summary>
/// Something a user should know, with a stable code, what, why and what to do. Never thrown; collected and shown
/// together.
/// </summary>
public sealed record Diagnostic
{
    /// <summary>The stable code, for example <c>SPEC014</c>; documented in docs/diagnostics.md.</summary>
    public required string Code { get; init; }

    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>One line, always in the same words for the same code.</summary>
    public required string Summary { get; init; }

    /// <summary>Sentences: what exactly, and why it is wrong. Empty where the summary says all.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What to do, one line each; a command to copy is a line of its own.</summary>
    public ValueList<string> Hints { get; init; } = [];

    /// <summary>Where in the declaration, if there.</summary>
    public SourceRange? Source { get; init; }

    /// <summary>Which resource, if one.</summary>
    public ResourceAddress? Address { get; init; }
}

/// <summary>A place in a declaration: file, line and column (both from 1), and that line's text.</summary>
public sealed record SourceRange(string File, int Line, int Column, int Length, string LineText)
{
    /// <summary>The column within <see cref="LineText"/>, which differs where a secret before it is hidden.</summary>
    public int ShownColumn { get; init; } = Column;

    public override string ToString() => $"{File}:{Line}:{Column}";
}
