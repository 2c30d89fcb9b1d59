using System.Globalization;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Shell;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Shells, and what only runs or delays other programs.</summary>
internal static class ShellPrograms
{
    public static async Work<int> True(Invocation call)
    {
        await call.Scope.CountProcess();
        return 0;
    }

    public static async Work<int> False(Invocation call)
    {
        await call.Scope.CountProcess();
        return 1;
    }

    public static async Work<int> Echo(Invocation call)
    {
        await call.Scope.CountProcess();
        call.Out.Text(TextFormat.Echo(call.Arguments, isBash: true));
        return 0;
    }

    public static async Work<int> Printf(Invocation call)
    {
        await call.Scope.CountProcess();
        call.Out.Text(TextFormat.Printf(call.Arguments.ElementAtOrDefault(0) ?? "", [.. call.Arguments.Skip(1)]));
        return 0;
    }

    public static async Work<int> Test(Invocation call)
    {
        await call.Scope.CountProcess();
        try
        {
            return new TestExpression(call.Files, call.Folder, call.Arguments).Value() ? 0 : 1;
        }
        catch (FormatException exception)
        {
            return call.Fail(exception.Message, 2);
        }
    }

    public static async Work<int> Sleep(Invocation call)
    {
        var total = TimeSpan.Zero;
        foreach (var argument in call.Arguments)
        {
            if (Duration(argument) is not { } duration)
                return call.Fail($"invalid time interval ‘{argument}’");
            total += duration;
        }

        if (call.Arguments.Count == 0)
            return call.Fail("missing operand");
        await call.Scope.Sleep(total);
        return 0;
    }

    public static async Work<int> Sh(Invocation call)
    {
        var options = new List<string>();
        var index = 0;
        for (; index < call.Arguments.Count
            && call.Arguments[index] is ['-' or '+', _, ..] and not "-c" and not "-s"; index++)
        {
            if (call.Arguments[index] is "-o" or "+o")
                index++;
            else if (call.Arguments[index].Contains('c', StringComparison.Ordinal)
                && !call.Arguments[index].StartsWith("--", StringComparison.Ordinal))
                break;
            options.Add(call.Arguments[index]);
        }

        var rest = call.Arguments.Skip(index).ToList();
        if (rest.Count > 0 && rest[0] is ['-', ..] && rest[0].Contains('c', StringComparison.Ordinal))
        {
            if (rest.Count < 2)
                return call.Fail("0: -c requires an argument", 2);
            options.Add(rest[0].Replace("c", "", StringComparison.Ordinal));
            var name = rest.Count > 2 ? rest[2] : call.Name;
            return await ProgramRunner.RunScript(
                rest[1], name, call with { Arguments = [.. rest.Skip(3)] }, options, call.Name);
        }

        if (rest.Count == 0 || rest[0] == "-s")
        {
            var arguments = rest.Skip(1).SkipWhile(argument => argument is "-" or "--").ToList();
            return await ProgramRunner.RunScript(
                call.In.TakeText(), call.Name, call with { Arguments = arguments }, options, call.Name);
        }

        var path = call.PathOf(rest[0]);
        if (call.Files.Find(path) is not FileNode file)
            return call.Fail($"0: cannot open {rest[0]}: No such file", 2);
        return await ProgramRunner.RunScript(System.Text.Encoding.UTF8.GetString(file.Content), rest[0],
            call with { Arguments = [.. rest.Skip(1)] }, options, call.Name);
    }

    public static async Work<int> Env(Invocation call)
    {
        var environment = new Dictionary<string, string>(call.Environment, StringComparer.Ordinal);
        var index = 0;
        for (; index < call.Arguments.Count; index++)
        {
            var argument = call.Arguments[index];
            if (argument is "-i" or "-")
                environment.Clear();
            else if (argument.Contains('=', StringComparison.Ordinal))
                environment[argument.Split('=', 2)[0]] = argument.Split('=', 2)[1];
            else
                break;
        }

        if (index < call.Arguments.Count)
            return await Run(call with { Environment = environment }, [.. call.Arguments.Skip(index)]);
        foreach (var (name, value) in environment)
            call.Out.Line($"{name}={value}");
        return 0;
    }

    /// <summary>Ends its child after a while: exit code 124.</summary>
    public static async Work<int> Timeout(Invocation call)
    {
        var arguments = call.Arguments.SkipWhile(argument => argument.StartsWith('-')).ToList();
        if (arguments.Count < 2 || Duration(arguments[0]) is not { } limit)
            return call.Fail("missing operand", 125);
        var scope = call.Scope.Child();
        var ended = new Signal();
        var child = Run(call with { Scope = scope }, [.. arguments.Skip(1)]);
        child.OnCompleted(ended.Set);
        if (child.IsCompleted || (await call.Scope.WaitFor(ended, limit) && child.IsCompleted))
            return child.GetResult();
        scope.Kill();
        return 124;
    }

    /// <summary>Runs another program in place of this one.</summary>
    public static async Work<int> Run(Invocation call, IReadOnlyList<string> words)
    {
        var path = call.Machine.Programs.PathOf(words[0], call.Environment.GetValueOrDefault("PATH"), call.Folder);
        if (path is null)
            return call.Fail($"‘{words[0]}’: No such file or directory", Interpreter.NotFound);
        return await call.Machine.Programs.Start(path, call with { Name = words[0], Arguments = [.. words.Skip(1)] });
    }

    /// <summary>For example <c>1.5</c>, <c>30s</c>, <c>5m</c>; null where it is no duration.</summary>
    public static TimeSpan? Duration(string text)
    {
        if (text == "infinity")
            return TimeSpan.FromDays(3650);
        var unit = text.Length == 0 ? 's' : text[^1];
        var factor = unit switch { 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 1 };
        var digits = unit is 's' or 'm' or 'h' or 'd' ? text[..^1] : text;
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? TimeSpan.FromSeconds(number * factor)
            : null;
    }
}
