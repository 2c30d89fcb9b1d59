using System.Net;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Http;

/// <summary>
/// Turns everything that is no success into a <see cref="ProviderException"/>: a bad status, a broken connection,
/// silence.
/// </summary>
internal sealed class ErrorHandler(HttpVendor vendor) : DelegatingHandler
{
    /// <summary>Hetzner's name of the header (also hcloud-go's); others send the second.</summary>
    private static readonly string[] RequestIdHeaders = ["X-Correlation-Id", "X-Request-Id"];

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ProviderException(
                ProviderErrorCode.Timeout,
                $"{vendor.DisplayName} did not answer {request.InWords()}"
                + $" within {request.AttemptTimeout().TotalSeconds:0} s",
                exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Failed(request, exception);
        }

        if (response.IsSuccessStatusCode && vendor.RefusalWithin(request, response) is { } refusal)
        {
            response.Dispose();
            throw refusal;
        }

        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SwitchingProtocols
            || request.Awaits(response.StatusCode))
        {
            return response;
        }

        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            throw vendor.Classify(new ErrorReply(
                request.InWords(), (int)response.StatusCode, RequestIdOf(response), body, vendor.Redact)
            {
                Reason = response.ReasonPhrase ?? "",
            });
        }
    }

    private ProviderException Failed(HttpRequestMessage request, Exception exception)
    {
        if (exception.GetBaseException() is OtherServerException other)
        {
            return new ProviderException(ProviderErrorCode.Foreign, other.InWords(vendor.DisplayName), exception)
            {
                ForeignId = other.Found,
            };
        }

        // Where a limit is the protocol's own, more of the same would be as large.
        var isTooLarge = request.Options.TryGetValue(HttpRequests.BodyBytesMax, out _)
            && exception is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded };
        return new ProviderException(
            isTooLarge ? ProviderErrorCode.Invalid : ProviderErrorCode.Unavailable,
            $"the connection to {vendor.DisplayName} failed at {request.InWords()}:"
            + $" {vendor.Redact(exception.Message)}",
            exception);
    }

    private static string? RequestIdOf(HttpResponseMessage response) => RequestIdHeaders
        .Select(name => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null)
        .FirstOrDefault(id => id is { Length: > 0 and <= 128 });
}
