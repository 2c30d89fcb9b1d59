using System.Net;
using System.Net.Sockets;
using Orrery.Engine.Ports;

namespace Orrery.Cli.Access;

/// <summary>
/// Listens on this machine's loopback and leads each connection elsewhere. A connection that is lost or cannot be made
/// ends by itself; the next one is made anew.
/// </summary>
internal sealed class LoopbackForward : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>
    /// How many connections begin at once: sshd drops some at random above ten that have not yet logged in
    /// (MaxStartups, https://man.openbsd.org/sshd_config#MaxStartups).
    /// </summary>
    private const int StartingMax = 8;

    /// <summary>One that has no answer by then keeps the others waiting no longer.</summary>
    private static readonly TimeSpan StartingTime = TimeSpan.FromSeconds(15);

    private readonly TcpListener _listener;
    private readonly Func<CancellationToken, Task<Stream>> _open;
    private readonly TimeProvider _time;
    private readonly Action<string> _say;
    private readonly SemaphoreSlim _starting = new(StartingMax);
    private string? _lastProblem;

    private LoopbackForward(
        TcpListener listener, Func<CancellationToken, Task<Stream>> open, TimeProvider time, Action<string> say) =>
        (_listener, _open, _time, _say) = (listener, open, time, say);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Null where the port is taken or not ours to take.</summary>
    /// <param name="port">0 for any free one.</param>
    /// <param name="open">Opens one connection to where it leads.</param>
    /// <param name="time">For giving up what does not answer.</param>
    /// <param name="say">Told why connections fail, once for each reason in a row.</param>
    public static LoopbackForward? Listen(
        int port, Func<CancellationToken, Task<Stream>> open, TimeProvider time, Action<string> say)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return new LoopbackForward(listener, open, time, say);
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    /// <summary>Forwards until it is cancelled, which is its only end; then all connections are closed.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(cancellation);
                connections.RemoveAll(connection => connection.IsCompleted);
                connections.Add(ServeAsync(client, cancellation));
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }

        await Task.WhenAll(connections);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _starting.Dispose();
    }

    private async Task ServeAsync(TcpClient given, CancellationToken cancellation)
    {
        using var client = given;
        client.NoDelay = true;
        try
        {
            await using var near = client.GetStream();
            await ForwardAsync(near, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The whole forward ends.
        }
        catch (Exception exception) when (
            exception is IOException or SocketException or HttpRequestException or ProviderException)
        {
            Tell(exception);
        }
    }

    private async Task ForwardAsync(Stream near, CancellationToken cancellation)
    {
        // In TLS and HTTP the client speaks first. Until then nothing is opened: browsers connect on suspicion.
        var first = new byte[ChunkBytes];
        var length = await ReadNearAsync(near, first, cancellation);
        if (length == 0)
            return;
        await _starting.WaitAsync(cancellation);
        using var start = new Start(_starting);
        await using var limit = _time.CreateTimer(
            static state => ((Start?)state)?.Dispose(), start, StartingTime, Timeout.InfiniteTimeSpan);
        await using var far = await _open(cancellation);
        await CarryAsync(near, far, first.AsMemory(0, length), start, cancellation);
    }

    private async Task CarryAsync(
        Stream near, Stream far, ReadOnlyMemory<byte> first, Start start, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var up = UpAsync(near, far, first, over.Token);
        var down = DownAsync(far, near, start, over.Token);
        // Whichever side ends, the connection does: neither TLS nor HTTP goes on with half of one.
        await Task.WhenAny(up, down);
        // Where writing fails, reading tells why.
        if (up.IsCompletedSuccessfully && !await up)
            await Task.WhenAny(down, Task.Delay(StartingTime, _time, over.Token));
        await over.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (down.IsFaulted)
            await down;
    }

    /// <summary>True when the near side has said all; false where the far side takes no more.</summary>
    private static async Task<bool> UpAsync(
        Stream near, Stream far, ReadOnlyMemory<byte> first, CancellationToken cancellation)
    {
        var buffer = new byte[ChunkBytes];
        var next = first;
        while (next.Length > 0)
        {
            try
            {
                await far.WriteAsync(next, cancellation);
                await far.FlushAsync(cancellation);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                return false;
            }

            next = buffer.AsMemory(0, await ReadNearAsync(near, buffer, cancellation));
        }

        return true;
    }

    private async Task DownAsync(Stream far, Stream near, Start start, CancellationToken cancellation)
    {
        var buffer = new byte[ChunkBytes];
        int length;
        while ((length = await far.ReadAsync(buffer, cancellation)) > 0)
        {
            _lastProblem = null;
            start.Dispose();
            try
            {
                await near.WriteAsync(buffer.AsMemory(0, length), cancellation);
            }
            catch (IOException)
            {
                // The near side has left.
                return;
            }
        }
    }

    private static async Task<int> ReadNearAsync(Stream near, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await near.ReadAsync(buffer, cancellation);
        }
        catch (IOException)
        {
            // Left without closing, as programs do that are killed.
            return 0;
        }
    }

    private void Tell(Exception exception)
    {
        var problem = exception.Message;
        if (Interlocked.Exchange(ref _lastProblem, problem) != problem)
            _say(problem);
    }

    /// <summary>One of those that begin; over with its first answer, its end, or the time for it.</summary>
    private sealed class Start(SemaphoreSlim starting) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                starting.Release();
        }
    }
}
