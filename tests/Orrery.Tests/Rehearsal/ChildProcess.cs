using System.Diagnostics;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>Starts programs of the solution with a thread pool of one worker and reads what they say.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly SemaphoreSlim One = new(1);
    private static Process? _player;

    /// <summary>
    /// This test assembly's own <c>Main</c>: rehearsals with planted bugs and the contract checker, one after the other
    /// in one process.
    /// </summary>
    /// <returns>The report.</returns>
    public static async Task<string> RehearseAsync(params string[] words)
    {
        await One.WaitAsync();
        try
        {
            // It ends with its standard input, which ends with us.
            _player ??= Process.Start(Info([typeof(ChildProcess).Assembly.Location], ContractFolder.RepositoryRoot))!;
            using var limit = new CancellationTokenSource(Limit);
            await _player.StandardInput.WriteLineAsync(string.Join('\t', words));
            await _player.StandardInput.FlushAsync(limit.Token);
            return await _player.StandardOutput.ReadLineAsync(limit.Token)
                ?? throw new InvalidOperationException(await _player.StandardError.ReadToEndAsync(limit.Token));
        }
        catch
        {
            _player?.Kill(entireProcessTree: true);
            _player = null;
            throw;
        }
        finally
        {
            One.Release();
        }
    }

    /// <summary>The command line program.</summary>
    public static Task<Result> OrreryAsync(string folder, params IEnumerable<string> words) =>
        RunAsync([typeof(Orrery.Cli.Composition.Host).Assembly.Location, .. words], folder);

    private static ProcessStartInfo Info(string[] words, string folder)
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
        return start;
    }

    private static async Task<Result> RunAsync(string[] words, string folder)
    {
        using var child = Process.Start(Info(words, folder))!;
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
