using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Providers.Processes;
using Orrery.Secrets.Age.Encodings;
using Orrery.Tests.Programs;
using Orrery.Tests.Secrets;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Cli.Age;

/// <summary><c>orrery age</c> in a folder of its own, with real programs as plugins and bytes as they are.</summary>
internal sealed class AgeScene : IDisposable
{
    public AgeScene() => Directory.CreateDirectory(Plugins);

    public string Folder { get; } = Directory.CreateTempSubdirectory("orrery-age-cli-").FullName;

    public string Plugins => Path.Combine(Folder, "plugins");

    /// <summary>With the plugins before everything else.</summary>
    public string SearchPath => $"{Plugins}:{Environment.GetEnvironmentVariable("PATH")}";

    public byte[] Input { get; set; } = [];

    public byte[] Output { get; private set; } = [];

    public string Error { get; private set; } = "";

    /// <summary>What somebody at the terminal says, a line for each question; null where nobody is there.</summary>
    public string? Answers { get; set; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Installs a plugin that behaves as its name says.</summary>
    public (string Recipient, string Identity) Install(string plugin)
    {
        var program = Path.Combine(Plugins, $"age-plugin-{plugin}");
        File.WriteAllText(program, SourceTree.Read("tests/Orrery.Tests/Cli/Age/age-plugin.mjs"));
        UnixMode.Set(program, "0755");
        return Keys(plugin);
    }

    public static (string Recipient, string Identity) Keys(string plugin) =>
        (Bech32.Encode($"age1{plugin}", "some data"u8),
            Bech32.Encode($"age-plugin-{plugin}-", "some data"u8).ToUpperInvariant());

    public async Task<int> RunAsync(params string[] words)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        var host = ProcessHost.Create() with
        {
            KeyRandom = SeededRandom.From(12),
            Folder = Folder,
            Processes = guard => new ProcessRunner(
                TimeProvider.System,
                name => name == "PATH" ? SearchPath : Environment.GetEnvironmentVariable(name),
                guard),
            OnInterrupt = _ => new MemoryStream(),
            Screen = new Screen
            {
                In = TextReader.Null,
                Out = new StreamWriter(output) { AutoFlush = true },
                Error = error,
                InBytes = () => new MemoryStream(Input),
                OutBytes = () => output,
                Terminal = new AnsweringTerminal(Answers, error),
            },
        };
        var exit = await CommandLine.RunAsync(["age", .. words], host);
        (Output, Error) = (output.ToArray(), error.ToString());
        return exit;
    }

    public string OutputText => Encoding.UTF8.GetString(Output);
}
