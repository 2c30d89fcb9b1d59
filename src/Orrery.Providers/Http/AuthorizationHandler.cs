using System.Net.Http.Headers;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Http;

/// <summary>
/// Puts the token on each request at the last moment and takes it off again, so that nothing else can show it.
/// </summary>
internal sealed class AuthorizationHandler(HttpVendor vendor) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(vendor.Token))
        {
            throw new ProviderException(
                ProviderErrorCode.Unauthorized,
                $"the token for {vendor.DisplayName} is not set ({vendor.TokenSource})");
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", vendor.Token);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.Headers.Authorization = null;
        }
    }
}
