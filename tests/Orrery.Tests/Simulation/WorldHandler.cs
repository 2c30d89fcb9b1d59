using Orrery.Model.Values;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation;

/// <summary>The shortest way from an HTTP client to a world: no latency, no faults, time stands still.</summary>
internal sealed class WorldHandler(IWorld world) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var reply = world.Handle(
            new WorldRequest
            {
                Method = request.Method.Method,
                Path = request.RequestUri!.AbsolutePath,
                Query = request.RequestUri.Query.TrimStart('?'),
                Headers = ValueMap.From(request.Headers.Select(header =>
                    KeyValuePair.Create(header.Key.ToLowerInvariant(), string.Join(", ", header.Value)))),
                Body = request.Content is null
                    ? default
                    : await request.Content.ReadAsByteArrayAsync(cancellationToken),
            },
            TimeSpan.Zero);
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)reply.Status)
        {
            Content = new ByteArrayContent(reply.Body.ToArray()),
        };
        foreach (var (name, value) in reply.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
                response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
