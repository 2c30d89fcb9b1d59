using Orrery.Engine.Ports;

namespace Orrery.Providers.Http;

/// <summary>Reports each attempt and how it ended: method, path and status, nothing else.</summary>
internal sealed class RecordHandler(string provider, Action<RequestRecord> recorded) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var status = 0;
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            status = (int)response.StatusCode;
            return response;
        }
        finally
        {
            recorded(new RequestRecord(provider, request.Method.Method, request.Path(), status));
        }
    }
}
