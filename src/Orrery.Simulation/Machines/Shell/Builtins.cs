using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>What a command of the shell itself does; words are the command and its arguments.</summary>
internal delegate Work<int> Builtin(Interpreter shell, IReadOnlyList<string> words);

/// <summary>The commands of the shell itself.</summary>
internal static class Builtins
{
    private static readonly Dictionary<string, Builtin> All = new(StringComparer.Ordinal)
    {
        [":"] = static (_, _) => Done(0),
        ["true"] = static (_, _) => Done(0),
        ["false"] = static (_, _) => Done(1),
        ["."] = Source,
        ["source"] = Source,
        ["["] = Test,
        ["test"] = Test,
        ["break"] = Leave,
        ["cd"] = ChangeFolder,
        ["command"] = CommandOf,
        ["continue"] = Leave,
        ["echo"] = static (shell, words) => Write(shell, TextFormat.Echo([.. words.Skip(1)], shell.IsBash)),
        ["eval"] = static (shell, words) => shell.Evaluate(string.Join(' ', words.Skip(1))),
        ["exec"] = Exec,
        ["exit"] = Leave,
        ["export"] = Export,
        ["hash"] = static (_, _) => Done(0),
        ["local"] = Local,
        ["printf"] = Printf,
        ["pwd"] = static (shell, _) => Write(shell, shell.State.Folder + "\n"),
        ["read"] = Read,
        ["readonly"] = Export,
        ["return"] = Leave,
        ["set"] = Set,
        ["shift"] = Shift,
        ["trap"] = Trap,
        ["type"] = CommandOf,
        ["ulimit"] = static (_, _) => Done(0),
        ["umask"] = Mask,
        ["unset"] = Unset,
        ["wait"] = Wait,
    };

    private static readonly string[] Special =
        [":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "trap",
            "unset"];

    public static bool IsSpecial(string name) => Special.Contains(name);

    public static Builtin? Find(string name) => All.GetValueOrDefault(name);

    private static Work<int> Done(int status)
    {
        var work = new Work<int>();
        work.Complete(status);
        return work;
    }

    private static Work<int> Write(Interpreter shell, string text)
    {
        shell.Streams.Out.Text(text);
        return Done(0);
    }

    private static Work<int> Complaint(Interpreter shell, string message, int status)
    {
        shell.Complain(message);
        return Done(status);
    }

    private static Work<int> Test(Interpreter shell, IReadOnlyList<string> words)
    {
        if (words[0] == "[" && words[^1] != "]")
            return Complaint(shell, "[: missing ]", 2);
        var arguments = words.Skip(1).Take(words.Count - (words[0] == "[" ? 2 : 1)).ToList();
        try
        {
            return Done(new TestExpression(shell.Machine.Files, shell.State.Folder, arguments).Value() ? 0 : 1);
        }
        catch (FormatException exception)
        {
            return Complaint(shell, $"{words[0]}: {exception.Message}", 2);
        }
    }

    private static Work<int> Printf(Interpreter shell, IReadOnlyList<string> words) =>
        words.Count < 2
            ? Complaint(shell, "printf: usage: printf format [arg ...]", 2)
            : Write(shell, words[1] == "--"
                ? TextFormat.Printf(words[2], [.. words.Skip(3)])
                : TextFormat.Printf(words[1], [.. words.Skip(2)]));

    private static Work<int> Leave(Interpreter shell, IReadOnlyList<string> words)
    {
        var number = shell.Status;
        if (words.Count > 1 && !int.TryParse(words[1], out number))
            return Complaint(shell, $"{words[0]}: Illegal number: {words[1]}", 2);
        (shell.Flow, shell.FlowLevels) = words[0] switch
        {
            "break" => (Flow.Break, words.Count > 1 ? number : 1),
            "continue" => (Flow.Continue, words.Count > 1 ? number : 1),
            "return" => (Flow.Return, 0),
            _ => (Flow.Exit, 0),
        };
        return Done(words[0] is "break" or "continue" ? 0 : number & 0xff);
    }

    private static Work<int> ChangeFolder(Interpreter shell, IReadOnlyList<string> words)
    {
        var target = words.Count > 1 ? words[^1] : shell.State.Get("HOME") ?? "/";
        try
        {
            var path = FileSystem.Join(shell.State.Folder, target);
            if (shell.Machine.Files.Find(path) is FolderNode)
            {
                shell.State.Folder = shell.Machine.Files.Canonical(path);
                shell.State.Set("PWD", shell.State.Folder);
                return Done(0);
            }
        }
        catch (FileException)
        {
            // What cannot be reached cannot be entered; the message below says so.
        }

        return Complaint(shell, $"cd: can't cd to {target}", 2);
    }

    private static async Work<int> CommandOf(Interpreter shell, IReadOnlyList<string> words)
    {
        var asks = words[0] == "type" || words.ElementAtOrDefault(1) is "-v" or "-V";
        var names = words.Skip(words[0] == "type" || !asks ? 1 : 2).ToList();
        if (!asks)
            return names.Count == 0 ? 0
                : await (Find(names[0])?.Invoke(shell, names) ?? shell.Execute(names, [], shell.Streams));
        foreach (var name in names)
        {
            if (Find(name) is not null || shell.State.Functions.ContainsKey(name))
                shell.Streams.Out.Line(name);
            else if (shell.Machine.Programs.PathOf(name, shell.State.Get("PATH"), shell.State.Folder) is { } path)
                shell.Streams.Out.Line(path);
            else
                return words[0] == "type" || !shell.IsBash ? Interpreter.NotFound : 1;
        }

        return 0;
    }

    private static async Work<int> Exec(Interpreter shell, IReadOnlyList<string> words)
    {
        if (words.Count == 1)
            return 0;
        var status = await shell.Execute([.. words.Skip(1)], [], shell.Streams);
        shell.Flow = Flow.Exit;
        shell.State.ExitTrap = null;
        return status;
    }

    private static Work<int> Export(Interpreter shell, IReadOnlyList<string> words)
    {
        foreach (var word in words.Skip(1).Where(word => word != "-p"))
        {
            var parts = word.Split('=', 2);
            if (parts.Length > 1)
                shell.State.Set(parts[0], parts[1]);
            if (words[0] == "export")
                shell.State.Export(parts[0]);
            else
                shell.State.Protect(parts[0]);
        }

        return Done(0);
    }

    private static Work<int> Local(Interpreter shell, IReadOnlyList<string> words)
    {
        foreach (var word in words.Skip(1))
        {
            var parts = word.Split('=', 2);
            shell.State.MakeLocal(parts[0]);
            if (parts.Length > 1)
                shell.State.Set(parts[0], parts[1]);
        }

        return Done(0);
    }

    private static Work<int> Read(Interpreter shell, IReadOnlyList<string> words)
    {
        var names = words.Skip(1).Where(word => !word.StartsWith('-')).ToList();
        if (names.Count == 0)
            return Complaint(shell, "read: arg count", 2);
        var line = shell.Streams.In.TakeLine();
        var text = line?.Text ?? "";
        if (!words.Contains("-r"))
            text = text.Replace("\\", "", StringComparison.Ordinal);
        var separators = (shell.State.Get("IFS") ?? " \t\n").ToCharArray();
        for (var i = 0; i < names.Count; i++)
        {
            text = separators.Length == 0 ? text : text.Trim(separators.Where(char.IsWhiteSpace).ToArray());
            var end = i == names.Count - 1 ? -1 : text.IndexOfAny(separators);
            shell.State.Set(names[i], end < 0 ? text : text[..end]);
            text = end < 0 ? "" : text[(end + 1)..];
        }

        return Done(line is { IsWhole: true } ? 0 : 1);
    }

    private static Work<int> Set(Interpreter shell, IReadOnlyList<string> words)
    {
        for (var i = 1; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--" || word[0] is not ('-' or '+'))
            {
                shell.State.Positional = [.. words.Skip(word == "--" ? i + 1 : i)];
                return Done(0);
            }

            foreach (var option in word[1..])
            {
                var name = option == 'o' && i + 1 < words.Count ? words[++i] : option.ToString();
                if (!SetOption(shell.State, name, word[0] == '-', shell.IsBash))
                    return Illegal(shell, name);
            }
        }

        return Done(0);
    }

    private static Work<int> Illegal(Interpreter shell, string name)
    {
        shell.Flow = Flow.Exit;
        return Complaint(shell, name.Length == 1 ? $"set: Illegal option -{name}" : $"set: Illegal option -o {name}",
            2);
    }

    private static bool SetOption(ShellState state, string name, bool isOn, bool isBash)
    {
        switch (name)
        {
            case "e" or "errexit":
                state.ExitOnError = isOn;
                return true;
            case "u" or "nounset":
                state.FailOnUnset = isOn;
                return true;
            case "x" or "xtrace":
                state.Trace = isOn;
                return true;
            case "f" or "noglob":
                state.NoGlob = isOn;
                return true;
            case "pipefail":
                // Ubuntu 24.04's dash 0.5.12 does not know it.
                state.PipeFail = isOn;
                return isBash;
            default:
                return name is "a" or "allexport" or "m" or "monitor" or "v" or "C" or "noclobber" or "E" or "h";
        }
    }

    private static Work<int> Shift(Interpreter shell, IReadOnlyList<string> words)
    {
        var count = words.Count > 1 && int.TryParse(words[1], out var given) ? given : 1;
        if (count > shell.State.Positional.Count)
            return Complaint(shell, "shift: can't shift that many", 2);
        shell.State.Positional.RemoveRange(0, count);
        return Done(0);
    }

    private static Work<int> Trap(Interpreter shell, IReadOnlyList<string> words)
    {
        if (words.Count > 2 && words.Skip(2).Any(signal => signal is "EXIT" or "0"))
            shell.State.ExitTrap = words[1] is "-" or "" ? null : words[1];
        return Done(0);
    }

    private static Work<int> Mask(Interpreter shell, IReadOnlyList<string> words)
    {
        if (words.Count == 1)
            return Write(shell, Convert.ToString(shell.State.Mask, 8).PadLeft(4, '0') + "\n");
        shell.State.Mask = Convert.ToInt32(words[1], 8);
        return Done(0);
    }

    private static Work<int> Unset(Interpreter shell, IReadOnlyList<string> words)
    {
        foreach (var name in words.Skip(1).Where(word => !word.StartsWith('-')))
        {
            shell.State.Unset(name);
            shell.State.Functions.Remove(name);
        }

        return Done(0);
    }

    private static async Work<int> Wait(Interpreter shell, IReadOnlyList<string> words)
    {
        var status = 0;
        foreach (var job in shell.State.Jobs.ToList())
            status = await job;
        shell.State.Jobs.Clear();
        return words.Count > 1 ? status : 0;
    }

    private static async Work<int> Source(Interpreter shell, IReadOnlyList<string> words)
    {
        if (words.Count < 2)
            return 0;
        string script;
        try
        {
            script = shell.Machine.Files.ReadText(FileSystem.Join(shell.State.Folder, words[1]));
        }
        catch (FileException)
        {
            shell.Complain($".: cannot open {words[1]}: No such file");
            shell.Flow = Flow.Exit;
            return 2;
        }

        var status = await shell.Evaluate(script);
        if (shell.Flow == Flow.Return)
            shell.Flow = Flow.None;
        return status;
    }
}
