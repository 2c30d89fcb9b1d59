using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>Why commands are not run any more.</summary>
internal enum Flow
{
    None,
    Break,
    Continue,
    Return,
    Exit,
}

/// <summary>
/// A shell that runs scripts as Debian's <c>sh</c> does, without threads: whatever waits gives way to the agenda. The
/// stages of a pipe run one after the other.
/// </summary>
internal sealed partial class Interpreter
{
    public const int NotFound = 127;

    private readonly Expander _expander;
    private int _conditions;
    private int _depth;

    public Interpreter(Invocation invocation)
    {
        Invocation = invocation;
        State = new ShellState(invocation.Environment) { Folder = invocation.Folder };
        Streams = invocation.Streams;
        _expander = new Expander(this);
    }

    private Interpreter(Interpreter parent, Streams streams)
    {
        Invocation = parent.Invocation;
        State = parent.State.Copy();
        Streams = streams;
        _expander = new Expander(this);
        _conditions = parent._conditions;
        _depth = parent._depth;
        Line = parent.Line;
    }

    public Invocation Invocation { get; }

    public ShellState State { get; private set; }

    public Streams Streams { get; set; }

    public int Status { get; set; }

    public int Line { get; private set; }

    public Flow Flow { get; set; }

    /// <summary>How many loops a break or continue leaves.</summary>
    public int FlowLevels { get; set; }

    public Machine Machine => Invocation.Machine;

    public bool IsBash => Invocation.Name is "bash" or "-bash";

    /// <summary>Runs a script to its end, with its trap, and gives the exit code.</summary>
    public async Work<int> RunScript(string script)
    {
        await Evaluate(script);
        var status = Status;
        if (State.ExitTrap is { } trap)
        {
            State.ExitTrap = null;
            Flow = Flow.None;
            await Evaluate(trap);
            if (Flow == Flow.Exit)
                status = Status;
        }

        return status;
    }

    /// <summary>Runs a script in this very shell.</summary>
    public async Work<int> Evaluate(string script)
    {
        var reader = new ScriptReader(script);
        try
        {
            while (Flow == Flow.None && reader.Next() is { } command)
                await Run(command);
        }
        catch (ShellSyntaxException exception)
        {
            Line = exception.Line;
            Complain(exception.Message);
            Status = 2;
            Flow = Flow.Exit;
        }

        return Status;
    }

    public void Complain(string message) =>
        Streams.Error.Line($"{Invocation.Name}: {(IsBash ? "line " : "")}{Line}: {message}");

    /// <summary>The output of a script that runs in a subshell, without its last line ends.</summary>
    public async Work<string> Substitute(string script)
    {
        var capture = new CapturedOutput();
        var inner = new Interpreter(this, Streams with { Out = capture.Output });
        Status = _substituted = await inner.RunScript(script);
        return capture.Text.Replace("\0", "", StringComparison.Ordinal).TrimEnd('\n');
    }

    public async Work<int> Run(Command command)
    {
        if (Flow != Flow.None)
            return Status;
        Line = command.Line;
        switch (command)
        {
            case SimpleCommand simple:
                Status = await RunSimple(simple);
                FailOnError();
                break;
            case Sequence sequence:
                foreach (var item in sequence.Commands)
                    await Run(item);
                break;
            case AndOr both:
                await Tested(both.Left);
                if (Flow == Flow.None && (Status == 0) == both.IsAnd)
                    await Run(both.Right);
                break;
            case Pipeline pipeline:
                await RunPipeline(pipeline);
                break;
            case Background background:
                var job = new Interpreter(this, Streams with { In = Input.Empty });
                State.Jobs.Add(job.RunAlone(background.Command));
                Status = 0;
                break;
            case SubshellCommand subshell:
                Status = await new Interpreter(this, Streams).RunAlone(subshell.Body);
                FailOnError();
                break;
            case RedirectedCommand redirected:
                await RunRedirected(redirected);
                break;
            case FunctionCommand function:
                State.Functions[function.Name] = function.Body;
                Status = 0;
                break;
            default:
                await RunBranching(command);
                break;
        }

        return Status;
    }

    private async Work<int> RunAlone(Command command)
    {
        await Run(command);
        return Status;
    }

    private async Work<int> Tested(Command command)
    {
        _conditions++;
        await Run(command);
        _conditions--;
        return Status;
    }

    private void FailOnError()
    {
        if (Status != 0 && State.ExitOnError && _conditions == 0 && Flow == Flow.None)
            Flow = Flow.Exit;
    }

    private async Work<int> RunPipeline(Pipeline pipeline)
    {
        var input = Streams.In;
        var failed = 0;
        if (pipeline.Negated)
            _conditions++;
        for (var i = 0; i < pipeline.Commands.Count; i++)
        {
            if (pipeline.Commands.Count == 1)
            {
                await Run(pipeline.Commands[0]);
                break;
            }

            var capture = i < pipeline.Commands.Count - 1 ? new CapturedOutput() : null;
            var stage = new Interpreter(this, Streams with { In = input, Out = capture?.Output ?? Streams.Out });
            Status = await stage.RunAlone(pipeline.Commands[i]);
            failed = Status != 0 ? Status : failed;
            input = new Input(capture?.Bytes ?? []);
        }

        if (State.PipeFail && failed != 0)
            Status = failed;
        if (pipeline.Negated)
        {
            _conditions--;
            Status = Status == 0 ? 1 : 0;
        }
        else
        {
            FailOnError();
        }

        return Status;
    }

    private async Work<int> RunBranching(Command command)
    {
        switch (command)
        {
            case IfCommand choice:
                foreach (var (condition, body) in choice.Branches)
                {
                    if (await Tested(condition) == 0 && Flow == Flow.None)
                        return await Run(body);
                    if (Flow != Flow.None)
                        return Status;
                }

                Status = 0;
                return choice.Else is null ? 0 : await Run(choice.Else);
            case LoopCommand loop:
                return await RunLoop(loop);
            case ForCommand each:
                return await RunFor(each);
            case CaseCommand cases:
                var subject = await _expander.Text(cases.Subject);
                Status = 0;
                foreach (var (patterns, body) in cases.Arms)
                {
                    foreach (var pattern in patterns)
                    {
                        if (Glob.Matches(await _expander.Pattern(pattern), subject))
                            return body is null ? 0 : await Run(body);
                    }
                }

                return Status;
            default:
                throw new InvalidOperationException($"no such command: {command.GetType().Name}");
        }
    }

    private async Work<int> RunLoop(LoopCommand loop)
    {
        var result = 0;
        var rounds = 0;
        while (Flow == Flow.None)
        {
            Machine.Waits.Round(Invocation.Scope, loop.Text, ++rounds);
            await Invocation.Scope.CountProcess();
            if ((await Tested(loop.Condition) == 0) == loop.Until || LeavesLoop())
                break;
            result = await Run(loop.Body);
            if (LeavesLoop())
                break;
        }

        Machine.Waits.Ended(Invocation.Scope, loop.Text);
        Status = Flow == Flow.None ? result : Status;
        return Status;
    }

    private async Work<int> RunFor(ForCommand each)
    {
        var items = each.Words is null ? State.Positional : await _expander.Fields(each.Words);
        var result = 0;
        foreach (var item in items.ToList())
        {
            State.Set(each.Name, item);
            result = await Run(each.Body);
            if (LeavesLoop() || Flow != Flow.None)
                break;
        }

        Status = Flow == Flow.None ? result : Status;
        return Status;
    }

    // True when this loop ends; a break of several levels, or a continue of an outer loop, goes on outside.
    private bool LeavesLoop()
    {
        if (Flow is not (Flow.Break or Flow.Continue))
            return Flow != Flow.None;
        var isLast = --FlowLevels <= 0;
        var leaves = Flow == Flow.Break || !isLast;
        if (isLast)
            Flow = Flow.None;
        return leaves;
    }

    private async Work<int> RunRedirected(RedirectedCommand redirected)
    {
        var before = Streams;
        try
        {
            Streams = await Redirected(redirected.Redirects);
        }
        catch (FileException exception)
        {
            Complain(exception.Message);
            Status = 2;
            FailOnError();
            return Status;
        }

        await Run(redirected.Inner);
        Streams = before;
        return Status;
    }
}
