namespace Orrery.Tests.Contracts;

/// <summary>
/// Stands between a client and a world and holds every exchange that gets a reply against the contract. What it found
/// is in <see cref="OpenApiContract.Report"/>.
/// </summary>
internal sealed class ContractCheckingHandler(OpenApiContract contract, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    public ContractReport Report => contract.Report;

    /// <summary>Checks what goes to this host; null for all.</summary>
    public string? Only { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Other vendors have contracts of their own.
        if (Only is not null && request.RequestUri?.Host != Only)
            return await base.SendAsync(request, cancellationToken);
        // Read before it is sent: afterwards the content may be gone.
        var requestBody = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        var replyBody = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var kept = new ByteArrayContent(replyBody);
        foreach (var header in response.Content.Headers)
            kept.Headers.TryAddWithoutValidation(header.Key, header.Value);
        response.Content = kept;
        lock (contract)
        {
            contract.Check(
                new WireRequest(
                    request.Method.Method,
                    request.RequestUri!.AbsolutePath,
                    request.RequestUri.Query.TrimStart('?'),
                    request.Content?.Headers.ContentType?.ToString(),
                    requestBody),
                new WireReply((int)response.StatusCode, kept.Headers.ContentType?.ToString(), replyBody));
        }

        return response;
    }
}
