using Orrery.Engine.Ports;
using Orrery.Simulation.Machines;
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
    private readonly SshPrograms _programs = new(settings.Machines, settings.UserKeys);

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
                return _programs.AddKey(request);
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
        settings.Machines.Agenda.AdvanceTo(life.Clock.Now);
        return SimulatedProcess.Start(
            _programs, request,
            (host, target) => settings.Machines.Find(host) is { } machine ? settings.Forward(machine, target) : null);
    }

    private void Send(ProcessRequest request, SshCall call, TaskCompletionSource<ProcessResult> done)
    {
        var fault = settings.Faults(request);
        settings.Asked(request, call.Host);
        // The handshake is work of the machine, too.
        var start = life.Clock.Now;
        life.Clock.Schedule(settings.Latency, () =>
        {
            settings.Machines.Agenda.AdvanceTo(life.Clock.Now);
            if (fault == ProcessFault.LostBefore)
            {
                var reset = $"kex_exchange_identification: Connection reset by {call.Host}\r\n";
                Answer(request, done, SshPrograms.Failed(reset));
                return;
            }

            if (_programs.Refusal(request, call) is { } refused)
            {
                Answer(request, done, refused.Result, refused.Patience);
                return;
            }

            if (_programs.Start(request, call) is not { } running)
                return;
            running.WhenDone(() =>
            {
                settings.Ran(request, call.Host, start);
                if (request.Changes && !life.IsDead && settings.Crashes.IsHere())
                    life.Kill();
                Answer(request, done, fault == ProcessFault.LostAfter
                    ? SshPrograms.Failed($"Connection to {call.Host} closed by remote host.\r\n")
                    : SshPrograms.ResultOf(request, running));
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
}
