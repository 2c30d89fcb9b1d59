namespace Orrery.Simulation.Sites;

/// <summary>The Internet of a site: each address leads to the world that is there, or nowhere.</summary>
public sealed class SiteTransport(Func<Uri, HttpMessageHandler?> wires) : HttpMessageHandler
{
    private readonly Dictionary<HttpMessageHandler, HttpMessageInvoker> _invokers = [];

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var wire = request.RequestUri is { } address ? wires(address) : null;
        if (wire is null)
            throw new HttpRequestException($"{request.RequestUri?.Host} is not known");
        if (!_invokers.TryGetValue(wire, out var invoker))
            _invokers[wire] = invoker = new HttpMessageInvoker(wire, disposeHandler: false);
        return invoker.SendAsync(request, cancellationToken);
    }
}
