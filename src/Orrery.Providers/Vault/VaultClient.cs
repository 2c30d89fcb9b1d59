using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;

namespace Orrery.Providers.Vault;

/// <summary>
/// Requests and replies of Vault's HTTP API as values: https://openbao.org/api-docs/. It knows JSON and no engine.
/// </summary>
public sealed class VaultClient
{
    private const string TokenHeader = "X-Vault-Token";

    /// <summary>Makes Vault refuse whatever a web page could be tricked into sending.</summary>
    private const string RequestHeader = "X-Vault-Request";

    private const string NamespaceHeader = "X-Vault-Namespace";

    private readonly HttpClient _http;

    private VaultClient(HttpClient http, ProviderEnvironment environment) =>
        (_http, Time, Random) = (http, environment.Time, environment.Random);

    /// <summary>For pauses between attempts.</summary>
    internal TimeProvider Time { get; }

    internal IRandomSource Random { get; }

    /// <param name="token">Null where the reference leads nowhere: the first request says so. Secret.</param>
    /// <param name="tokenSource">For messages: <c>env: VAULT_TOKEN</c>.</param>
    public static VaultClient Create(
        ProviderEnvironment environment, VaultServer server, string? token, string tokenSource) =>
        Create(environment, server, VendorOf(server) with { Token = token, TokenSource = tokenSource });

    /// <summary>A client whose tokens run out and are given anew.</summary>
    public static VaultClient Create(ProviderEnvironment environment, VaultServer server, ITokenSource tokens) =>
        Create(environment, server, VendorOf(server) with { Tokens = tokens });

    /// <summary>For what needs no token: logins and the server's health.</summary>
    public static VaultClient WithoutToken(ProviderEnvironment environment, VaultServer server) =>
        Create(environment, server, new NoToken());

    /// <summary>What a read gives, or null where there is nothing.</summary>
    internal async Task<T?> FindAsync<T>(
        string path, JsonTypeInfo<T> type, OperationContext? operation, CancellationToken cancellation)
        where T : class
    {
        var (status, bytes) = await ReceiveAsync(
            new Outgoing(HttpMethod.Get, path, operation) { Awaited = IsMissing }, cancellation);
        return status == HttpStatusCode.OK ? Read(bytes, type, path) : null;
    }

    /// <summary>The reply and its status, of which some are answers although they are no success.</summary>
    internal async Task<(HttpStatusCode Status, T Reply)> AskAsync<T>(
        Outgoing outgoing, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var (status, bytes) = await ReceiveAsync(outgoing, cancellation);
        return (status, Read(bytes, type, outgoing.Path));
    }

    /// <summary>A request whose reply says nothing more.</summary>
    internal async Task SendAsync(Outgoing outgoing, CancellationToken cancellation)
    {
        using var response = await ExchangeAsync(outgoing, cancellation);
    }

    /// <summary>Deletes; what is gone already is deleted.</summary>
    internal Task DeleteAsync(string path, OperationContext operation, CancellationToken cancellation) =>
        ReceiveAsync(new Outgoing(HttpMethod.Delete, path, operation) { Awaited = IsMissing }, cancellation);

    internal static bool IsMissing(HttpStatusCode status) => status == HttpStatusCode.NotFound;

    /// <summary>A path of several segments, each as a URL needs it.</summary>
    internal static string PathOf(params ReadOnlySpan<string> parts)
    {
        var segments = new List<string>();
        foreach (var part in parts)
            segments.AddRange(part.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return segments.Count == 0 || segments.Exists(segment => segment is "." or "..")
            ? throw new ProviderException(
                ProviderErrorCode.Invalid, $"'{string.Join('/', segments)}' is no path in Vault")
            : string.Join('/', segments.Select(Uri.EscapeDataString));
    }

    private static VaultClient Create(ProviderEnvironment environment, VaultServer server, HttpVendor vendor)
    {
        var http = HttpClients.Create(environment, vendor);
        http.DefaultRequestHeaders.Add(RequestHeader, "true");
        if (server.Namespace is { } name)
            http.DefaultRequestHeaders.Add(NamespaceHeader, name);
        return new VaultClient(http, environment);
    }

    // Vault answers 403 to a token that has run out.
    private static HttpVendor VendorOf(VaultServer server) => new()
    {
        Provider = "vault",
        DisplayName = "Vault",
        BaseAddress = new Uri(server.Address, "v1/"),
        Token = null,
        TokenSource = "no login",
        TokenHeader = TokenHeader,
        TokenRefusal = HttpStatusCode.Forbidden,
        Classify = VaultErrors.Classify,
    };

    private async Task<(HttpStatusCode Status, byte[] Body)> ReceiveAsync(
        Outgoing outgoing, CancellationToken cancellation)
    {
        using var response = await ExchangeAsync(outgoing, cancellation);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        // Whatever stands before Vault says "not found" as well, of everything while it knows no way there.
        if (response.StatusCode == HttpStatusCode.NotFound && !VaultErrors.SaysNothingIsThere(bytes))
        {
            throw VaultErrors.Classify(new ErrorReply(
                $"{outgoing.Method} /v1/{outgoing.Path.Split('?')[0]}", (int)response.StatusCode, null, bytes,
                static text => text));
        }

        return (response.StatusCode, bytes);
    }

    private async Task<HttpResponseMessage> ExchangeAsync(Outgoing outgoing, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(outgoing.Method, new Uri(outgoing.Path, UriKind.Relative))
        {
            Content = outgoing.Content,
        };
        if (outgoing.Operation is { } operation)
            request.Options.Set(RequestTags.Address, operation.Address.Text);
        var isRepeatable = outgoing.IsRepeatable || outgoing.Method == HttpMethod.Get
            || outgoing.Method == HttpMethod.Delete;
        request.Options.Set(HttpRequests.Repeatable, isRepeatable);
        request.Options.Set(HttpRequests.Awaited, outgoing.Awaited);
        if (outgoing.ChangesNothing)
            request.Options.Set(HttpRequests.Changes, false);
        return await _http.SendAsync(request, cancellation);
    }

    private static T Read<T>(byte[] bytes, JsonTypeInfo<T> type, string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("nothing");
        }
        catch (JsonException exception)
        {
            // Unavailable, not Invalid: what the request did is unknown, as after a 5xx. The inner exception may quote
            // what it could not read, so it stays here.
            throw new ProviderException(
                ProviderErrorCode.Unavailable,
                $"Vault gave an unreadable reply to {path.Split('?')[0]} (at {exception.Path})");
        }
    }

    /// <summary>One request.</summary>
    internal sealed record Outgoing(HttpMethod Method, string Path, OperationContext? Operation = null)
    {
        public HttpContent? Content { get; init; }

        /// <summary>A POST that has the same effect twice as once; a write that names a version has not.</summary>
        public bool IsRepeatable { get; init; }

        /// <summary>Needs no lease: a login.</summary>
        public bool ChangesNothing { get; init; }

        /// <summary>Statuses whose reply is read although they are no success.</summary>
        public Func<HttpStatusCode, bool> Awaited { get; init; } = static _ => false;

        /// <summary>With a JSON body, whose bytes are at hand so that the chain can send them again.</summary>
        public Outgoing With<T>(T body, JsonTypeInfo<T> type, string mediaType = "application/json")
        {
            var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
            content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
            return this with { Content = content };
        }
    }

    private sealed class NoToken : ITokenSource
    {
        public string? Current => null;

        public ValueTask<string?> TokenAsync(CancellationToken cancellation) => ValueTask.FromResult<string?>(null);

        public bool Refused(string? token) => false;
    }
}
