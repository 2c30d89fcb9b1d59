using System.Net;
using System.Net.Http.Headers;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
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
        var arriving = await ReadAsync(request, cancellationToken);
        var isMutating = arriving.Method != "GET";
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
                    reply.TrySetException(new HttpRequestException("connection refused"));
                else if (fault.Kind == FaultKind.Reset)
                    reply.TrySetException(new HttpRequestException("the connection was reset"));
                else
                    reply.TrySetResult(ToResponse(answer, fault.LatencyBack));
            });
        });
    }

    private static async Task<WorldRequest> ReadAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellation);
        request.Options.TryGetValue(RequestTags.Address, out var tag);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in request.Headers.NonValidated)
            headers[header.Key.ToLowerInvariant()] = string.Join(",", (IEnumerable<string>)header.Value);
        if (request.Content is not null)
        {
            foreach (var header in request.Content.Headers.NonValidated)
                headers[header.Key.ToLowerInvariant()] = string.Join(",", (IEnumerable<string>)header.Value);
        }

        var address = request.RequestUri ?? throw new InvariantException("a request without an address");
        return new WorldRequest
        {
            Method = request.Method.Method,
            Path = address.AbsolutePath,
            Query = address.Query.TrimStart('?'),
            Headers = ValueMap.From(headers),
            Body = body,
            Tag = tag,
        };
    }

    private HttpResponseMessage ToResponse(WorldReply answer, TimeSpan latency)
    {
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status)
        {
            Content = answer.Stream is { } stream
                ? new StreamContent(new SimulatedReplyStream(life, answer.Body, stream, latency))
                : new ByteArrayContent(answer.Body.ToArray()),
        };
        foreach (var (name, value) in answer.Headers)
        {
            if (name == "content-type")
                response.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (!response.Headers.TryAddWithoutValidation(name, value))
                response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
