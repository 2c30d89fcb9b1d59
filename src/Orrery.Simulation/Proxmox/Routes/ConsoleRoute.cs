using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Values;
using Orrery.Simulation.Proxmox.Guests;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>The one route that switches its connection: a serial console, for who has a ticket of termproxy.</summary>
internal static class ConsoleRoute
{
    private const string Key = "sec-websocket-key";

    /// <summary>RFC 6455, 1.3: what a server appends to show that it has understood.</summary>
    private const string Understood = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static bool Matches(WorldRequest request) => request.Method == "GET"
        && request.Path.EndsWith("/vncwebsocket", StringComparison.Ordinal) && request.Headers.ContainsKey(Key);

    public static WorldReply Answer(WorldRequest request, PveCluster cluster, ProxmoxWorldOptions options)
    {
        try
        {
            request.Headers.TryGetValue("authorization", out var given);
            var caller = cluster.Access.Authenticate(given);
            var ticket = Form.Read(request).Find("vncticket") ?? "";
            if (request.Path.Split('/') is not [.., var vmid, _]
                || !cluster.Consoles.TryGetValue(ticket, out var machine) || $"{machine}" != vmid
                || options is not { Agenda: { } agenda, Guests: { } guests })
            {
                return Refused(401, options);
            }

            cluster.Consoles.Remove(ticket);
            return new WorldReply
            {
                Status = 101,
                Headers = ValueMap.Of(
                    ("connection", "Upgrade"),
                    ("sec-websocket-accept", AcceptOf(request.Headers[Key])),
                    ("sec-websocket-protocol", "binary"),
                    ("upgrade", "websocket")),
                Stream = new ConsoleStream(agenda, () => guests.ConsoleOf(machine), $"{caller.Name}:{ticket}\n"),
                ServiceTime = options.Latencies.Read,
            };
        }
        catch (Refusal refusal)
        {
            return Refused(refusal.Status, options);
        }
    }

    private static WorldReply Refused(int status, ProxmoxWorldOptions options) =>
        new() { Status = status, ServiceTime = options.Latencies.Read };

    private static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // The protocol's own; it protects nothing.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Understood)));
#pragma warning restore CA5350
    }
}
