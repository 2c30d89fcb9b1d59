using System.Text;
using System.Text.RegularExpressions;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Engine.Ports;
using Orrery.Secrets.Age;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Cli;

/// <summary>
/// Plays a script of command lines in a folder of its own, in this process and against a simulated cloud. One command a
/// line; see Scripts/README.md for what there is.
/// </summary>
internal sealed partial class Transcript : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-cli-").FullName;
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private readonly SimulatedCloud _cloud = new();
    private string? _answer;
    private string? _inputFile;
    private string? _interruptAt;
    private bool _isLive;
    private string _output = "";
    private string _error = "";
    private int _exit;
    private int _commands;

    /// <summary>The recovery identity of all platforms in scripts.</summary>
    internal static IIdentity Identity { get; } = AgeIdentity.Generate(SeededRandom.From(7));

    /// <summary>All that the transcript's commands wrote, one after the other.</summary>
    public static async Task<string> PlayScriptAsync(string name)
    {
        using var transcript = new Transcript();
        return await transcript.PlayAsync(name, ScriptFiles.Read(name));
    }

    /// <summary>The same for some lines that are no script.</summary>
    public static async Task<string> PlayAsync(params string[] lines)
    {
        using var transcript = new Transcript();
        return await transcript.PlayAsync("lines", new ScriptFiles(lines, []));
    }

    /// <summary>Takes settings of a document's spec away, with all that stands below them.</summary>
    public static string Without(string declaration, params IEnumerable<string> settings) => settings.Aggregate(
        declaration,
        static (text, setting) =>
            Regex.Replace(text, $@"^  {setting}:.*\n(    .*\n)*", "", RegexOptions.Multiline, Limit));

    public void Dispose()
    {
        _cloud.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> PlayAsync(string name, ScriptFiles script)
    {
        foreach (var (path, text) in script.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
            await File.WriteAllTextAsync(Path.Combine(_folder, path), text);
        }

        var all = new StringBuilder();
        for (var number = 0; number < script.Lines.Count; number++)
        {
            var line = script.Lines[number].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            var before = _output + _error;
            var problem = await StepAsync(Words(line));
            if (!ReferenceEquals(before, _output + _error))
                all.Append(_output).Append(_error);
            if (problem is not null)
                Assert.Fail($"{name}:{number + 1}: {line}\n{problem}\nexit {_exit}\n{_output}\n{_error}");
        }

        return all.ToString();
    }

    private async Task<string?> StepAsync(string[] words)
    {
        var isNegated = words[0] == "!";
        if (isNegated)
            words = words[1..];
        switch (words)
        {
            case ["orrery", .. var arguments]:
                await RunAsync(arguments);
                return _exit != 0 == isNegated ? null : $"exit code {_exit}";
            case ["exit", var code]:
                return $"{_exit}" == code ? null : $"exit code {_exit}, not {code}";
            case ["stdout" or "stderr", var pattern]:
                var text = words[0] == "stdout" ? _output : _error;
                return Regex.IsMatch(text, pattern, RegexOptions.Multiline, Limit) != isNegated
                    ? null
                    : $"{words[0]} {(isNegated ? "has" : "lacks")} {pattern}";
            case ["cmp", "stdout" or "stderr", var file]:
                var expected = await File.ReadAllTextAsync(Path.Combine(_folder, file));
                return (words[1] == "stdout" ? _output : _error) == expected ? null : $"{words[1]} differs from {file}";
            case ["grep", var pattern, var file]:
                var content = await File.ReadAllTextAsync(Path.Combine(_folder, file));
                return Regex.IsMatch(content, pattern, RegexOptions.Multiline, Limit) != isNegated
                    ? null
                    : $"{file} {(isNegated ? "has" : "lacks")} {pattern}:\n{content}";
            case ["exists", var file]:
                return Path.Exists(Path.Combine(_folder, file)) != isNegated
                    ? null
                    : $"{file} {(isNegated ? "exists" : "is missing")}";
            case ["cloud", "DELETE" or "POST" or "PUT", var path, .. var json]:
                var status = _cloud.Send(words[1], path, json.FirstOrDefault());
                // Whatever the cloud began is over before the next command.
                await Task.Delay(TimeSpan.FromSeconds(3), _cloud.Time);
                return status < 400 ? null : $"the cloud says {status}";
            default:
                return Prepare(words);
        }
    }

    /// <summary>What changes the surroundings of the commands that follow.</summary>
    private string? Prepare(string[] words)
    {
        switch (words)
        {
            case ["env", .. var settings]:
                foreach (var setting in settings)
                    _environment[setting.Split('=', 2)[0]] = setting.Split('=', 2)[1];
                return null;
            case ["unset", var variable]:
                return _environment.Remove(variable) ? null : $"{variable} is not set";
            case ["answer", .. var answers]:
                _answer = string.Join('\n', answers);
                return null;
            case ["stdin", var file]:
                _inputFile = Path.Combine(_folder, file);
                return null;
            case ["terminal"]:
                _isLive = true;
                return null;
            case ["interrupt", "at", var text]:
                _interruptAt = text;
                return null;
            case ["cloud", "breaks", var path]:
                _cloud.Broken = path;
                return null;
            case ["cloud", "shows"]:
                _output = string.Concat(_cloud.Things().Order(StringComparer.Ordinal).Select(thing => $"{thing}\n"));
                return null;
            case ["cloud", "works"]:
                _cloud.Broken = null;
                return null;
            case ["write", var path, var text]:
                File.WriteAllText(Path.Combine(_folder, path), text);
                return null;
            case ["change", var path, var old, var text]:
                var before = File.ReadAllText(Path.Combine(_folder, path));
                File.WriteAllText(Path.Combine(_folder, path), before.Replace(old, text, StringComparison.Ordinal));
                return before.Contains(old, StringComparison.Ordinal) ? null : $"{path} lacks {old}";
            case ["without", var path, .. var settings]:
                var declared = File.ReadAllText(Path.Combine(_folder, path));
                File.WriteAllText(Path.Combine(_folder, path), Without(declared, settings));
                return null;
            case ["copy", var from, var to]:
                File.Copy(Path.Combine(_folder, from), Path.Combine(_folder, to), overwrite: true);
                return null;
            default:
                return PrepareSecrets(words);
        }
    }

    private async Task RunAsync(params string[] arguments)
    {
        _commands++;
        var interrupts = new List<Action>();
        var output = new StringWriter();
        var error = new InterruptingWriter(_interruptAt, () => interrupts.ToList().ForEach(interrupt => interrupt()));
        var host = HostOf(output, error, interrupts);
        _exit = await CommandLine.RunAsync(arguments, host).WaitAsync(Limit);
        (_output, _error, _answer, _interruptAt) = (output.ToString(), error.ToString(), null, null);
        (_input, _inputFile) = ("", null);
        _isLive = false;
    }

    private Host HostOf(TextWriter output, TextWriter error, List<Action> interrupts) => new()
    {
        Time = _cloud.Time,
        Random = new JustRandom(),
        // Another process draws other keys.
        KeyRandom = SeededRandom.From(11 + _commands),
        Environment = name => _environment.GetValueOrDefault(name),
        Transport = _cloud.Connect,
        Processes = _ => new EditingProcesses(_cloud.Processes, Edit),
        MemoryFolders = environment => _hasMemory ? PrivateFolder.Known(environment) : [],
        Wire = (connection, _) => _cloud.ApiServer(connection),
        Keys = new Orrery.Rehearsal.Stages.KeyPool(11),
        Folder = _folder,
        Holder = () => "tester",
        Relaunch = async (words, _) =>
        {
            var child = await Orrery.Tests.Rehearsal.ChildProcess.OrreryAsync(_folder, words);
            await output.WriteAsync(child.Output);
            await error.WriteAsync(child.Error);
            return child.ExitCode;
        },
        OnInterrupt = action =>
        {
            interrupts.Add(action);
            return new Subscription(() => interrupts.Remove(action));
        },
        Screen = new Screen
        {
            In = new StringReader(_answer ?? ""),
            Out = output,
            Error = error,
            CanAsk = _answer is not null,
            IsLive = _isLive,
            ColourError = _isLive,
            ColourOut = _isLive,
            OutIsTerminal = _isLive,
            InBytes = () => _inputFile is null
                ? new MemoryStream(Encoding.UTF8.GetBytes(_input)) : File.OpenRead(_inputFile),
            OutBytes = () => new TextStream(output),
            Terminal = new AnsweringTerminal(_answer, error),
        },
    };

    /// <summary>Words part at spaces, except within single quotes; variables are replaced outside of them.</summary>
    private string[] Words(string line) =>
    [
        .. Word().Matches(line).Select(match => match.Groups["quoted"].Success
            ? match.Groups["quoted"].Value
            : Id().Replace(match.Value, id => _cloud.IdOf(id.Groups["kind"].Value, id.Groups["name"].Value))
                .Replace("$RECIPIENT", $"{Identity.Recipient}", StringComparison.Ordinal)
                .Replace("$IDENTITY", Identity.Export(), StringComparison.Ordinal)
                .Replace("$TOKEN", SimulatedCloud.Token, StringComparison.Ordinal)
                .Replace("$PAT", SimulatedCloud.GitHubToken, StringComparison.Ordinal)
                .Replace("$SSHKEY", SimulatedCloud.PublicKey, StringComparison.Ordinal)
                .Replace("$SSHSECRET", SimulatedCloud.PrivateKey, StringComparison.Ordinal)),
    ];

    [GeneratedRegex(@"'(?<quoted>[^']*)'|\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\$ID\((?<kind>[a-z_]+)/(?<name>[^)]+)\)")]
    private static partial Regex Id();

    private sealed class JustRandom : IRandomSource
    {
        private readonly Random _random = new(5);

        public double NextDouble()
        {
            lock (_random)
                return _random.NextDouble();
        }

        public void Fill(Span<byte> bytes)
        {
            lock (_random)
                _random.NextBytes(bytes);
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    /// <summary>Presses Ctrl-C when a text appears; once more when it appears again.</summary>
    private sealed class InterruptingWriter(string? text, Action interrupt) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            if (text is not null && value?.Contains(text, StringComparison.Ordinal) == true)
                interrupt();
        }
    }
}
