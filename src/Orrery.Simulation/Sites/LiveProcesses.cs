using Orrery.Engine.Ports;
using Orrery.Simulation.Git;
using Orrery.Simulation.Wire;

namespace Orrery.Simulation.Sites;

/// <summary>The programs of a person's computer, towards a live site.</summary>
internal sealed class LiveProcesses(LiveSite live, SshPrograms programs, SimulatedGit git) : IProcessRunner
{
    /// <summary>From here to a machine, with the handshake. Assumed.</summary>
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(150);

    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        switch (request.Program)
        {
            case "git":
                var run = live.Use(_ => git.Run(request));
                await Task.Delay(run.Took, live.Time, cancellation);
                return run.Result;
            case "ssh-add":
                return live.Use(_ => programs.AddKey(request));
            case "ssh" when SshCall.Read(request) is { } call:
                return await SshAsync(request, call, cancellation);
            default:
                throw new ProviderException(ProviderErrorCode.Invalid, $"{request.Program} is not simulated");
        }
    }

    public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
        Task.FromResult<IRunningProcess>(
            live.Use(_ => SimulatedProcess.Start(programs, request, static (_, _) => null)));

    private async Task<ProcessResult> SshAsync(ProcessRequest request, SshCall call, CancellationToken cancellation)
    {
        await Task.Delay(Latency, live.Time, cancellation);
        var done = new TaskCompletionSource<ProcessResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var patience = live.Use(_ => Begin(request, call, done));
        await Task.Delay(Latency + patience, live.Time, cancellation);
        try
        {
            return await done.Task.WaitAsync(request.Timeout, live.Time, cancellation);
        }
        catch (TimeoutException exception)
        {
            throw new ProviderException(
                ProviderErrorCode.Timeout,
                $"{request.Program} did not end within {request.Timeout.TotalSeconds} s", exception);
        }
    }

    private TimeSpan Begin(ProcessRequest request, SshCall call, TaskCompletionSource<ProcessResult> done)
    {
        if (programs.Refusal(request, call) is { } refused)
        {
            done.SetResult(refused.Result);
            return refused.Patience;
        }

        if (programs.Start(request, call) is { } running)
            running.WhenDone(() => done.TrySetResult(SshPrograms.ResultOf(request, running)));
        return TimeSpan.Zero;
    }
}
