namespace Orrery.Cli.Composition;

/// <summary>
/// Where a verb writes: data on standard output; progress, prompts and diagnostics on standard error.
/// </summary>
internal sealed record Screen
{
    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>A person sits there: questions are answered.</summary>
    public bool CanAsk { get; init; }

    /// <summary>Standard error can be drawn on.</summary>
    public bool IsLive { get; init; }

    public bool ColourOut { get; init; }

    public bool ColourError { get; init; }

    /// <summary>Standard input as bytes.</summary>
    public Func<Stream> InBytes { get; init; } = static () => Stream.Null;

    /// <summary>Standard output as bytes.</summary>
    public Func<Stream> OutBytes { get; init; } = static () => Stream.Null;

    /// <summary>What was asked for, to standard output.</summary>
    public void Print(string text) => Out.Write(text);

    /// <summary>What is said beside it, to standard error.</summary>
    public void Tell(string text) => Error.Write(text);
}
