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
#pragma warning disable RS0030 // The child is this program itself: no token of ours goes where it has not been.
        using var child = Process.Start(start) ?? throw new IOException($"{program} does not start");
        await child.WaitForExitAsync(cancellation);
        return child.ExitCode;
#pragma warning restore RS0030
    }
}
