using Orrery.Engine.Ports;
using Orrery.Simulation.Git;
using Orrery.Simulation.Time;
using Orrery.Simulation.Wire;

namespace Orrery.Simulation.Sites;

/// <summary>
/// The programs of a person's computer as one life sees them: <c>ssh</c> to the machines, and <c>git</c>.
/// </summary>
public sealed class SiteProcesses(Life life, ProcessSettings settings, SimulatedGit git) : IProcessRunner
{
    private readonly SimulatedProcessRunner _ssh = new(life, settings);

    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        if (request.Program != "git")
            return await _ssh.RunAsync(request, cancellation);
        if (life.IsDead)
            return await Life.Never<ProcessResult>();
        if (request.Changes)
        {
            settings.Crashes.CountRequest();
            settings.Sending(request);
            await DieAsync();
        }

        var done = new TaskCompletionSource<ProcessResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellation.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<ProcessResult>?)state)?.TrySetCanceled(token), done);
        settings.Machines.Agenda.AdvanceTo(life.Clock.Now);
        var fault = SimulatedGit.IsNetwork(request) ? settings.Faults(request) : ProcessFault.None;
        var run = fault == ProcessFault.None
            ? git.Run(request)
            : git.Break(request, isAfter: fault == ProcessFault.LostAfter);
        if (request.Changes && settings.Crashes.IsHere())
            life.Kill();
        var start = life.Clock.Now;
        life.Deliver(run.Took, () =>
        {
            settings.Machines.Agenda.AdvanceTo(life.Clock.Now);
            settings.Ran(request, "git", start);
            if (request.Changes && settings.Crashes.IsHere())
                life.Kill();
            else
                done.TrySetResult(run.Result);
        });
        return await done.Task;
    }

    public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
        _ssh.StartAsync(request, cancellation);

    private async Task DieAsync()
    {
        if (!settings.Crashes.IsHere())
            return;
        life.Kill();
        await Life.Never<bool>();
    }
}
