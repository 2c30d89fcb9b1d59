using Orrery.Cli.Composition;

namespace Orrery.Cli.Invocation;

/// <summary>Asks a person before something changes.</summary>
internal static class Asking
{
    /// <summary>True where it is answered with yes, or need not be asked; false also where nobody is there.</summary>
    public static async Task<bool> AsksAsync(
        this Screen screen, string question, bool isYes, CancellationToken cancellation)
    {
        if (isYes)
            return true;
        if (!screen.CanAsk)
        {
            screen.Tell("not a terminal, so nobody is asked and nothing is done; --yes does it\n");
            return false;
        }

        screen.Tell($"\n{question} [y/N] ");
        // Reading a line cannot be cancelled, waiting for it can: Ctrl-C leaves the reader behind.
        var answer = await Task.Run(screen.In.ReadLine, cancellation).WaitAsync(cancellation);
        return answer?.Trim() is "y" or "Y" or "yes";
    }
}
