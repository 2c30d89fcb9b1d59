using System.Text;
using Orrery.Engine.Ports;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Ssh;
using Orrery.Simulation.Time;

namespace Orrery.Simulation.Wire;

/// <summary>What goes wrong with one call of <c>ssh</c>.</summary>
public enum ProcessFault
{
    None,

    /// <summary>The connection breaks before the command runs.</summary>
    LostBefore,

    /// <summary>The command runs and the connection breaks before it is told.</summary>
    LostAfter,
}

/// <summary>What stands between an engine's life and the machines.</summary>
public sealed record ProcessSettings
{
    public required MachinePark Machines { get; init; }

    public required CrashPlan Crashes { get; init; }

    /// <summary>Told before a call that changes things, for the checkers.</summary>
    public Action<ProcessRequest> Sending { get; init; } = static _ => { };

    /// <summary>Told of each call to a host when it begins.</summary>
    public Action<ProcessRequest, string> Asked { get; init; } = static (_, _) => { };

    /// <summary>Told of each call that a host has carried out, with its beginning there.</summary>
    public Action<ProcessRequest, string, TimeSpan> Ran { get; init; } = static (_, _, _) => { };

    /// <summary>Decides what goes wrong with a call.</summary>
    public Func<ProcessRequest, ProcessFault> Faults { get; init; } = static _ => ProcessFault.None;

    /// <summary>Connects to a host and a port as a machine sees them; null where nothing listens there.</summary>
    public Func<Machine, string, Stream?> Forward { get; init; } = static (_, _) => null;

    /// <summary>Public keys, as type and base64, of the agent that calls inherit.</summary>
    public IReadOnlyList<string> UserKeys { get; init; } = [];

    /// <summary>From here to a machine, with the handshake. Assumed.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(150);
}

/// <summary>
/// The programs <c>ssh</c>, <c>ssh-agent</c> and <c>ssh-add</c> as they behave towards simulated machines. A command
/// goes on although its caller is dead; an answer reaches only the living.
/// </summary>
public sealed class SimulatedProcessRunner(Life life, ProcessSettings settings) : IProcessRunner
{
    private const string SocketVariable = "SSH_AUTH_SOCK";
    private const int SshFailed = 255;

    // ssh gives up a host that does not answer: ConnectTimeout, ten seconds where nothing is said. Assumed the same.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, List<string>> _agents = new(StringComparer.Ordinal);

    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        if (life.IsDead)
            return await Life.Never<ProcessResult>();
        if (request.Changes)
        {
            settings.Crashes.CountRequest();
            settings.Sending(request);
            if (settings.Crashes.IsHere())
            {
                life.Kill();
                return await Life.Never<ProcessResult>();
            }
        }

        var done = new TaskCompletionSource<ProcessResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellation.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<ProcessResult>?)state)?.TrySetCanceled(token), done);
        switch (request.Program)
        {
            case "ssh-add":
                return AddKey(request);
            case "ssh" when SshCall.Read(request) is { } call:
                Send(request, call, done);
                break;
            default:
                throw new ProviderException(ProviderErrorCode.Invalid, $"{request.Program} is not simulated");
        }

        life.Deliver(request.Timeout, () => done.TrySetException(new ProviderException(
            ProviderErrorCode.Timeout, $"{request.Program} did not end within {request.Timeout.TotalSeconds} s")));
        return await done.Task;
    }

    public async Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation)
    {
        if (life.IsDead)
            return await Life.Never<IRunningProcess>();
        cancellation.ThrowIfCancellationRequested();
        if (request.Program == "ssh-agent")
        {
            var socket = $"/tmp/ssh-simulated/agent.{_agents.Count + 1}";
            _agents[socket] = [];
            return new SimulatedProcess(new MemoryStream(Encoding.UTF8.GetBytes(socket + "\n")), 0, "");
        }

        if (request.Program != "ssh" || SshCall.Read(request) is not { Forward: { } target } call)
            throw new ProviderException(ProviderErrorCode.Invalid, $"{request.Program} is not simulated");
        settings.Machines.Agenda.AdvanceTo(life.Clock.Now);
        if (Refusal(request, call) is { } refusal)
            return new SimulatedProcess(new MemoryStream(), SshFailed, refusal);
        var stream = settings.Machines.Find(call.Host) is { } machine ? settings.Forward(machine, target) : null;
        return stream is null
            ? new SimulatedProcess(new MemoryStream(), SshFailed,
                "channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n")
            : new SimulatedProcess(stream, 0, "");
    }

    private void Send(ProcessRequest request, SshCall call, TaskCompletionSource<ProcessResult> done)
    {
        var fault = settings.Faults(request);
        settings.Asked(request, call.Host);
        life.Clock.Schedule(settings.Latency, () =>
        {
            settings.Machines.Agenda.AdvanceTo(life.Clock.Now);
            if (fault == ProcessFault.LostBefore)
            {
                Answer(request, done, Failed($"kex_exchange_identification: Connection reset by {call.Host}\r\n"));
                return;
            }

            if (Refusal(request, call) is { } refusal)
            {
                // Nobody there is known only after a while; whoever is there says so at once.
                var patience = refusal.Contains("timed out", StringComparison.Ordinal) ? ConnectTimeout : TimeSpan.Zero;
                Answer(request, done, Failed(refusal), patience);
                return;
            }

            var session = settings.Machines.Connect(call.Host)?.Open(call.User, Offered(request, call) ?? "");
            if (session is null)
                return;
            var running = session.Run(call.Command, request.Input, request.Timeout);
            var start = life.Clock.Now;
            running.WhenDone(() =>
            {
                settings.Ran(request, call.Host, start);
                if (request.Changes && !life.IsDead && settings.Crashes.IsHere())
                    life.Kill();
                Answer(request, done, fault == ProcessFault.LostAfter
                    ? Failed($"Connection to {call.Host} closed by remote host.\r\n")
                    : Result(request, running));
            });
        });
    }

    private void Answer(
        ProcessRequest request, TaskCompletionSource<ProcessResult> done, ProcessResult result,
            TimeSpan patience = default) =>
        life.Deliver(settings.Latency + patience, () =>
        {
            if (request.Changes && settings.Crashes.IsHere())
                life.Kill();
            else
                done.TrySetResult(result);
        });

    // What ssh says instead of opening a session, in its own words; null where it opens one.
    private string? Refusal(ProcessRequest request, SshCall call)
    {
        if (settings.Machines.Find(call.Host) is null)
            return $"ssh: connect to host {call.Host} port 22: Connection timed out\r\n";
        if (settings.Machines.Connect(call.Host) is not { } server)
            return $"ssh: connect to host {call.Host} port 22: Connection refused\r\n";
        var shown = server.HostKeys;
        if (!call.KnownKeys.Any(shown.Contains))
        {
            return call.KnownKeys.Count == 0
                ? "No ED25519 host key is known for the host and you have requested strict checking.\r\n"
                    + "Host key verification failed.\r\n"
                : "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nHost key verification failed.\r\n";
        }

        return Offered(request, call) is null ? $"{call.User}@{call.Host}: Permission denied (publickey).\r\n" : null;
    }

    // The first key of the agent that the machine takes.
    private string? Offered(ProcessRequest request, SshCall call)
    {
        var socket = request.Environment.TryGetValue(SocketVariable, out var given) ? given : "";
        var keys = _agents.TryGetValue(socket, out var held) ? held
            : request.Inherited.Contains(SocketVariable) ? settings.UserKeys
            : (IReadOnlyList<string>)[];
        var server = settings.Machines.Connect(call.Host);
        return keys.FirstOrDefault(key => server?.Open(call.User, key) is not null);
    }

    private ProcessResult AddKey(ProcessRequest request)
    {
        var socket = request.Environment.TryGetValue(SocketVariable, out var given) ? given : "";
        if (!_agents.TryGetValue(socket, out var keys))
            return new ProcessResult(2, default, "Could not open a connection to your authentication agent.\n");
        if (SshKey.PublicOf(Encoding.UTF8.GetString(request.Input.Span)) is not { } key)
            return new ProcessResult(1, default, "Error loading key \"(stdin)\": error in libcrypto\n");
        keys.Add(key);
        return new ProcessResult(0, default, "");
    }

    private static ProcessResult Failed(string said) => new(SshFailed, default, said);

    private static ProcessResult Result(ProcessRequest request, SshCommand running)
    {
        var output = running.Output;
        var error = running.Error;
        return new ProcessResult(
            running.ExitCode,
            output.Length > request.OutputBytesMax ? output[..request.OutputBytesMax] : output,
            error.Length > request.OutputBytesMax ? error[^request.OutputBytesMax..] : error)
        {
            IsCut = output.Length > request.OutputBytesMax,
        };
    }

    private sealed class SimulatedProcess(Stream stream, int exitCode, string error) : IRunningProcess
    {
        public Stream Stream => stream;

        public string Error => error;

        public Task<int> Ended => Task.FromResult(exitCode);

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }
}
