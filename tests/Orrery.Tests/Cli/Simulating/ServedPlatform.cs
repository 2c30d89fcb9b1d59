using System.Diagnostics;
using System.Text.Json;
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

    /// <summary>Ten times the usual one: what is left to wait for are the programs themselves.</summary>
    private const string Speed = "600";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<string> _said = [];
    private Process? _process;

    public string Folder { get; } = Directory.CreateTempSubdirectory("orrery-served-").FullName;

    public static async Task<ServedPlatform> StartAsync()
    {
        var served = new ServedPlatform();
        (await served.OrreryAsync("init", "site", "--recipient", $"{Transcript.Identity.Recipient}")).Code.ShouldBe(0);
        var start = served.CommandOf("simulate", "site", "--speed", Speed);
        var process = served._process = Process.Start(start).ShouldNotBeNull();
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
    public FollowedProgram Leave(params string[] words) => new(CommandOf(words));

    /// <summary>The same for another program.</summary>
    public FollowedProgram Follow(string program, params string[] words) =>
        new(Prepare(new ProcessStartInfo(program, words)));

    public Task<Ended> OrreryAsync(params string[] words) => RunAsync(CommandOf(words), "");

    /// <summary>Runs lines in a shell that ends with the first that fails, and that finds <c>orrery</c>.</summary>
    public async Task<Ended> ShellAsync(IEnumerable<string> lines)
    {
        var programs = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        var orrery = Path.Combine(programs, "orrery");
        await File.WriteAllTextAsync(orrery, $"#!/bin/sh\nexec dotnet '{typeof(Host).Assembly.Location}' \"$@\"\n");
        UnixMode.Set(orrery, "0755");
        return await RunAsync("bash", "", "-ec", string.Join('\n', lines.Prepend($"PATH={programs}:$PATH")));
    }

    public Task<Ended> RunAsync(string program, string input, params string[] words) =>
        RunAsync(Prepare(new ProcessStartInfo(program, words)), input);

    /// <summary>It must go well.</summary>
    public async Task<string> OutputAsync(string program, params string[] words)
    {
        var ended = await RunAsync(program, "", words);
        ended.Code.ShouldBe(0, $"{program} {string.Join(' ', words)}: {ended.Error}");
        return ended.Output;
    }

    /// <summary>What stands at the address that a variable names, asked for with a token.</summary>
    public async Task<JsonDocument> GetAsync(string address, string path, string token)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {Variable(token)}");
        client.DefaultRequestHeaders.Add("User-Agent", "tests");
        return JsonDocument.Parse(await client.GetStringAsync(new Uri($"{Variable(address)}{path}")));
    }

    /// <summary>What the cloud lists of a kind.</summary>
    public async Task<IReadOnlyList<JsonElement>> CloudAsync(string kind)
    {
        using var listed = await GetAsync("HCLOUD_ENDPOINT", $"/{kind}", "HCLOUD_TOKEN");
        return [.. listed.RootElement.GetProperty(kind).EnumerateArray().Select(item => item.Clone())];
    }

    /// <summary>All there is, as <see cref="SimulatedCloud.Things"/> says it.</summary>
    public async Task<IReadOnlyList<string>> ThingsAsync()
    {
        var things = new List<string>();
        foreach (var kind in new[] { "servers", "volumes", "firewalls", "floating_ips", "primary_ips", "ssh_keys" })
            things.AddRange((await CloudAsync(kind)).Select(item => $"{kind} {item.GetProperty("name")}"));
        var branches = await OutputAsync("git", "ls-remote", "https://github.com/example/moonrepo", "refs/heads/*");
        things.AddRange(
            branches.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[1]));
        var kinds = await OutputAsync("kubectl", "api-resources", "--verbs=get,list,create", "--output=name");
        var objects = await OutputAsync(
            "kubectl", "get", string.Join(',', kinds.Split('\n', StringSplitOptions.RemoveEmptyEntries)), "-A",
            "--no-headers", "-o", "custom-columns=K:.kind,S:.metadata.namespace,N:.metadata.name");
        things.AddRange(objects.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => !SimulatedCloud.Passing.Contains(words[0]))
            .Select(words => $"{words[0]} {(words[1] == "<none>" ? "" : words[1])} {words[2]}"));
        return [.. things.Order(StringComparer.Ordinal)];
    }

    /// <summary>Names and identifiers of all processes that were started in this platform's surroundings.</summary>
    public IReadOnlyList<string> Processes() =>
    [
        .. Directory.EnumerateDirectories("/proc", "?*").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
            .Where(path => ReadOrNothing($"{path}/environ").Split('\0').Contains($"HOME={Folder}"))
            .Select(path => $"{Path.GetFileName(path)} {ReadOrNothing($"{path}/cmdline").Replace('\0', ' ')}")
            .Where(process => !process.StartsWith($"{_process?.Id} ", StringComparison.Ordinal)),
    ];

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

    private static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is somebody else's.
            return "";
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
