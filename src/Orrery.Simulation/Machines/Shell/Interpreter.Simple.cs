using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>Simple commands: expansion, redirection, and what runs: function, builtin or program.</summary>
internal sealed partial class Interpreter
{
    // dash has no limit but its stack; a script that calls itself for ever must not end the simulation.
    private const int DepthMax = 64;

    // Without a command, the status is that of the last substitution.
    private int _substituted;

    private async Work<int> RunSimple(SimpleCommand command)
    {
        try
        {
            _substituted = 0;
            var words = await _expander.Fields(command.Words);
            var streams = command.Redirects.Count == 0 ? Streams : await Redirected(command.Redirects);
            if (words.Count == 0)
            {
                foreach (var assignment in command.Assignments)
                    State.Set(assignment.Name, await _expander.Text(assignment.Value));
                return _substituted;
            }

            if (State.Trace)
                Streams.Error.Line("+ " + string.Join(' ', words));
            var assignments = new List<(string Name, string Value)>();
            foreach (var assignment in command.Assignments)
                assignments.Add((assignment.Name, await _expander.Text(assignment.Value)));
            return await Dispatch(words, assignments, streams);
        }
        catch (FileException exception)
        {
            Complain(exception.Message);
            return 2;
        }
        catch (UnsetParameterException exception)
        {
            Complain(exception.Message);
            Flow = Flow.Exit;
            return IsBash ? 1 : 2;
        }
        catch (ShellSyntaxException exception)
        {
            Complain(exception.Message);
            Flow = Flow.Exit;
            return 2;
        }
    }

    private async Work<int> Dispatch(
        IReadOnlyList<string> words, List<(string Name, string Value)> assignments, Streams streams)
    {
        var before = Streams;
        if (State.Functions.TryGetValue(words[0], out var function))
        {
            foreach (var (name, value) in assignments)
                State.Set(name, value);
            Streams = streams;
            var result = await Call(function, words);
            Streams = before;
            return result;
        }

        if (Builtins.Find(words[0]) is { } builtin)
        {
            var kept = assignments.Select(assignment => (assignment.Name, Value: State.Get(assignment.Name))).ToList();
            foreach (var (name, value) in assignments)
                State.Set(name, value);
            Streams = streams;
            var result = await builtin(this, words);
            // Only before what POSIX calls special do assignments last.
            if (!Builtins.IsSpecial(words[0]))
            {
                foreach (var (name, value) in kept)
                    State.Restore(name, value);
            }

            // `exec` without a command keeps its redirections.
            Streams = words is ["exec"] ? Streams : before;
            return result;
        }

        return await Execute(words, assignments, streams);
    }

    private async Work<int> Call(Command function, IReadOnlyList<string> words)
    {
        if (++_depth > DepthMax)
            throw new ShellSyntaxException("Maximum function recursion depth reached", Line);
        var positional = State.Positional;
        State.Positional = [.. words.Skip(1)];
        State.EnterFunction();
        await Run(function);
        State.LeaveFunction();
        State.Positional = positional;
        _depth--;
        if (Flow == Flow.Return)
            Flow = Flow.None;
        return Status;
    }

    /// <summary>Runs a program in a process of its own.</summary>
    public async Work<int> Execute(
        IReadOnlyList<string> words, IReadOnlyList<(string Name, string Value)> assignments, Streams streams)
    {
        await Invocation.Scope.CountProcess();
        var environment = State.Exported();
        foreach (var (name, value) in assignments)
            environment[name] = value;
        if (Machine.Programs.PathOf(words[0], environment.GetValueOrDefault("PATH"), State.Folder) is not { } path)
        {
            var missing = IsBash ? "command not found" : "not found";
            if (words[0].Contains('/', StringComparison.Ordinal))
                missing = IsBash ? "No such file or directory" : "not found";
            var before = Streams;
            Streams = streams;
            Complain($"{words[0]}: {missing}");
            Streams = before;
            return NotFound;
        }

        return await Machine.Programs.Start(path, Invocation with
        {
            Name = words[0],
            Arguments = [.. words.Skip(1)],
            Environment = environment,
            Folder = State.Folder,
            Streams = streams,
            Version = "",
        });
    }

    private async Work<Streams> Redirected(IReadOnlyList<Redirect> redirects)
    {
        var streams = Streams;
        foreach (var redirect in redirects)
        {
            var target = await _expander.Text(redirect.Target);
            streams = redirect.Operation switch
            {
                "<<" => streams with { In = new Input(Encoding.UTF8.GetBytes(target)) },
                "<" => streams with { In = target is "/dev/stdin" ? streams.In : new Input(Open(target)) },
                "<&" => streams,
                ">&" when target == "-" => streams.With(redirect.Descriptor, Output.Nowhere),
                ">&" => streams.With(redirect.Descriptor, streams[int.TryParse(target, out var from) ? from : -1]
                    ?? throw new ShellSyntaxException($"{target}: Bad file descriptor", Line)),
                _ => streams.With(redirect.Descriptor, Writer(target, streams, redirect.Operation == ">>")),
            };
        }

        return streams;
    }

    private byte[] Open(string target)
    {
        try
        {
            return Machine.Files.Read(FileSystem.Join(State.Folder, target));
        }
        catch (FileException exception)
        {
            throw new FileException($"cannot open {target}: {Short(exception)}");
        }
    }

    private Output Writer(string target, Streams streams, bool appends)
    {
        switch (target)
        {
            case "/dev/null":
                return Output.Nowhere;
            case "/dev/stdout":
                return streams.Out;
            case "/dev/stderr":
                return streams.Error;
            case "/dev/console" or "/dev/tty" or "/dev/kmsg":
                return new Output(Machine.Console);
        }

        var path = FileSystem.Join(State.Folder, target);
        try
        {
            if (!appends || !Machine.Files.Exists(path))
                Machine.Files.Write(path, [], 0x1B6 & ~State.Mask);
            else if (Machine.Files.Find(path) is FolderNode)
                throw FileException.IsAFolder;
        }
        catch (FileException exception)
        {
            throw new FileException($"cannot create {target}: {Short(exception)}");
        }

        return new Output(content => Machine.Files.Append(path, content));
    }

    // dash says "Directory nonexistent" where the folder of a new file is missing, and "No such file" for a read.
    private static string Short(FileException exception) =>
        exception.Message == FileException.NotFound.Message ? "No such file" : exception.Message;
}
