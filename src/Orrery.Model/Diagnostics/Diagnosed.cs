using Orrery.Model.Values;

namespace Orrery.Model.Diagnostics;

/// <summary>A value, if one could be made, and everything there is to say about it.</summary>
public sealed record Diagnosed<T>(T? Value, ValueList<Diagnostic> Diagnostics)
    where T : class
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.Severity == Severity.Error);
}
