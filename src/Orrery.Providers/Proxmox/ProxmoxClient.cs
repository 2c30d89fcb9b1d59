using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Requests and replies of the Proxmox VE API as values (https://pve.proxmox.com/pve-docs/api-viewer/). Parameters
/// travel as forms, as its own tools send them; knows no resource.
/// </summary>
internal sealed class ProxmoxClient(HttpClient http)
{
    /// <summary>What a read gives, or null where there is nothing.</summary>
    public async Task<T?> FindAsync<T>(
        string path, JsonTypeInfo<Envelope<T>> type, OperationContext? operation, CancellationToken cancellation)
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

    public Task<T> GetAsync<T>(
        string path, JsonTypeInfo<Envelope<T>> type, OperationContext? operation, CancellationToken cancellation)
        where T : class =>
        SendAsync(new Outgoing(HttpMethod.Get, path, operation), type, cancellation);

    /// <summary>Asks for a change that goes on after the reply; gives the task's UPID.</summary>
    public async Task<string> StartAsync(
        HttpMethod method, string path, Parameters parameters, OperationContext operation,
        CancellationToken cancellation) =>
        await FindTaskAsync(method, path, parameters, operation, cancellation)
            ?? throw Unreadable($"no task for {path.Split('?')[0]}", null);

    /// <summary>The same where a small change is done before the reply: null then.</summary>
    public async Task<string?> FindTaskAsync(
        HttpMethod method, string path, Parameters parameters, OperationContext operation,
        CancellationToken cancellation)
    {
        var bytes = await ExchangeAsync(ChangeOf(method, path, parameters, operation), cancellation);
        return Read(bytes, ProxmoxJson.Default.EnvelopeString, path);
    }

    /// <summary>A change that is done when the reply comes.</summary>
    public async Task ChangeAsync(
        HttpMethod method, string path, Parameters parameters, OperationContext operation,
        CancellationToken cancellation) =>
        await ExchangeAsync(ChangeOf(method, path, parameters, operation), cancellation);

    /// <summary>A deletion has no body: its parameters stand in the query.</summary>
    private static Outgoing ChangeOf(
        HttpMethod method, string path, Parameters parameters, OperationContext operation) =>
        method != HttpMethod.Delete ? new Outgoing(method, path, operation, parameters.ToContent())
        : parameters.Count == 0 ? new Outgoing(method, path, operation)
        : new Outgoing(method, $"{path}?{parameters.ToQuery()}", operation);

    public async Task<T> SendAsync<T>(
        Outgoing outgoing, JsonTypeInfo<Envelope<T>> type, CancellationToken cancellation)
        where T : class
    {
        var bytes = await ExchangeAsync(outgoing, cancellation);
        return Read(bytes, type, outgoing.Path)
            ?? throw Unreadable($"an empty reply to {outgoing.Path.Split('?')[0]}", null);
    }

    private async Task<byte[]> ExchangeAsync(Outgoing outgoing, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(outgoing.Method, new Uri(outgoing.Path, UriKind.Relative))
        {
            Content = outgoing.Content,
        };
        if (outgoing.Operation is { } operation)
            request.Options.Set(RequestTags.Address, operation.Address.Text);
        using var response = await http.SendAsync(request, cancellation);
        return await response.Content.ReadAsByteArrayAsync(cancellation);
    }

    private static T? Read<T>(byte[] bytes, JsonTypeInfo<Envelope<T>> type, string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type)?.Data;
        }
        catch (JsonException exception)
        {
            // Not the inner message: it may quote the reply, which may be a secret.
            throw Unreadable($"an unreadable reply to {path.Split('?')[0]} (at {exception.Path})", null);
        }
    }

    // Unavailable, not Invalid: what the request did is unknown, as after a 5xx.
    private static ProviderException Unreadable(string what, Exception? inner) =>
        new(ProviderErrorCode.Unavailable, $"Proxmox VE gave {what}", inner);
}

/// <summary>A request on behalf of a resource, or of none.</summary>
internal sealed record Outgoing(
    HttpMethod Method, string Path, OperationContext? Operation = null, HttpContent? Content = null);
