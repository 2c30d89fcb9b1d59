using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using Orrery.Providers.ImageFactory.Wire;

namespace Orrery.Providers.ImageFactory;

/// <summary>Requests to the Image Factory, which asks nobody who they are.</summary>
public sealed class FactoryClient
{
    /// <summary>Names another factory: a simulated world, or one of people's own.</summary>
    internal const string EndpointVariable = "IMAGE_FACTORY_ENDPOINT";

    private readonly HttpClient _http;

    private FactoryClient(HttpClient http) => _http = http;

    public static FactoryClient Create(ProviderEnvironment environment) => new(HttpClients.Create(
        environment,
        new HttpVendor
        {
            Provider = "image-factory",
            DisplayName = "Image Factory",
            BaseAddress = EndpointOf(environment),
            Token = null,
            Tokens = NoToken.Instance,
            TokenSource = "none is needed",
            Classify = FactoryErrors.Classify,
        }));

    /// <summary>Registers a schematic; the same one again changes nothing. What it answers is its id.</summary>
    internal async Task<SchematicCreated> RegisterAsync(
        string document, OperationContext operation, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("schematics", UriKind.Relative))
        {
            // Bytes at hand, so that the chain can send them again.
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(document)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/yaml");
        request.Options.Set(RequestTags.Address, operation.Address.Text);
        // Its id is the hash of its content: twice is as once.
        request.Options.Set(HttpRequests.Repeatable, true);
        using var response = await _http.SendAsync(request, cancellation);
        return await ReadAsync(response, FactoryJson.Default.SchematicCreated, cancellation);
    }

    /// <summary>The canonical document of a registered schematic, or null.</summary>
    internal async Task<string?> FindAsync(string id, CancellationToken cancellation)
    {
        try
        {
            using var response = await GetAsync($"schematics/{Uri.EscapeDataString(id)}", cancellation);
            return await response.Content.ReadAsStringAsync(cancellation);
        }
        catch (ProviderException exception) when (exception.Code == ProviderErrorCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>All releases of Talos that images can be built of.</summary>
    public async Task<IReadOnlyList<string>> VersionsAsync(CancellationToken cancellation)
    {
        using var response = await GetAsync("versions", cancellation);
        return await ReadAsync(response, FactoryJson.Default.StringArray, cancellation);
    }

    /// <summary>The official extensions of a release, as <c>siderolabs/iscsi-tools</c>.</summary>
    public async Task<IReadOnlyList<string>> ExtensionsAsync(string version, CancellationToken cancellation)
    {
        using var response = await GetAsync(
            $"version/{Uri.EscapeDataString(version)}/extensions/official", cancellation);
        var all = await ReadAsync(response, FactoryJson.Default.ExtensionSchemaArray, cancellation);
        return [.. all.Select(extension => extension.Name)];
    }

    private async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await _http.SendAsync(request, cancellation);
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("nothing");
        }
        catch (JsonException exception)
        {
            throw new ProviderException(
                ProviderErrorCode.Unavailable,
                $"the Image Factory gave an unreadable reply (at {exception.Path})", exception);
        }
    }

    private static Uri EndpointOf(ProviderEnvironment environment)
    {
        var text = environment.Environment(EndpointVariable) is { Length: > 0 } set
            ? set
            : $"https://{FactoryImage.Host}";
        if (Uri.TryCreate($"{text.TrimEnd('/')}/", UriKind.Absolute, out var endpoint)
            && (endpoint.Scheme == Uri.UriSchemeHttps || endpoint.Scheme == Uri.UriSchemeHttp)
            && endpoint.UserInfo.Length == 0)
        {
            return endpoint;
        }

        throw new ProviderException(
            ProviderErrorCode.Invalid, $"{EndpointVariable} is not an http or https address: '{text}'");
    }

    /// <summary>Nobody is asked for a token.</summary>
    private sealed class NoToken : ITokenSource
    {
        public static NoToken Instance { get; } = new();

        public string? Current => null;

        public ValueTask<string?> TokenAsync(CancellationToken cancellation) => ValueTask.FromResult<string?>(null);

        public bool Refused(string? token) => false;
    }
}
