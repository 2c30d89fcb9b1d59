using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Sites;

/// <summary>
/// The network of a live site: requests arrive at once, and replies when their world is done with them.
/// </summary>
internal sealed class LiveTransport(LiveSite live, Func<Site, Uri, IWorld?> worlds) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var arriving = await WireMessages.ReadAsync(request, cancellationToken);
        var address = request.RequestUri;
        var reply = live.Handle(
            site => address is not null && worlds(site, address) is { } world
                ? world
                : throw new HttpRequestException($"{address?.Host} is not known"),
            arriving);
        await Task.Delay(reply.ServiceTime, live.Time, cancellationToken);
        if (reply.Status == 0)
            throw WireMessages.Failure(reply);
        var response = WireMessages.Response(reply, live.StreamOf(reply));
        response.RequestMessage = request;
        return response;
    }
}
