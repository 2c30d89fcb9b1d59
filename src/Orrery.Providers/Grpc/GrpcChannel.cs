using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;

namespace Orrery.Providers.Grpc;

/// <summary>
/// Calls of one server's methods over HTTP/2, with one message or a stream of them in reply. Every refusal is a
/// <see cref="ProviderException"/>; what may have happened and must not happen twice is not repeated.
/// </summary>
internal sealed class GrpcChannel
{
    private readonly HttpClient _http;
    private readonly string _name;
    private readonly TimeProvider _time;

    private GrpcChannel(HttpClient http, string name, TimeProvider time) => (_http, _name, _time) = (http, name, time);

    /// <summary>Sends nothing yet.</summary>
    /// <param name="wire">From <see cref="IConnector"/>; used instead of the environment's transport.</param>
    public static GrpcChannel Create(
        ProviderEnvironment environment, HttpMessageHandler wire, GrpcTarget target)
    {
        var name = target.Name;
        var vendor = new HttpVendor
        {
            Provider = target.Provider,
            DisplayName = name,
            BaseAddress = target.Server,
            Token = null,
            Tokens = Certificates.Instance,
            TokenSource = "a client certificate",
            Classify = reply => GrpcStatus.OfHttp(reply.Status).ToException($"{name} at {reply.What}"),
            RefusalWithin = (request, response) => RefusalOf(name, request, response),
        };
        var chain = HttpClients.Assemble(environment with { Transport = wire }, vendor);
        return new GrpcChannel(HttpClients.Over(chain, target.Server), name, environment.Time)
        {
            AsksOnce = target.AsksOnce,
        };
    }

    private bool AsksOnce { get; init; }

    /// <summary>One message for one.</summary>
    public async Task<TReply> CallAsync<TReply>(
        GrpcMethod<TReply> method, IMessage request, OperationContext? operation, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>
    {
        return await SendAsync(method, GrpcMessages.Write(request, method.Path), operation, cancellation);
    }

    /// <summary>Many for one, all of which are there when it begins.</summary>
    public async Task<TReply> CallAsync<TReply>(
        GrpcMethod<TReply> method, IEnumerable<IMessage> requests, OperationContext? operation,
        CancellationToken cancellation)
        where TReply : class, IMessage<TReply>
    {
        using var content = new MemoryStream();
        foreach (var request in requests)
            content.Write(GrpcMessages.Write(request, method.Path));
        return await SendAsync(method, content.ToArray(), operation, cancellation);
    }

    private async Task<TReply> SendAsync<TReply>(
        GrpcMethod<TReply> method, byte[] content, OperationContext? operation, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>
    {
        var what = What(method.Path);
        using var message = RequestOf(method, content, operation);
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseContentRead, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        return await GrpcMessages.ReadAsync(body, method.Replies, what, cancellation)
            ?? throw new ProviderException(ProviderErrorCode.Unavailable, $"{what}: a reply without a message");
    }

    /// <summary>
    /// One message for many, as they come. Ends normally only when the server says that all is well; its last status is
    /// the refusal otherwise.
    /// </summary>
    public async IAsyncEnumerable<TReply> StreamAsync<TReply>(
        GrpcMethod<TReply> method, IMessage request, OperationContext? operation,
        [EnumeratorCancellation] CancellationToken cancellation)
        where TReply : class, IMessage<TReply>
    {
        var what = What(method.Path);
        using var deadline = new CancellationTokenSource(method.Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        using var message = RequestOf(method, GrpcMessages.Write(request, method.Path), operation);
        message.Options.Set(HttpRequests.Streamed, true);

        // The limit of the first reply; the whole has the method's.
        message.Options.Set(HttpRequests.Timeout, HttpRequests.ReadingTimeout);
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        while (await NextAsync(body, method, what, either.Token, cancellation) is { } next)
            yield return next;
        var status = GrpcStatus.Read(response.TrailingHeaders) ?? GrpcStatus.Read(response.Headers);
        if (status is null)
            throw new ProviderException(ProviderErrorCode.Unavailable, $"{what}: the stream broke off");
        if (status.Code != GrpcCode.Ok)
            throw status.ToException(what);
    }

    private static async Task<TReply?> NextAsync<TReply>(
        Stream body, GrpcMethod<TReply> method, string what, CancellationToken either, CancellationToken cancellation)
        where TReply : class, IMessage<TReply>
    {
        try
        {
            return await GrpcMessages.ReadAsync(body, method.Replies, what, either);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new ProviderException(
                ProviderErrorCode.Timeout,
                $"{what}: not at its end within {method.Deadline.TotalSeconds:0} s", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProviderException(
                ProviderErrorCode.Unavailable, $"{what}: the stream broke off: {exception.Message}", exception);
        }
    }

    private string What(string path) => $"{_name} at {path}";

    private HttpRequestMessage RequestOf<TReply>(
        GrpcMethod<TReply> method, byte[] content, OperationContext? operation)
        where TReply : IMessage<TReply>
    {
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(method.Path, UriKind.Relative))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(content),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Headers.Add(
            "grpc-timeout",
            string.Create(CultureInfo.InvariantCulture, $"{(long)method.Deadline.TotalMilliseconds}m"));
        message.Options.Set(HttpRequests.Changes, method.Changes);
        message.Options.Set(HttpRequests.Repeatable, method.IsIdempotent || !method.Changes);
        message.Options.Set(HttpRequests.Timeout, method.Deadline);
        message.Options.Set(HttpRequests.Once, AsksOnce);
        message.Options.Set(HttpRequests.BodyBytesMax, GrpcMessages.PrefixBytes + GrpcMessages.BytesMax);
        if (operation is not null)
            message.Options.Set(RequestTags.Address, operation.Address.Text);
        return message;
    }

    /// <summary>
    /// A reply that is its status alone has it among its headers, and all others after their messages.
    /// </summary>
    private static ProviderException? RefusalOf(
        string name, HttpRequestMessage request, HttpResponseMessage response)
    {
        var what = $"{name} at {request.Path()}";
        var status = GrpcStatus.Read(response.Headers) ?? GrpcStatus.Read(response.TrailingHeaders);
        if (status is not null)
            return status.Code == GrpcCode.Ok ? null : status.ToException(what);
        return request.IsStreamed() ? null : GrpcStatus.OfHttp((int)response.StatusCode).ToException(what);
    }

    /// <summary>The wire has shown ours; there is nothing to send.</summary>
    private sealed class Certificates : ITokenSource
    {
        public static Certificates Instance { get; } = new();

        public string? Current => null;

        public ValueTask<string?> TokenAsync(CancellationToken cancellation) => ValueTask.FromResult<string?>(null);

        public bool Refused(string? token) => false;
    }
}

/// <summary>Whom a channel leads to.</summary>
/// <param name="Provider">For reports, for example <c>talos</c>.</param>
/// <param name="Name">What the server is called in messages.</param>
internal sealed record GrpcTarget(Uri Server, string Provider, string Name)
{
    /// <summary>Whoever asks goes on asking by himself: a refusal is told at once.</summary>
    public bool AsksOnce { get; init; }
}
