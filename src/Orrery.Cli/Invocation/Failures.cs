using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Values;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Invocation;

/// <summary>Exceptions that end a command, in words.</summary>
internal static class Failures
{
    /// <summary>When this variable is 1, bugs are shown with their stack.</summary>
    private const string DebugVariable = "ORRERY_DEBUG";

    public static int Explain(Host host, Exception exception)
    {
        if (exception is OperationCanceledException)
            return ExitCode.Interrupted;
        host.Screen.Report(Describe(exception));
        if (host.Environment(DebugVariable) == "1")
            host.Screen.Error.WriteLine(exception);
        return ExitCode.Failed;
    }

    public static Diagnostic Describe(Exception exception) => exception switch
    {
        StateException state => state.Code.At(null, $"{state.Message}.", [state.Hint]),
        ProviderException provider => Refusal(provider),
        AgeException => CliCodes.Unreadable.At(null, $"{exception.Message}."),
        IOException or UnauthorizedAccessException => CliCodes.Unreadable.At(null, exception.Message),
        // An unforeseen exception's message may quote anything; only its type is known to be harmless.
        InvariantException => Bug(exception.Message),
        _ => Bug(exception.GetType().Name),
    };

    private static Diagnostic Refusal(ProviderException exception)
    {
        var reference = exception.RequestId is { } id ? $" (request {id})" : "";
        return CliCodes.Refused.At(
            null,
            $"{exception.Message}{reference}",
            exception.Code switch
            {
                ProviderErrorCode.Unauthorized => ["check that the token is right and may read and write"],
                ProviderErrorCode.Unavailable or ProviderErrorCode.Timeout or ProviderErrorCode.RateLimited =>
                    ["run the command again in a while: it goes on where it stopped"],
                _ => [],
            });
    }

    private static Diagnostic Bug(string what) => CliCodes.Bug.At(
        null,
        $"{what}.",
        [
            $"run it again with {DebugVariable}=1 to see where, and report that with the command line: "
            + "https://github.com/orrery-dev/orrery/issues",
        ]);
}
