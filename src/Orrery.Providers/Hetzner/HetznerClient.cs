using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner;

/// <summary>Requests and replies of the Hetzner Cloud API as values. Knows JSON and pages, no resource.</summary>
internal sealed class HetznerClient(HttpClient http)
{
    /// <summary>The most that Hetzner gives per page (https://docs.hetzner.cloud/#description/pagination).</summary>
    private const int PerPage = 50;

    /// <summary>10,000 entries: more than any project may have, so a list that goes on is broken.</summary>
    private const int PagesMax = 200;

    /// <summary>What a read gives, or null where there is nothing.</summary>
    public async Task<T?> FindAsync<T>(
        string path, JsonTypeInfo<T> type, OperationContext? operation, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await GetAsync(path, type, operation, cancellation);
        }
        catch (ProviderException exception) when (exception.Code == ProviderErrorCode.NotFound)
        {
            return null;
        }
    }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class =>
        GetAsync(path, type, null, cancellation);

    /// <summary>A read on behalf of a change.</summary>
    public Task<T> GetAsync<T>(
        string path, JsonTypeInfo<T> type, OperationContext? operation, CancellationToken cancellation)
        where T : class =>
        SendAsync(new Outgoing(HttpMethod.Get, path, operation), type, cancellation);

    /// <summary>All pages of a list, in order.</summary>
    public async Task<IReadOnlyList<TItem>> ListAsync<TPage, TItem>(
        string path, JsonTypeInfo<TPage> type, CancellationToken cancellation)
        where TPage : class, IPage<TItem>
    {
        var items = new List<TItem>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        int? number = 1;
        for (var pages = 0; number is { } current; pages++)
        {
            var page = await GetAsync($"{path}{separator}page={current}&per_page={PerPage}", type, cancellation);
            items.AddRange(page.Items);
            number = page.Meta.Pagination.NextPage;
            if (number <= current || pages == PagesMax)
                throw Unreadable($"a list without end for {Shown(path)}", null);
        }

        return items;
    }

    public Task<TReply> PostAsync<TBody, TReply>(
        string path, Body<TBody> body, JsonTypeInfo<TReply> type, OperationContext operation,
        CancellationToken cancellation)
        where TReply : class =>
        SendAsync(new Outgoing(HttpMethod.Post, path, operation, body.ToContent()), type, cancellation);

    /// <summary>A POST without a body, as most actions are.</summary>
    public Task<TReply> PostAsync<TReply>(
        string path, JsonTypeInfo<TReply> type, OperationContext operation, CancellationToken cancellation)
        where TReply : class =>
        SendAsync(new Outgoing(HttpMethod.Post, path, operation), type, cancellation);

    public Task<TReply> PutAsync<TBody, TReply>(
        string path, Body<TBody> body, JsonTypeInfo<TReply> type, OperationContext operation,
        CancellationToken cancellation)
        where TReply : class =>
        SendAsync(new Outgoing(HttpMethod.Put, path, operation, body.ToContent()), type, cancellation);

    /// <summary>Deletes; gives the action to wait for, if there is one. What is gone already is deleted.</summary>
    public async Task<IReadOnlyList<ActionSchema>> DeleteAsync(
        string path, OperationContext operation, CancellationToken cancellation)
    {
        try
        {
            using var response = await ExchangeAsync(new Outgoing(HttpMethod.Delete, path, operation), cancellation);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
            return bytes.Length == 0 ? [] : Read(bytes, HetznerJson.Default.ActionReply, path).All;
        }
        catch (ProviderException exception) when (exception.Code == ProviderErrorCode.NotFound)
        {
            return [];
        }
    }

    private async Task<T> SendAsync<T>(Outgoing outgoing, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        using var response = await ExchangeAsync(outgoing, cancellation);
        return Read(await response.Content.ReadAsByteArrayAsync(cancellation), type, outgoing.Path);
    }

    private async Task<HttpResponseMessage> ExchangeAsync(Outgoing outgoing, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(outgoing.Method, new Uri(outgoing.Path, UriKind.Relative))
        {
            Content = outgoing.Content,
        };
        if (outgoing.Operation is { } operation)
            request.Options.Set(RequestTags.Address, operation.Address.Text);
        return await http.SendAsync(request, cancellation);
    }

    private static T Read<T>(byte[] bytes, JsonTypeInfo<T> type, string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type)
                ?? throw Unreadable($"an empty reply to {Shown(path)}", null);
        }
        catch (JsonException exception)
        {
            throw Unreadable($"an unreadable reply to {Shown(path)} (at {exception.Path})", exception);
        }
    }

    // Unavailable, not Invalid: what the request did is unknown, as after a 5xx.
    private static ProviderException Unreadable(string what, Exception? inner) =>
        new(ProviderErrorCode.Unavailable, $"Hetzner Cloud gave {what}", inner);

    private static string Shown(string path) => path.Split('?')[0];

    private sealed record Outgoing(
        HttpMethod Method, string Path, OperationContext? Operation = null, HttpContent? Content = null);
}

/// <summary>A request's body with the way to write it.</summary>
internal readonly record struct Body<T>(T Value, JsonTypeInfo<T> Type)
{
    /// <summary>Bytes at hand, so that the chain can send them again.</summary>
    public HttpContent ToContent()
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Value, Type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}

/// <summary>Makes bodies without naming their type twice.</summary>
internal static class Body
{
    public static Body<T> Of<T>(T value, JsonTypeInfo<T> type) => new(value, type);
}
