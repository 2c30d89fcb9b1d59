using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>Starts programs of the solution with a thread pool of one worker and reads what they say.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // As many classes of tests run at once.
    private static readonly SemaphoreSlim Free = new(Environment.ProcessorCount);
    private static readonly ConcurrentBag<Process> Players = [];
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Played = new(StringComparer.Ordinal);

    /// <summary>
    /// This test assembly's own <c>Main</c>: rehearsals with planted bugs and the contract checker, one after the other
    /// in one of a few processes.
    /// </summary>
    /// <returns>The report. What is played of the repository itself is played once, whoever asks for it.</returns>
    public static Task<string> RehearseAsync(params string[] words) =>
        words[0].StartsWith(ContractFolder.RepositoryRoot, StringComparison.Ordinal)
            ? Played.GetOrAdd(string.Join('\t', words), _ => new Lazy<Task<string>>(() => AskAsync(words))).Value
            : AskAsync(words);

    private static async Task<string> AskAsync(string[] words)
    {
        await Free.WaitAsync();
        Process? player = null;
        try
        {
            // It ends with its standard input, which ends with us.
            if (!Players.TryTake(out player))
                player = Process.Start(Info([typeof(ChildProcess).Assembly.Location], ContractFolder.RepositoryRoot))!;
            using var limit = new CancellationTokenSource(Limit);
            await player.StandardInput.WriteLineAsync(string.Join('\t', words));
            await player.StandardInput.FlushAsync(limit.Token);
            var report = await player.StandardOutput.ReadLineAsync(limit.Token)
                ?? throw new InvalidOperationException(await player.StandardError.ReadToEndAsync(limit.Token));
            Players.Add(player);
            return report;
        }
        catch
        {
            player?.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            Free.Release();
        }
    }

    /// <summary>
    /// The command line of the program in a process that has played before: the same code as <see cref="ProgramAsync"/>
    /// runs, but what starts it, in a fraction of its time.
    /// </summary>
    public static async Task<Result> OrreryAsync(string folder, params IEnumerable<string> words)
    {
        using var ended = JsonDocument.Parse(await RehearseAsync(["orrery", folder, .. words]));
        ended.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return ended.RootElement.Deserialize<Result>()!;
    }

    /// <summary>The command line program, in a process of its own.</summary>
    public static Task<Result> ProgramAsync(string folder, params IEnumerable<string> words) =>
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
