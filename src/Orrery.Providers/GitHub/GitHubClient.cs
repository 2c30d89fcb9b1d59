using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;

namespace Orrery.Providers.GitHub;

/// <summary>Requests and replies of GitHub's API as values.</summary>
public sealed class GitHubClient
{
    /// <summary>Name other addresses of the API: a simulated world, then what GitHub's own tools look at.</summary>
    internal static readonly string[] EndpointVariables = ["GITHUB_ENDPOINT", "GITHUB_API_URL"];

    /// <summary>The most that GitHub gives per page.</summary>
    private const int PerPage = 100;

    /// <summary>A repository has a handful of keys; a list that goes on is broken.</summary>
    private const int PagesMax = 20;

    private const string EndpointDefault = "https://api.github.com";

    private readonly HttpClient _http;

    private GitHubClient(HttpClient http) => _http = http;

    /// <param name="token">Null where the reference leads nowhere: the first request says so. Secret.</param>
    /// <param name="tokenSource">For messages: <c>env: GITHUB_TOKEN</c>.</param>
    public static GitHubClient Create(ProviderEnvironment environment, string? token, string tokenSource)
    {
        var http = HttpClients.Create(environment, new HttpVendor
        {
            Provider = "github",
            DisplayName = "GitHub",
            BaseAddress = EndpointOf(environment),
            Token = token,
            TokenSource = tokenSource,
            Classify = GitHubErrors.Classify,
        });
        // GitHub refuses requests without a name of their sender.
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("orrery", null));
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.github+json"));
        http.DefaultRequestHeaders.Add("X-GitHub-Api-Version", "2022-11-28");
        return new GitHubClient(http);
    }

    /// <summary>What a read gives, or null where there is nothing.</summary>
    internal async Task<T?> FindAsync<T>(
        string path, JsonTypeInfo<T> type, OperationContext? operation, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await SendAsync(new Outgoing(HttpMethod.Get, path, operation), type, cancellation);
        }
        catch (ProviderException exception) when (exception.Code == ProviderErrorCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>All pages of a list.</summary>
    internal async Task<IReadOnlyList<T>> ListAsync<T>(
        string path, JsonTypeInfo<T[]> type, CancellationToken cancellation)
    {
        var items = new List<T>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        for (var page = 1; page <= PagesMax; page++)
        {
            var some = await SendAsync(
                new Outgoing(HttpMethod.Get, $"{path}{separator}per_page={PerPage}&page={page}"), type, cancellation);
            items.AddRange(some);
            if (some.Length < PerPage)
                return items;
        }

        throw new ProviderException(ProviderErrorCode.Unavailable, $"GitHub gave a list without end for {path}");
    }

    internal Task<TReply> PostAsync<TBody, TReply>(
        string path, (TBody Value, JsonTypeInfo<TBody> Type) body, JsonTypeInfo<TReply> type,
        OperationContext operation, CancellationToken cancellation)
        where TReply : class
    {
        // Bytes at hand, so that the chain can send them again.
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body.Value, body.Type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return SendAsync(new Outgoing(HttpMethod.Post, path, operation, content), type, cancellation);
    }

    /// <summary>What is gone already is deleted.</summary>
    internal async Task DeleteAsync(string path, OperationContext operation, CancellationToken cancellation)
    {
        try
        {
            using var response = await ExchangeAsync(new Outgoing(HttpMethod.Delete, path, operation), cancellation);
        }
        catch (ProviderException exception) when (exception.Code == ProviderErrorCode.NotFound)
        {
            // As wanted.
        }
    }

    private async Task<T> SendAsync<T>(Outgoing outgoing, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        using var response = await ExchangeAsync(outgoing, cancellation);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("nothing");
        }
        catch (JsonException exception)
        {
            // Unavailable, not Invalid: what the request did is unknown, as after a 5xx.
            throw new ProviderException(
                ProviderErrorCode.Unavailable,
                $"GitHub gave an unreadable reply to {outgoing.Path.Split('?')[0]} (at {exception.Path})", exception);
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(Outgoing outgoing, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(outgoing.Method, new Uri(outgoing.Path, UriKind.Relative))
        {
            Content = outgoing.Content,
        };
        if (outgoing.Operation is { } operation)
            request.Options.Set(RequestTags.Address, operation.Address.Text);
        return await _http.SendAsync(request, cancellation);
    }

    private static Uri EndpointOf(ProviderEnvironment environment)
    {
        var text = EndpointVariables.Select(environment.Environment).FirstOrDefault(value => value is { Length: > 0 })
            ?? EndpointDefault;
        if (Uri.TryCreate($"{text.TrimEnd('/')}/", UriKind.Absolute, out var endpoint)
            && (endpoint.Scheme == Uri.UriSchemeHttps || endpoint.Scheme == Uri.UriSchemeHttp)
            && endpoint.UserInfo.Length == 0)
        {
            return endpoint;
        }

        throw new ProviderException(
            ProviderErrorCode.Invalid,
            $"{string.Join(" or ", EndpointVariables)} is not an http or https address: '{text}'");
    }

    private sealed record Outgoing(
        HttpMethod Method, string Path, OperationContext? Operation = null, HttpContent? Content = null);
}
