using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Providers.Processes;
using Orrery.Tests.Programs;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Cli.Guard;

/// <summary><c>orrery guard</c> in a folder of its own, with the real git and nobody's configuration.</summary>
internal sealed class GuardScene : IDisposable
{
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_AUTHOR_NAME"] = "tester",
        ["GIT_AUTHOR_EMAIL"] = "tester@example.org",
        ["GIT_COMMITTER_NAME"] = "tester",
        ["GIT_COMMITTER_EMAIL"] = "tester@example.org",
    };

    private readonly string _above = Directory.CreateTempSubdirectory("orrery-guard-").FullName;

    public GuardScene() => Directory.CreateDirectory(Folder);

    public string Folder => Path.Combine(_above, "tree");

    /// <summary>Where programs stand that hooks find before all others.</summary>
    public string Programs => Path.Combine(_above, "programs");

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    /// <summary>Of the process; a hook has more.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(_above, recursive: true);

    public string PathOf(string path) => Path.Combine(Folder, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>Runs git, which must succeed, and gives what it prints.</summary>
    public async Task<string> GitAsync(params string[] words)
    {
        var settings = Settings.Select(setting => $"{setting.Key}={setting.Value}")
            .Append($"PATH={Programs}:{Environment.GetEnvironmentVariable("PATH")}");
        return System.Text.Encoding.UTF8.GetString(
            await ProgramRun.OutputAsync("env", [], [.. settings, "git", "-C", Folder, .. words]));
    }

    public Task<int> RunAsync(params string[] words) => RunInAsync(Folder, words);

    public async Task<int> RunInAsync(string folder, params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var host = ProcessHost.Create() with
        {
            Folder = folder,
            Environment = name => Variables.GetValueOrDefault(name),
            KeyRandom = SeededRandom.From(12),
            Processes = guard => new ProcessRunner(
                TimeProvider.System,
                name => Variables.GetValueOrDefault(name) ?? (name == "PATH"
                    ? Environment.GetEnvironmentVariable(name) : null),
                guard),
            OnInterrupt = _ => new MemoryStream(),
            Screen = new Screen { In = TextReader.Null, Out = output, Error = error },
        };
        var exit = await CommandLine.RunAsync(["guard", .. words], host);
        (Output, Error) = (output.ToString(), error.ToString());
        return exit;
    }
}
