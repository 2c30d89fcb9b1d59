using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Programs;

namespace Orrery.Simulation.Machines.Ssh;

/// <summary>A machine's SSH port at this moment.</summary>
public sealed class SshServer
{
    internal SshServer(Machine machine) => Machine = machine;

    public Machine Machine { get; }

    /// <summary>The host keys that it shows, as type and base64; what stands in <c>/etc/ssh</c> now.</summary>
    public IReadOnlyList<string> HostKeys =>
        [.. Machine.Files.Below("/etc/ssh")
            .Where(found => found.Node is FileNode && found.Path.EndsWith("_key.pub", StringComparison.Ordinal))
            .Select(found => SshKey.WithoutComment(Machine.Files.ReadText(found.Path))).Where(key => key.Length > 0)];

    /// <summary>Lets a user in who has a key; null where it is refused.</summary>
    /// <param name="publicKey">Type and base64.</param>
    public SshSession? Open(string user, string publicKey)
    {
        if (AccountPrograms.HomeOf(Machine.Files, user) is not { } home)
            return null;
        var lines = (Machine.Files.TryReadText(home + "/.ssh/authorized_keys") ?? "").Split('\n');
        var offered = SshKey.WithoutComment(publicKey);
        return offered.Length > 0 && lines.Any(line => SshKey.WithoutComment(line) == offered)
            ? new SshSession(Machine, user, home)
            : null;
    }
}

/// <summary>Somebody who is logged in.</summary>
public sealed class SshSession
{
    // A client gives a machine up that falls silent, with ServerAliveInterval 5 and ServerAliveCountMax 3 after this.
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    private readonly string _user;
    private readonly string _home;

    internal SshSession(Machine machine, string user, string home) => (Machine, _user, _home) = (machine, user, home);

    public Machine Machine { get; }

    /// <summary>Starts a command in the user's shell.</summary>
    /// <param name="limit">After so long it is killed, as if the connection were gone; null for never.</param>
    public SshCommand Run(string command, ReadOnlyMemory<byte> input, TimeSpan? limit = null)
    {
        var scope = Machine.Power.Child();
        var (output, error) = (new CapturedOutput(), new CapturedOutput());
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = ProgramRunner.DefaultPath,
            ["HOME"] = _home,
            ["USER"] = _user,
            ["SHELL"] = "/bin/bash",
        };
        // pam_env reads this file for every session.
        foreach (var line in (Machine.Files.TryReadText("/etc/environment") ?? "").Split('\n'))
        {
            var parts = line.Split('=', 2);
            if (parts.Length == 2)
                environment[parts[0].Trim()] = parts[1].Trim().Trim('"');
        }

        var work = ProgramRunner.RunScript(command, "bash", new Invocation
        {
            Machine = Machine,
            Scope = scope,
            Name = "bash",
            Environment = environment,
            Folder = Machine.Files.Exists(_home) ? _home : "/",
            Streams = new Streams(new Input(input.ToArray()), output.Output, error.Output),
            Cause = "session",
        }, shell: "bash");
        var running = new SshCommand(scope, work, output, error, limit);
        Machine.PowerCut.Then(() => Machine.Agenda.After(SilenceMax, running.Lost));
        return running;
    }
}

/// <summary>A command that runs, or has run, on a machine.</summary>
public sealed class SshCommand
{
    // ssh's own exit code where the connection ends before the command does.
    private const int ConnectionLost = 255;

    private readonly Scope _scope;
    private readonly Work<int> _work;
    private readonly CapturedOutput _output;
    private readonly CapturedOutput _error;
    private readonly Signal _done = new();
    private bool _isKilled;

    internal SshCommand(Scope scope, Work<int> work, CapturedOutput output, CapturedOutput error, TimeSpan? limit)
    {
        (_scope, _work, _output, _error) = (scope, work, output, error);
        work.OnCompleted(() =>
        {
            work.GetResult();
            _done.Set();
        });
        if (limit is { } patience)
            scope.Agenda.After(patience, Kill);
    }

    public bool IsDone => _work.IsCompleted || _isKilled || _scope.IsDead;

    /// <summary>255 where the machine or the connection went away before the command ended.</summary>
    public int ExitCode => _work.IsCompleted ? _work.GetResult() : ConnectionLost;

    public ReadOnlyMemory<byte> Output => _output.Bytes;

    public string Error => _error.Text;

    /// <summary>Told once when it has ended; at once where it has already.</summary>
    public void WhenDone(Action happening)
    {
        if (IsDone)
            happening();
        else
            _done.Then(happening);
    }

    /// <summary>The machine is gone; whoever waits is told.</summary>
    internal void Lost()
    {
        if (!_work.IsCompleted)
            _done.Set();
    }

    /// <summary>Ends it; nothing of it runs any more.</summary>
    public void Kill()
    {
        if (IsDone)
            return;
        _scope.Kill();
        _isKilled = true;
        _done.Set();
    }
}
