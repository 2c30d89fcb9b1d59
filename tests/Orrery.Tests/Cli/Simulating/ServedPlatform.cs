using System.Diagnostics;
using Orrery.Cli.Composition;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>
/// A folder with a declaration and, in a process of its own, <c>orrery simulate</c> of it; other programs run with the
/// variables that it told.
/// </summary>
internal sealed class ServedPlatform : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<string> _said = [];
    private Process? _process;

    public string Folder { get; } = Directory.CreateTempSubdirectory("orrery-served-").FullName;

    public static async Task<ServedPlatform> StartAsync()
    {
        var served = new ServedPlatform();
        (await served.OrreryAsync("init", "site", "--recipient", $"{Transcript.Identity.Recipient}")).Code.ShouldBe(0);
        var path = Path.Combine(served.Folder, "site", "platform.yaml");
        var declared = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, Transcript.Without(declared, "gitops"));
        var process = served._process = Process.Start(served.CommandOf("simulate", "site")).ShouldNotBeNull();
        process.StandardInput.Close();
        process.OutputDataReceived += (_, line) => served.Hear(line.Data);
        process.ErrorDataReceived += (_, line) => served.Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Eventually.HoldsAsync(() => served.HasSaid("ready"), "the simulation is ready");
        return served;
    }

    public string? Variable(string name)
    {
        lock (_gate)
            return _variables.GetValueOrDefault(name);
    }

    /// <summary>Starts <c>orrery</c> in this platform's surroundings and leaves it running.</summary>
    public Process Leave(params string[] words)
    {
        var process = Process.Start(CommandOf(words)).ShouldNotBeNull();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public Task<Ended> OrreryAsync(params string[] words) => RunAsync(CommandOf(words), "");

    public Task<Ended> RunAsync(string program, string input, params string[] words) =>
        RunAsync(Prepare(new ProcessStartInfo(program, words)), input);

    /// <summary>It must go well.</summary>
    public async Task<string> OutputAsync(string program, params string[] words)
    {
        var ended = await RunAsync(program, "", words);
        ended.Code.ShouldBe(0, $"{program} {string.Join(' ', words)}: {ended.Error}");
        return ended.Output;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            // As Ctrl-C: it closes its sockets and removes what it wrote.
            await ProgramRun.OutputAsync("kill", [], "-TERM", $"{process.Id}");
            using var limit = new CancellationTokenSource(Limit);
            await process.WaitForExitAsync(limit.Token);
            process.ExitCode.ShouldBe(0);
            process.Dispose();
            File.Exists(Variable("ORRERY_SSH")).ShouldBeFalse();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private ProcessStartInfo CommandOf(params string[] words) =>
        Prepare(new ProcessStartInfo("dotnet", [typeof(Host).Assembly.Location, .. words]));

    private ProcessStartInfo Prepare(ProcessStartInfo start)
    {
        start.WorkingDirectory = Folder;
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["HOME"] = Folder;
        start.Environment["DOTNET_TieredPGO"] = "0";
        lock (_gate)
        {
            foreach (var (name, value) in _variables)
                start.Environment[name] = value;
        }

        return start;
    }

    private static async Task<Ended> RunAsync(ProcessStartInfo start, string input)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var process = Process.Start(start).ShouldNotBeNull();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new Ended(process.ExitCode, await output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private bool HasSaid(string line)
    {
        lock (_gate)
            return _said.Contains(line);
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _said.Add(line);
            if (line.Split('=', 2) is [var name, var value])
                _variables[name] = value;
        }
    }

    internal sealed record Ended(int Code, string Output, string Error);
}
