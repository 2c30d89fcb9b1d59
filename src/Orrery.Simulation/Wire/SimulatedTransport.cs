using Orrery.Simulation.Faults;
using Orrery.Simulation.Time;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Wire;

/// <summary>What stands between an engine's life and a world.</summary>
public sealed record WireSettings
{
    public required IWorld World { get; init; }

    public required FaultPlan Faults { get; init; }

    public required CrashPlan Crashes { get; init; }

    public required WireLog Log { get; init; }

    /// <summary>Told before a request that changes things leaves, for the checkers.</summary>
    public Action<WorldRequest> Sending { get; init; } = static _ => { };
}

/// <summary>
/// The network in virtual time. A request arrives later and has its effect even if its sender is dead by then; a reply
/// reaches only the living.
/// </summary>
public sealed class SimulatedTransport(Life life, WireSettings settings) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (life.IsDead)
            return await Life.Never<HttpResponseMessage>();
        var arriving = await WireMessages.ReadAsync(request, cancellationToken);
        var isMutating = arriving.IsChange;
        if (isMutating)
        {
            settings.Crashes.CountRequest();
            settings.Sending(arriving);
            if (settings.Crashes.IsHere())
            {
                life.Kill();
                return await Life.Never<HttpResponseMessage>();
            }
        }

        var fault = settings.Faults.For(arriving, settings.Log.AttemptOf(arriving));
        var reply = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<HttpResponseMessage>?)state)?.TrySetCanceled(token), reply);
        if (fault.Kind == FaultKind.LostRequest)
            settings.Log.Count(FaultKind.LostRequest);
        else
            Send(arriving, fault, reply, isMutating);
        var response = await reply.Task;
        response.RequestMessage = request;
        return response;
    }

    private void Send(
        WorldRequest arriving, Fault fault, TaskCompletionSource<HttpResponseMessage> reply, bool isMutating)
    {
        var late = fault.Kind == FaultKind.LateRequest ? fault.Delay : TimeSpan.Zero;
        life.Clock.Schedule(fault.LatencyOut + late, () =>
        {
            var answer = settings.World.Handle(arriving with { Fault = fault.World }, life.Clock.Now);
            settings.Log.Exchanged(arriving, answer);
            if (fault.Kind is { } kind && (fault.World is null || answer.Injected))
                settings.Log.Count(kind);
            if (isMutating && !life.IsDead && settings.Crashes.IsHere())
                life.Kill();
            if (fault.Kind is FaultKind.LostReply or FaultKind.LateRequest)
                return;
            var slow = fault.Kind == FaultKind.SlowReply ? fault.Delay : TimeSpan.Zero;
            life.Deliver(answer.ServiceTime + fault.LatencyBack + slow, () =>
            {
                if (isMutating && settings.Crashes.IsHere())
                    life.Kill();
                else if (answer.Status == 0)
                    reply.TrySetException(WireMessages.Failure(answer));
                else if (fault.Kind == FaultKind.Reset)
                    reply.TrySetException(new HttpRequestException("the connection was reset"));
                else
                    reply.TrySetResult(WireMessages.Response(answer, StreamOf(answer, fault.LatencyBack)));
            });
        });
    }

    private SimulatedReplyStream? StreamOf(WorldReply answer, TimeSpan latency) => answer.Stream is not { } stream
        ? null
        : new SimulatedReplyStream(answer.Body, stream)
        {
            Deliver = happening => life.Deliver(latency, happening),
            // A dead engine's connections break, but nothing of it runs: the world finds out by itself.
            Closed = () =>
            {
                if (!life.IsDead)
                    stream.Close();
            },
        }.Opened();
}
