using System.Text;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary><c>POST /servers</c></summary>
internal static class ServerCreation
{
    // "This field is limited to 32KiB": the contract.
    private const int UserDataBytesMax = 32 * 1024;

    public static Answer Create(Exchange exchange)
    {
        var project = exchange.Project;
        var order = ServerOrder.Read(exchange);
        Exchange.RequireUniqueName(project.Servers, order.Name);
        Exchange.RequireRoom(project.Servers);
        RequireCapacity(exchange, order);
        foreach (var volume in order.Volumes)
            exchange.RequireUnlocked(volume);
        var server = new Server
        {
            Id = project.Identifiers.Next("server", order.Name),
            Name = order.Name,
            Labels = order.Labels,
            Created = exchange.Now,
            ServerType = order.Type,
            Location = order.Location,
            Image = order.Image,
            UserData = order.UserData,
            PublicKeys = order.PublicKeys,
            Status = ServerStatus.Initializing,
        };
        project.Servers.Add(server);
        Equip(exchange, server, order);
        var action = exchange.Start("create_server", [server], new ActionWork
        {
            Holds = [server],
            Succeed = _ => server.Status = order.Start ? ServerStatus.Starting : ServerStatus.Off,
            // Assumed: what could not be made does not stay behind.
            Fail = now => project.Remove(server, now),
        });
        var next = NextActions(exchange, server, order, action);
        return new Answer(201, writer =>
        {
            writer.WritePropertyName("server");
            ServerDocument.Write(writer, project, server);
            EntityRoutes.Action(writer, exchange, "action", action);
            ActionDocument.WriteAll(writer, project, "next_actions", next, exchange.Now);
            // Without a key somebody has to get in.
            writer.WriteString(
                "root_password", order.PublicKeys.Count > 0 ? null : project.Identifiers.Password(server.Id));
        });
    }

    public static string UserData(RequestBody body)
    {
        var userData = body.Text("user_data") ?? "";
        if (Encoding.UTF8.GetByteCount(userData) > UserDataBytesMax)
            body.Problem("user_data", $"is too long: at most {UserDataBytesMax} bytes");
        return userData;
    }

    private static void RequireCapacity(Exchange exchange, ServerOrder order)
    {
        var told = exchange.Request.Fault == WorldFault.ResourceUnavailable;
        exchange.Injected |= told;
        var lacking = exchange.Project.Options.Shortages.Any(shortage =>
            shortage.ServerType == order.Type.Name
            && (shortage.Location is null || shortage.Location == order.Location.Name)
            && (shortage.Until is null || exchange.Now < shortage.Until));
        if (told || lacking)
            throw Refusal.ResourceUnavailable("error during placement");
    }

    // Volumes are there before the machine starts, so that it finds them.
    private static List<CloudAction> NextActions(
        Exchange exchange, Server server, ServerOrder order, CloudAction created)
    {
        var next = new List<CloudAction>();
        foreach (var volume in order.Volumes)
            next.Add(VolumeAttachments.Attach(exchange, volume, server, next.LastOrDefault() ?? created));
        if (order.Start)
            next.Add(ServerPower.Start(exchange, server, next.LastOrDefault() ?? created));
        return next;
    }

    private static void Equip(Exchange exchange, Server server, ServerOrder order)
    {
        foreach (var firewall in order.Firewalls)
            firewall.Servers[server.Id] = true;
        if (order.Ipv4 is not null)
            order.Ipv4.Server = server.Id;
        else if (order.EnableIpv4)
            exchange.Project.PrimaryIps.Add(PrimaryIpRoutes.For(exchange.Project, server, ipv6: false));
        if (order.Ipv6 is not null)
            order.Ipv6.Server = server.Id;
        else if (order.EnableIpv6)
            exchange.Project.PrimaryIps.Add(PrimaryIpRoutes.For(exchange.Project, server, ipv6: true));
    }
}
