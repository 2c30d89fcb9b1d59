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
        if (vendor.Tokens is { } tokens)
            return await SendWithAsync(tokens, request, cancellationToken);
        if (string.IsNullOrEmpty(vendor.Token))
        {
            throw new ProviderException(
                ProviderErrorCode.Unauthorized,
                $"the token for {vendor.DisplayName} is not set ({vendor.TokenSource})");
        }

        return await SendWithAsync(vendor.Token, request, cancellationToken);
    }

    /// <summary>A token that was refused may have run out earlier than it said: a new one gets one chance.</summary>
    private async Task<HttpResponseMessage> SendWithAsync(
        ITokenSource tokens, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await tokens.TokenAsync(cancellationToken);
        var response = await SendWithAsync(token, request, cancellationToken);
        if (response.StatusCode != vendor.TokenRefusal || !tokens.Refused(token))
            return response;
        response.Dispose();
        return await SendWithAsync(await tokens.TokenAsync(cancellationToken), request, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendWithAsync(
        string? token, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
            return await base.SendAsync(request, cancellationToken);
        if (vendor.TokenHeader is { } header)
            request.Headers.TryAddWithoutValidation(header, token);
        else
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.Headers.Remove(vendor.TokenHeader ?? "Authorization");
        }
    }
}
