using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Shell;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>A program that is simulated: it is given what a process gets, and ends with an exit code.</summary>
internal delegate Work<int> Program(Invocation invocation);

/// <summary>
/// Finds programs in the machine's files and runs them: shell scripts, and stand-ins of real programs.
/// </summary>
internal sealed class ProgramRunner(Machine machine)
{
    public const string StandIn = "#!simulated-program ";
    public const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly string[] Shells = ["sh", "dash", "bash"];

    /// <summary>Where a command's program stands, or null; a command with a slash is a path itself.</summary>
    public string? PathOf(string command, string? path, string folder)
    {
        if (command.Contains('/', StringComparison.Ordinal))
            return FindFile(FileSystem.Join(folder, command)) is null ? null : FileSystem.Join(folder, command);
        if (command.Length == 0)
            return null;
        return (path ?? DefaultPath).Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(place => place.TrimEnd('/') + "/" + command)
            .FirstOrDefault(candidate => FindFile(candidate) is { } file && (file.Mode & 0x49) != 0);
    }

    /// <summary>Runs the program at a path; 126 where it is none that can run.</summary>
    public Work<int> Start(string path, Invocation invocation)
    {
        if (FindFile(path) is not { } file || (file.Mode & 0x49) == 0)
            return Refuse(invocation, "Permission denied");
        var text = Encoding.UTF8.GetString(file.Content);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var first = end < 0 ? text : text[..end];
        if (first.StartsWith(StandIn, StringComparison.Ordinal))
            return StartStandIn(first, invocation);
        if (!first.StartsWith("#!", StringComparison.Ordinal))
            return text.Contains('\0', StringComparison.Ordinal)
                ? Refuse(invocation, "Exec format error")
                : RunScript(text, path, invocation);
        var words = first[2..].Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var interpreter = words.FirstOrDefault() ?? "";
        if (interpreter is "/usr/bin/env" && words.Length > 1)
            words = words[1..];
        var name = words.Length == 0 ? "" : words[0][(words[0].LastIndexOf('/') + 1)..];
        if (!Shells.Contains(name) || FindFile(interpreter) is null)
            return Refuse(invocation, $"{interpreter}: bad interpreter: No such file or directory");
        return RunScript(text, path, invocation, words[1..], name);
    }

    /// <summary>Runs a text as a shell does that is given a file.</summary>
    public static Work<int> RunScript(
        string script, string name, Invocation invocation, IReadOnlyList<string>? options = null, string shell = "sh")
    {
        // A stand-in that was piped into a shell is the program that it stands for.
        if (script.StartsWith(StandIn, StringComparison.Ordinal))
            return StartStandIn(script.Split('\n')[0], invocation);
        // A bash script is known by its name, as bash itself writes it in front of "line".
        var interpreter =
            new Interpreter(invocation with { Name = shell == "bash" && name.Length == 0 ? "bash" : name });
        interpreter.State.Positional = [.. invocation.Arguments];
        foreach (var option in options ?? [])
        {
            interpreter.State.ExitOnError |= option.Contains('e', StringComparison.Ordinal);
            interpreter.State.FailOnUnset |= option.Contains('u', StringComparison.Ordinal);
            interpreter.State.Trace |= option.Contains('x', StringComparison.Ordinal);
        }

        return interpreter.RunScript(script);
    }

    private static async Work<int> StartStandIn(string line, Invocation invocation)
    {
        var words = line[StandIn.Length..].Split(' ');
        var program = invocation.Machine.Order.Programs.GetValueOrDefault(words[0]) ?? ProgramTable.Find(words[0])
            ?? throw new InvalidOperationException($"a stand-in of {words[0]}, which is not simulated");
        try
        {
            return await program(invocation with
            {
                Name = invocation.Name[(invocation.Name.LastIndexOf('/') + 1)..],
                Version = words.ElementAtOrDefault(1) ?? "",
            });
        }
        catch (FileException exception)
        {
            return invocation.Fail(exception.Message);
        }
    }

    private FileNode? FindFile(string path)
    {
        try
        {
            return machine.Files.Find(path) as FileNode;
        }
        catch (FileException)
        {
            // A path through what is no folder leads nowhere.
            return null;
        }
    }

    private static async Work<int> Refuse(Invocation invocation, string why)
    {
        await invocation.Scope.CountProcess();
        invocation.Error.Line($"sh: 1: {invocation.Name}: {why}");
        return why.EndsWith("directory", StringComparison.Ordinal) ? Interpreter.NotFound : 126;
    }
}
