using System.Net;
using System.Net.Sockets;
using Orrery.Model.Values;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Sockets;

/// <summary>
/// Serves a world on a loopback socket over HTTP/1.1, so that real programs can talk to it. The world's time is that
/// of the given clock since the start, and its agenda is kept while no request comes. Watches are sent in chunks.
/// </summary>
public sealed class WorldServer : IAsyncDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HttpListener _listener = new();
    private readonly IWorld _world;
    private readonly Agenda _agenda;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly List<Task> _running = [];
    private TaskCompletionSource _added = NewSignal();

    private WorldServer(IWorld world, Agenda agenda, TimeProvider time, int port)
    {
        (_world, _agenda, _time, _began) = (world, agenda, time, time.GetTimestamp());
        Address = new Uri($"http://127.0.0.1:{port}/");
        _listener.Prefixes.Add(Address.ToString());
        agenda.Added += _ => _added.TrySetResult();
    }

    public Uri Address { get; }

    /// <summary>Listens at once; port 0 takes a free one.</summary>
    /// <exception cref="HttpListenerException">The port is taken.</exception>
    public static WorldServer Start(IWorld world, Agenda agenda, TimeProvider time, int port = 0)
    {
        var server = new WorldServer(world, agenda, time, port == 0 ? FreePort() : port);
        server._listener.Start();
        server._running.Add(server.AcceptAsync());
        server._running.Add(server.KeepAgendaAsync());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Task[] running;
        lock (_gate)
            running = [.. _running];
        await Task.WhenAll(running);
        ((IDisposable)_listener).Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var exchange = await _listener.GetContextAsync();
                lock (_gate)
                {
                    _running.RemoveAll(task => task.IsCompleted);
                    _running.Add(AnswerAsync(exchange));
                }
            }
            catch (Exception problem) when (problem is HttpListenerException or ObjectDisposedException)
            {
                // The listener was stopped, or the client broke off before it had asked.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext exchange)
    {
        // The accepting loop goes on at once.
        await Task.Yield();
        try
        {
            var request = await ReadAsync(exchange.Request);
            WorldReply reply;
            lock (_gate)
                reply = _world.Handle(request, Now);
            await Task.Delay(reply.ServiceTime, _time, _stopping.Token);
            await WriteAsync(exchange.Response, reply);
        }
        catch (Exception problem) when (problem is HttpListenerException or IOException or OperationCanceledException
            or ObjectDisposedException)
        {
            // The client is gone, or the server stops; there is nobody to tell.
            exchange.Response.Abort();
        }
    }

    private async Task WriteAsync(HttpListenerResponse response, WorldReply reply)
    {
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
        {
            if (name == "content-type")
                response.ContentType = value;
            else
                response.AddHeader(name, value);
        }

        if (reply.Stream is null)
        {
            response.ContentLength64 = reply.Body.Length;
            if (!reply.Body.IsEmpty)
                await response.OutputStream.WriteAsync(reply.Body, _stopping.Token);
            response.Close();
            return;
        }

        response.SendChunked = true;
        await PumpAsync(response.OutputStream, reply.Body, reply.Stream);
        response.Close();
    }

    private async Task PumpAsync(Stream output, ReadOnlyMemory<byte> first, IReplyStream stream)
    {
        var arrived = NewSignal();
        lock (_gate)
            stream.Arrived = () => Volatile.Read(ref arrived).TrySetResult();
        try
        {
            // The listener sends its headers only with the first bytes, and an empty write would end the chunks. A line
            // without an event is nothing to those who read lines of JSON.
            await output.WriteAsync(first.IsEmpty ? "\n"u8.ToArray() : first, _stopping.Token);
            while (true)
            {
                var next = NewSignal();
                Volatile.Write(ref arrived, next);
                ReadOnlyMemory<byte> chunk;
                bool isEnded;
                lock (_gate)
                    (chunk, isEnded) = (stream.Take(), stream.IsEnded);
                if (!chunk.IsEmpty)
                    await output.WriteAsync(chunk, _stopping.Token);
                await output.FlushAsync(_stopping.Token);
                if (isEnded)
                    return;
                await next.Task.WaitAsync(_stopping.Token);
            }
        }
        finally
        {
            lock (_gate)
                stream.Close();
        }
    }

    /// <summary>Lets happen what is due, also while nobody asks.</summary>
    private async Task KeepAgendaAsync()
    {
        try
        {
            while (true)
            {
                TimeSpan wait;
                Task added;
                lock (_gate)
                {
                    if (_added.Task.IsCompleted)
                        _added = NewSignal();
                    added = _added.Task;
                    _agenda.AdvanceTo(Now);
                    wait = _agenda.Next is { } next && next - Now < Idle ? next - Now : Idle;
                }

                if (wait > TimeSpan.Zero)
                    await Task.WhenAny(Task.Delay(wait, _time, _stopping.Token), added.WaitAsync(_stopping.Token));
                _stopping.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private static async Task<WorldRequest> ReadAsync(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in request.Headers.AllKeys)
        {
            if (name is not null)
                headers[name.ToLowerInvariant()] = request.Headers[name] ?? "";
        }

        var parts = (request.RawUrl ?? "/").Split('?', 2);
        return new WorldRequest
        {
            Method = request.HttpMethod,
            Path = parts[0],
            Query = parts.Length > 1 ? parts[1] : "",
            Headers = ValueMap.From(headers),
            Body = body.ToArray(),
        };
    }

    private TimeSpan Now => _time.GetElapsedTime(_began);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The listener cannot choose a port itself.
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
