using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Orrery.Model.Values;
using Orrery.Simulation.Sites;
using Orrery.Simulation.Worlds;

namespace Orrery.Cli.Simulating;

/// <summary>
/// A socket at which worlds of a live site answer over HTTP. Kestrel speaks the protocol; a request is handed over as
/// it came, and a reply is sent when its world is done with it.
/// </summary>
internal sealed class HttpDoor : IAsyncDisposable
{
    private readonly WebApplication _server;

    private HttpDoor(WebApplication server, int port) => (_server, Port) = (server, port);

    public int Port { get; }

    /// <summary>Listens at once; throws <see cref="IOException"/> where the address is taken.</summary>
    /// <param name="at">Port 0 takes a free one.</param>
    /// <param name="tls">Null for plain HTTP.</param>
    /// <param name="route">Which world answers, and the request as it sees it; null where nobody is there.</param>
    public static async Task<HttpDoor> OpenAsync(
        LiveSite live, IPEndPoint at, HttpsConnectionAdapterOptions? tls,
        Func<WorldRequest, HttpContext, (Func<Site, IWorld> World, WorldRequest Request)?> route)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            // A machine takes a snapshot of its etcd in one request.
            options.Limits.MaxRequestBodySize = null;
            options.Listen(at, listen =>
            {
                if (tls is not null)
                    listen.UseHttps(tls);
            });
        });
        var server = builder.Build();
        server.Run(context => AnswerAsync(live, context, route));
        try
        {
            await server.StartAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return new HttpDoor(server, new Uri(server.Urls.First()).Port);
    }

    public async ValueTask DisposeAsync()
    {
        // Watches would be waited for.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private static async Task AnswerAsync(
        LiveSite live, HttpContext context,
        Func<WorldRequest, HttpContext, (Func<Site, IWorld> World, WorldRequest Request)?> route)
    {
        try
        {
            if (route(await ReadAsync(context), context) is not { } found)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            var reply = live.Handle(found.World, found.Request);
            await Task.Delay(reply.ServiceTime, live.Time, context.RequestAborted);
            if (reply.Status == 0)
                context.Abort();
            else
                await WriteAsync(live, context, reply);
        }
        catch (OperationCanceledException)
        {
            // The client is gone, or the server stops; there is nobody to tell.
        }
    }

    private static async Task<WorldRequest> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        // What will be another protocol has no body, and its bytes no end.
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        // As it was sent: the server has decoded the path already.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        return new WorldRequest
        {
            Method = context.Request.Method,
            Path = target[0],
            Query = target.Length > 1 ? target[1] : "",
            Headers = ValueMap.From(context.Request.Headers.Select(header =>
                KeyValuePair.Create(header.Key.ToLowerInvariant(), header.Value.ToString()))),
            Body = body.ToArray(),
        };
    }

    private static async Task WriteAsync(LiveSite live, HttpContext context, WorldReply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            response.Headers[name] = value;
        await using var stream = live.StreamOf(reply);
        if (stream is null)
        {
            if (reply.Trailers.Count == 0)
                response.ContentLength = reply.Body.Length;
            if (!reply.Body.IsEmpty)
                await response.Body.WriteAsync(reply.Body, context.RequestAborted);
            Append(response, reply.Trailers);
            return;
        }

        if (reply.Status == StatusCodes.Status101SwitchingProtocols)
        {
            var connection = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            await GiveOnAsync(stream, connection, context.RequestAborted);
            return;
        }

        await response.StartAsync(context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        await GiveOnAsync(stream, response.Body, context.RequestAborted);
        if (reply.Stream is { } source)
            Append(response, live.Use(_ => source.Trailers));
    }

    private static async Task GiveOnAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, cancellation) is > 0 and var length)
        {
            await to.WriteAsync(buffer.AsMemory(0, length), cancellation);
            await to.FlushAsync(cancellation);
        }
    }

    private static void Append(HttpResponse response, ValueMap<string> trailers)
    {
        foreach (var (name, value) in trailers)
            response.AppendTrailer(name, value);
    }
}
