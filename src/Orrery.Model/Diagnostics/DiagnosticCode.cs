using Orrery.Model.Values;

namespace Orrery.Model.Diagnostics;

/// <summary>
/// A kind of diagnostic that is documented once: its stable code (for example <c>SPEC014</c>), its summary and what it
/// means. Each project lists its own; docs/diagnostics.md is generated from the lists.
/// </summary>
/// <param name="Code">Letters and three digits; never given to another meaning.</param>
/// <param name="Summary">One line in lower case, without names from the user's declaration.</param>
/// <param name="Explanation">Why it is wrong and what to do, in sentences, for the page.</param>
public sealed record DiagnosticCode(string Code, string Summary, string Explanation)
{
    public Severity Severity { get; init; } = Severity.Error;

    public Diagnostic At(SourceRange? source, string detail, ValueList<string>? hints = null) => new()
    {
        Code = Code,
        Severity = Severity,
        Summary = Summary,
        Detail = detail,
        Hints = hints ?? [],
        Source = source,
    };
}
