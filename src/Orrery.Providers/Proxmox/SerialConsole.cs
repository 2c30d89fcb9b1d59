using System.Net.WebSockets;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using Orrery.Providers.Proxmox.Wire;
using Orrery.Providers.Talos;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Serial consoles through <c>termproxy</c>: a ticket for one connection, then a WebSocket that shows what the machine
/// prints from then on. https://pve.proxmox.com/pve-docs/api-viewer/#/nodes/{node}/qemu/{vmid}/vncwebsocket
/// </summary>
internal sealed class SerialConsole(ProxmoxServices services) : IMachineConsole
{
    /// <summary>More than a machine prints in a boot.</summary>
    private const int CharactersMax = 4 * 1024 * 1024;

    private const string Accepted = "OK";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task<string?> FindAsync(
        string server, Func<string, string?> find, TimeSpan patience, OperationContext operation,
        CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            while (true)
            {
                if (await TryAsync(server, find, operation, either.Token) is { } found)
                    return found;
                await Task.Delay(Interval, services.Time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public async Task RestartAsync(string server, OperationContext operation, CancellationToken cancellation)
    {
        var machine = await services.Machines.GetAsync(server, operation, cancellation);
        await services.Machines.ResetAsync(machine, operation, cancellation);
    }

    /// <summary>Reads as long as one connection lasts; it breaks off when the machine's power does.</summary>
    private async Task<string?> TryAsync(
        string server, Func<string, string?> find, OperationContext operation, CancellationToken cancellation)
    {
        try
        {
            var machine = await services.Machines.GetAsync(server, operation, cancellation);
            using var socket = await OpenAsync(machine, operation, cancellation);
            return await ReadAsync(socket, find, cancellation);
        }
        catch (ProviderException refusal) when (refusal.IsTransient)
        {
            return null;
        }
        catch (WebSocketException exception) when (exception.InnerException is not ProviderException { IsTransient: false })
        {
            return null;
        }
    }

    private async Task<ClientWebSocket> OpenAsync(
        PlacedMachine machine, OperationContext operation, CancellationToken cancellation)
    {
        var path = $"nodes/{machine.Guest.Node}/qemu/{machine.Id}";
        var proxy = await services.Client.SendAsync(
            new Outgoing(HttpMethod.Post, $"{path}/termproxy", operation, new Parameters().ToContent()),
            ProxmoxJson.Default.EnvelopeConsoleProxy, cancellation);
        var address = new UriBuilder(new Uri(
            services.Address,
            $"{path}/vncwebsocket?port={proxy.Port}&vncticket={Uri.EscapeDataString(proxy.Ticket)}"));
        address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        var socket = new ClientWebSocket();
        try
        {
            // Pings would run on real time; the patience ends what is silent.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            socket.Options.AddSubProtocol("binary");
            using var invoker = new HttpMessageInvoker(new Upgrade(services.Chain), disposeHandler: false);
            await socket.ConnectAsync(address.Uri, invoker, cancellation);
            await socket.SendAsync(
                Encoding.UTF8.GetBytes($"{proxy.User}:{proxy.Ticket}\n"), WebSocketMessageType.Binary,
                endOfMessage: true, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string?> ReadAsync(
        ClientWebSocket socket, Func<string, string?> find, CancellationToken cancellation)
    {
        var (text, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        while (text.Length < CharactersMax)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            text.Append(Encoding.UTF8.GetString(buffer.AsSpan(0, received.Count)));
            if (text.ToString() is var all && all.StartsWith(Accepted, StringComparison.Ordinal)
                && find(all[Accepted.Length..]) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>Says of the upgrade what the chain asks of each request; it changes nothing.</summary>
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
