using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Secrets;

/// <summary>Ends a verb about secrets with what it has to say. Never holds contents or keys.</summary>
internal sealed class SecretRefusal(Diagnostic diagnostic, int exitCode = ExitCode.Failed)
    : Exception(diagnostic.Detail)
{
    public Diagnostic Diagnostic { get; } = diagnostic;

    public int ExitCode { get; } = exitCode;

    /// <summary>What the format's reader says of a file.</summary>
    public static SecretRefusal Of(string path, SopsException exception)
    {
        var (code, hint) = exception.Failure switch
        {
            SopsFailure.NoKey => (SecretCodes.NoKey, "set SOPS_AGE_KEY_FILE to the file with the identity"),
            SopsFailure.DataKey or SopsFailure.Value or SopsFailure.Mac =>
                (SecretCodes.Damaged, "take the file as it was from Git: git checkout -- " + path),
            SopsFailure.NotEncrypted => (SecretCodes.WrongState, $"encrypt it: orrery secret encrypt -i {path}"),
            SopsFailure.AlreadyEncrypted => (SecretCodes.WrongState, $"look into it: orrery secret view {path}"),
            SopsFailure.Path => (SecretCodes.NoValue, $"see what there is: orrery secret view {path}"),
            SopsFailure.Rules => (SecretCodes.BadRules, "look at .sops.yaml, or name recipients with --recipient"),
            _ => (SecretCodes.Unreadable, "name the format with --type, or mend the file"),
        };
        return new SecretRefusal(code.At(null, $"'{path}': {exception.Message}.", [hint]));
    }

    /// <summary>Runs a verb and reports how it is refused.</summary>
    public static async Task<int> CatchAsync(Host host, Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (SecretRefusal refusal)
        {
            host.Screen.Report(refusal.Diagnostic);
            return refusal.ExitCode;
        }
    }
}
