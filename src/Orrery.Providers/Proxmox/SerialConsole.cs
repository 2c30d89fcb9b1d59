using System.Net.WebSockets;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using Orrery.Providers.Proxmox.Wire;
using Orrery.Providers.Talos;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Reads what a machine writes to its serial console: the fingerprint of a Talos node in maintenance mode. A serial
/// port has no memory, so whoever wants what is written at a boot listens first and resets then.
/// </summary>
internal sealed class SerialConsole(
    ProxmoxClient client, Machines machines, HttpMessageHandler chain, Uri endpoint, TimeProvider time)
    : IMachineConsole
{
    private const int TextMax = 1024 * 1024;
    private const int LastCharacters = 200;
    private const string Welcome = "OK";

    public Task<string> ReadBootAsync(
        string server, Func<string, bool> isEnough, OperationContext operation, CancellationToken cancellation) =>
        ReadAsync(server, isEnough, resets: true, operation, cancellation);

    /// <summary>
    /// Listens until there is enough; throws <see cref="ProviderErrorCode.Timeout"/> where it never is.
    /// </summary>
    /// <param name="isEnough">Asked each time that more was written, with all of it.</param>
    /// <param name="resets">
    /// Whether to press the reset button once somebody listens. Only for what has nothing to lose.
    /// </param>
    public async Task<string> ReadAsync(
        string vmid, Func<string, bool> isEnough, bool resets, OperationContext operation,
        CancellationToken cancellation)
    {
        var machine = await machines.GetAsync(vmid, operation, cancellation);
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var text = new StringBuilder();
        try
        {
            using var socket = await OpenAsync(machine, operation, either.Token);
            if (resets && await machines.IsRunningAsync(machine, operation, either.Token))
                await machines.ResetAsync(machine, operation, either.Token);
            else if (resets)
                await machines.StartAsync(machine, operation, either.Token);
            while (!isEnough(text.ToString()))
                text.Append(await ReceiveAsync(socket, either.Token));
            return text.ToString();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            var last = text.Length > LastCharacters ? text.ToString()[^LastCharacters..] : text.ToString();
            throw new ProviderException(
                ProviderErrorCode.Timeout,
                $"VM {vmid} ('{machine.Guest.Name}') did not write what was expected to its serial console within"
                + $" {Patience.TotalMinutes:0} minutes; it ended with: {ProxmoxErrors.Shorten(last)}");
        }
        catch (WebSocketException exception)
        {
            // A ticket that its first try has used up is no lack of rights: those were asked for before.
            if (exception.InnerException is ProviderException { Code: not ProviderErrorCode.Unauthorized } refusal)
                throw refusal;
            throw new ProviderException(
                ProviderErrorCode.Unavailable, $"the connection to the serial console of VM {vmid} broke", exception);
        }
    }

    /// <summary>Firmware and kernel need a minute or two on a busy host.</summary>
    private static TimeSpan Patience { get; } = TimeSpan.FromMinutes(5);

    private async Task<ClientWebSocket> OpenAsync(
        PlacedMachine machine, OperationContext operation, CancellationToken cancellation)
    {
        using var content = new Parameters().With("serial", "serial0").ToContent();
        var proxy = await client.SendAsync(
            new Outgoing(HttpMethod.Post, $"{machine.Path}/termproxy", operation, content),
            ProxmoxJson.Default.EnvelopeConsoleProxy, cancellation);
        var query = new Parameters().With("port", proxy.Port).With("vncticket", proxy.Ticket).ToQuery();
        var address = new UriBuilder(new Uri(endpoint, $"/api2/json/{machine.Path}/vncwebsocket?{query}"));
        address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        var socket = new ClientWebSocket();
        try
        {
            // Pings would run on real time.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            socket.Options.AddSubProtocol("binary");
            using var invoker = new HttpMessageInvoker(new Upgrade(chain), disposeHandler: false);
            await socket.ConnectAsync(address.Uri, invoker, cancellation);
            var greeting = Encoding.UTF8.GetBytes($"{proxy.User}:{proxy.Ticket}\n");
            await socket.SendAsync(greeting, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
            var welcome = await ReceiveAsync(socket, cancellation);
            return welcome.StartsWith(Welcome, StringComparison.Ordinal)
                ? socket
                : throw new ProviderException(
                    ProviderErrorCode.Unauthorized, $"the serial console of VM {machine.Id} does not let us in");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            if (received.MessageType == WebSocketMessageType.Close || message.Length > TextMax)
                throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
            await message.WriteAsync(buffer.AsMemory(0, received.Count), cancellation);
            if (received.EndOfMessage)
                return Encoding.UTF8.GetString(message.ToArray());
        }
    }

    /// <summary>Says of the upgrade what the chain asks of each request.</summary>
    private sealed class Upgrade(HttpMessageHandler chain) : DelegatingHandler(chain)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Options.Set(HttpRequests.Streamed, true);
            request.Options.Set(HttpRequests.Changes, false);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
