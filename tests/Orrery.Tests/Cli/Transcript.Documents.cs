using System.Text.RegularExpressions;
using Orrery.Cli;
using Orrery.Secrets.Age;
using Orrery.Tests.Programs;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Cli;

/// <summary>The lines that a document tells a user to type; the user says yes whenever somebody asks.</summary>
internal sealed partial class Transcript
{
    /// <param name="edit">What the document tells to change in the declaration that <c>orrery init</c> wrote.</param>
    public static async Task FollowAsync(
        string document, IEnumerable<string> lines, Func<string, string>? edit = null)
    {
        using var transcript = new Transcript();
        transcript.CopyExamples();
        foreach (var line in lines)
        {
            if (await transcript.FollowAsync(line) is { } problem)
            {
                Assert.Fail(
                    $"{document}: {line}\n{problem}\nstdout:\n{transcript._output}\nstderr:\n{transcript._error}");
            }

            if (edit is not null && line.StartsWith("orrery init my-platform", StringComparison.Ordinal))
            {
                var path = Path.Combine(transcript._folder, "my-platform", "platform.yaml");
                await File.WriteAllTextAsync(path, edit(await File.ReadAllTextAsync(path)));
            }
        }
    }

    /// <summary>What a guide's user has pushed: a clone has nothing else.</summary>
    private readonly Dictionary<string, byte[]> _added = new(StringComparer.Ordinal);

    private readonly Dictionary<string, byte[]> _safe = new(StringComparer.Ordinal);

    private async Task<string?> FollowAsync(string line)
    {
        if (Export().Match(line) is { Success: true } export)
            return Set(export.Groups["name"].Value, export.Groups["file"].Value);
        switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            case ["eval", "\"$(orrery", "env", var directory]:
                await RunAsync("env", directory.TrimEnd('"', ')'));
                return _exit == ExitCode.Done && _output.StartsWith("export KUBECONFIG=", StringComparison.Ordinal)
                    ? null
                    : $"exit code {_exit}";
            case ["orrery" or "./orrery", .. var arguments]:
                _answer = "y";
                // These run until their user has seen enough.
                _interruptAt = arguments[0] is "tunnel" or "open" ? "until Ctrl-C" : null;
                var into = Array.IndexOf(arguments, ">") is >= 0 and var arrow ? arrow : arguments.Length;
                await RunAsync(PrepareDocument(arguments[..into]));
                if (into < arguments.Length)
                    await File.WriteAllTextAsync(Path.Combine(_folder, arguments[^1]), _output);
                // Two say with their exit code whether there is something to do.
                var mayExit = arguments[0] switch
                {
                    "plan" or "drift" => ExitCode.ChangesPending,
                    "tunnel" or "open" => ExitCode.Interrupted,
                    _ => ExitCode.Done,
                };
                return _exit == ExitCode.Done || _exit == mayExit ? null : $"exit code {_exit}";
            case ["git", "init"]:
                await ProgramRun.OutputAsync("git", [], "-C", _folder, "init", "--quiet");
                return null;
            case ["git", "add", _] words when Directory.Exists(Path.Combine(_folder, ".git")):
                await ProgramRun.OutputAsync("git", [], ["-C", _folder, .. words[1..]]);
                return null;
            case ["git" or "cp" or "cd", ..] words:
                return Move(words);
            case ["rm", var file]:
                var path = Path.Combine(_folder, file);
                if (!File.Exists(path))
                    return $"{file} is not there";
                File.Delete(path);
                return null;
            // What is running now.
            case ["dotnet", "test"]:
                return null;
            default:
                return "no such command of a document";
        }
    }

    /// <summary>Git's part, as far as it decides what a new laptop has, and a place that outlives it.</summary>
    private string? Move(string[] words)
    {
        switch (words)
        {
            case ["git", "add", var folder]:
                foreach (var file in Directory.GetFiles(Path.Combine(_folder, folder), "*", SearchOption.AllDirectories)
                    .Where(file => !file.Contains("/.orrery/", StringComparison.Ordinal)))
                    _added[Path.GetRelativePath(_folder, file)] = File.ReadAllBytes(file);
                return null;
            case ["git", "commit", "--message", ..] or ["git", "push"] or ["cd", "platform"]:
                return _added.Count > 0 ? null : "nothing was added";
            case ["git", "clone", _]:
                Directory.Delete(_folder, recursive: true);
                _environment.Clear();
                foreach (var (path, content) in _added)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
                    File.WriteAllBytes(Path.Combine(_folder, path), content);
                }

                return null;
            case ["cp", var from, var to]:
                _safe[to] = File.ReadAllBytes(Path.Combine(_folder, from));
                return null;
            default:
                return "no such command of a document";
        }
    }

    /// <summary>
    /// For commands about secrets: the rules that the text tells to write, what is typed, and redirections.
    /// </summary>
    private string[] PrepareDocument(string[] arguments)
    {
        const string Recovery = "my-platform/.orrery/recovery-identity.txt";
        if (arguments is not ["secret", var verb, ..])
            return arguments;
        var redirection = Array.IndexOf(arguments, "<");
        if (redirection >= 0)
            (_input, arguments) = ("from a file\n", arguments[..redirection]);
        if (verb == "seal")
            return arguments;
        var recovery = File.ReadAllText(Path.Combine(_folder, Recovery));
        IdentityFile.TryParse(recovery, out var identities, out _).ShouldBeTrue();
        File.WriteAllText(
            Path.Combine(_folder, ".sops.yaml"),
            $"creation_rules:\n  - path_regex: secrets/.*\\.yaml$\n    age: {identities[0].Recipient}\n");
        _environment["EDITOR"] = "editor";
        if (verb is "new" or "edit")
            _edits.Enqueue(_ => ($"stringData:\n  password: {verb}\n", 0));
        return arguments;
    }

    /// <summary>The README is read in a clone of this repository.</summary>
    private void CopyExamples()
    {
        foreach (var path in SourceTree.Files("examples", ".yaml"))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
            File.WriteAllText(Path.Combine(_folder, path), SourceTree.Read(path));
        }
    }

    private string? Set(string name, string file)
    {
        var value = name switch
        {
            "HCLOUD_TOKEN" => SimulatedCloud.Token,
            "ARIES_PUB" => SimulatedCloud.PublicKey,
            "ARIES" => SimulatedCloud.PrivateKey,
            "GH_PAT" => SimulatedCloud.GitHubToken,
            _ when _safe.TryGetValue(file, out var kept) => System.Text.Encoding.UTF8.GetString(kept),
            _ when file.Length > 0 => File.ReadAllText(Path.Combine(_folder, file)),
            _ => null,
        };
        if (value is null)
            return $"no test knows a value for {name}";
        _environment[name] = value;
        return null;
    }

    [GeneratedRegex("""^export (?<name>[A-Z_]+)=(?:"\$\(cat (?<file>[^)]+)\)"|.*)$""")]
    private static partial Regex Export();
}
