using System.Diagnostics;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>Starts programs of the solution with a thread pool of one worker and reads what they say.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>This test assembly's own <c>Main</c>: rehearsals with planted bugs and the contract checker.</summary>
    public static Task<Result> RehearseAsync(params string[] words) =>
        RunAsync([typeof(ChildProcess).Assembly.Location, .. words], ContractFolder.RepositoryRoot);

    /// <summary>The command line program.</summary>
    public static Task<Result> OrreryAsync(string folder, params IEnumerable<string> words) =>
        RunAsync([typeof(Orrery.Cli.Composition.Host).Assembly.Location, .. words], folder);

    private static async Task<Result> RunAsync(string[] words, string folder)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var word in words)
            start.ArgumentList.Add(word);
        start.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "1";
        start.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var child = Process.Start(start)!;
        child.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        var output = child.StandardOutput.ReadToEndAsync(limit.Token);
        var error = child.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await child.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!child.HasExited)
                child.Kill(entireProcessTree: true);
        }

        return new Result(child.ExitCode, await output, await error);
    }

    internal sealed record Result(int ExitCode, string Output, string Error);
}
