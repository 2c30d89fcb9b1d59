namespace Orrery.Model.Diagnostics;

/// <summary>Codes that belong together: those of one prefix. Each project lists its own.</summary>
/// <param name="Prefix">For example <c>SPEC</c>.</param>
/// <param name="Title">A heading.</param>
/// <param name="Introduction">What these diagnostics are about, in a sentence.</param>
/// <param name="Codes">In order of their numbers.</param>
public sealed record DiagnosticFamily(
    string Prefix, string Title, string Introduction, IReadOnlyList<DiagnosticCode> Codes);
