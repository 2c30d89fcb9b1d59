using System.Net;

namespace Orrery.Providers.Http;

/// <summary>Bounds one attempt, with the whole of its reply, in time and in bytes.</summary>
internal sealed class AttemptTimeoutHandler(TimeProvider time) : DelegatingHandler
{
    /// <summary>A page of 50 servers is about 300 KB; ten times that is no answer of a cloud.</summary>
    public const int BodyBytesMax = 4 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // CancelAfter on a linked source would be real time, hence two sources.
        using var timeout = new CancellationTokenSource(request.AttemptTimeout(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, either.Token);
            // A streamed reply is bounded up to its headers; whoever reads it bounds the rest. A refusal is short.
            if (!request.IsStreamed() || !IsStream(response))
                await response.Content.LoadIntoBufferAsync(LimitOf(request), either.Token);
            return response;
        }
        catch (OperationCanceledException exception)
            when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            response?.Dispose();
            throw new TimeoutException("no complete reply in time", exception);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    private static bool IsStream(HttpResponseMessage response) =>
        response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SwitchingProtocols;

    private static int LimitOf(HttpRequestMessage request) =>
        request.Options.TryGetValue(HttpRequests.BodyBytesMax, out var limit) ? limit : BodyBytesMax;
}
