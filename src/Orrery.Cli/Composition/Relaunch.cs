using System.Diagnostics;

namespace Orrery.Cli.Composition;

/// <summary>
/// Runs this program once more with a thread pool of one worker: the runtime reads that setting only when it starts.
/// The child has our terminal, our arguments and our environment, and its exit code becomes ours.
/// </summary>
internal static class Relaunch
{
    public static async Task<int> WithOneWorkerAsync(IReadOnlyList<string> words, CancellationToken cancellation)
    {
#pragma warning disable RS0030 // The child is this program itself: no token of ours goes where it has not been.
        using var child = Process.Start(Again(words)) ?? throw new IOException("this program does not start again");
        await child.WaitForExitAsync(cancellation);
        return child.ExitCode;
#pragma warning restore RS0030
    }

    /// <summary>Its standard output, once it has ended. It dies with the wish for it.</summary>
    public static async Task<string> BesideAsync(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var start = Again(words);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
#pragma warning disable RS0030 // As above.
        using var child = Process.Start(start) ?? throw new IOException("this program does not start again");
        try
        {
            var error = child.StandardError.ReadToEndAsync(cancellation);
            var output = await child.StandardOutput.ReadToEndAsync(cancellation);
            await child.WaitForExitAsync(cancellation);
            await error;
            return output;
        }
        finally
        {
            if (!child.HasExited)
                child.Kill();
        }
#pragma warning restore RS0030
    }

    private static ProcessStartInfo Again(IReadOnlyList<string> words)
    {
        var program = Environment.ProcessPath ?? throw new IOException("this program does not know where it stands");
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var word in words)
            start.ArgumentList.Add(word);
        start.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "1";
        start.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1";
        // It makes a tenth of the start: the runtime otherwise maps each page of compiled code twice.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return start;
    }
}
