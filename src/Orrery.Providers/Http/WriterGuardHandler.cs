using Orrery.Engine.Ports;

namespace Orrery.Providers.Http;

/// <summary>
/// Asks right before each send that changes things whether we are still the one writer for as long as it may take.
/// </summary>
internal sealed class WriterGuardHandler(IWriterGuard guard) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.ChangesThings())
            await guard.EnsureAsync(request.AttemptTimeout(), cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
