using Orrery.Engine.Ports;

namespace Orrery.Rehearsal.Stages;

/// <summary>Shows each program to a checker before it starts.</summary>
internal sealed class WatchedProcesses(IProcessRunner inner, Action<ProcessRequest> starting) : IProcessRunner
{
    public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        starting(request);
        return inner.RunAsync(request, cancellation);
    }

    public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation)
    {
        starting(request);
        return inner.StartAsync(request, cancellation);
    }
}
