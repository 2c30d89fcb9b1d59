using Orrery.Model.Diagnostics;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Age;

/// <summary>What ends a verb about age files, with the exit code that it means.</summary>
internal sealed class AgeRefusal(Diagnostic diagnostic, int exit) : Exception(diagnostic.Detail)
{
    public Diagnostic Diagnostic { get; } = diagnostic;

    public int Exit { get; } = exit;

    /// <summary>What the user gave cannot be meant.</summary>
    public static AgeRefusal Invalid(DiagnosticCode code, string detail, params string[] hints) =>
        new(code.At(null, detail, [.. hints]), ExitCode.Invalid);

    public static AgeRefusal Failed(DiagnosticCode code, string detail, params string[] hints) =>
        new(code.At(null, detail, [.. hints]), ExitCode.Failed);

    /// <summary>A refusal of the format, said of a file.</summary>
    public static AgeRefusal Of(AgeException exception, string file)
    {
        var code = exception.Failure switch
        {
            AgeFailure.NoMatch => AgeCodes.Locked,
            AgeFailure.Plugin => AgeCodes.Plugin,
            _ => AgeCodes.Damaged,
        };
        return Failed(code, $"{file}: {exception.Message}.");
    }
}
