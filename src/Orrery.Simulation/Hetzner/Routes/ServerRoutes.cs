using System.Text.Json;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary><c>/servers</c></summary>
internal static class ServerRoutes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/servers", List),
        new("POST", "/servers", ServerCreation.Create),
        new("GET", "/servers/{id}", exchange => One(exchange, exchange.Target(exchange.Project.Servers))),
        new("PUT", "/servers/{id}", exchange =>
            One(exchange, EntityRoutes.Update(exchange, exchange.Project.Servers, CheckName))),
        new("DELETE", "/servers/{id}", Delete),
        new("POST", "/servers/{id}/actions/poweron", ServerPower.On),
        new("POST", "/servers/{id}/actions/poweroff", ServerPower.Off),
        new("POST", "/servers/{id}/actions/shutdown", ServerPower.Shutdown),
        new("POST", "/servers/{id}/actions/reboot", ServerPower.Reboot),
        new("POST", "/servers/{id}/actions/reset", ServerPower.Reset),
        new("POST", "/servers/{id}/actions/rebuild", Rebuild),
        new("POST", "/servers/{id}/actions/change_protection", ChangeProtection),
        new("POST", "/servers/{id}/actions/change_dns_ptr", ChangeReverseName),
    ];

    /// <summary>A hostname as of RFC 1123.</summary>
    public static void CheckName(RequestBody body, string name)
    {
        if (!NameRules.IsDomain(name))
            body.Problem("name", "is not a valid hostname");
    }

    private static Answer List(Exchange exchange)
    {
        var wanted = exchange.Query.All("status");
        if (wanted.Count == 0)
            return Listing.Of(exchange, exchange.Project.Servers, Write);
        return Listing.Page(exchange, "servers",
            exchange.Project.Servers.All.Where(server => wanted.Contains(ServerDocument.StatusName(server.Status))),
            Write);

        void Write(Utf8JsonWriter writer, Server server) => ServerDocument.Write(writer, exchange.Project, server);
    }

    private static Answer Delete(Exchange exchange)
    {
        var server = exchange.Target(exchange.Project.Servers);
        EntityRoutes.RequireDeletable(exchange, server);
        var before = server.Status;
        server.Status = ServerStatus.Deleting;
        var action = exchange.Start("delete_server", [server], new ActionWork
        {
            Holds = [server],
            Succeed = now => exchange.Project.Remove(server, now),
            Fail = _ => server.Status = before,
        });
        return new Answer(200, writer => EntityRoutes.Action(writer, exchange, "action", action));
    }

    private static Answer Rebuild(Exchange exchange)
    {
        var server = exchange.Target(exchange.Project.Servers);
        var given = exchange.Body.RequiredNameOrId("image");
        var image = Catalog.FindImage(given, server.ServerType.Arm);
        if (given.Length > 0 && image is null)
            exchange.Body.Problem("image", "image not found");
        var userData = ServerCreation.UserData(exchange.Body);
        exchange.Body.Check();
        exchange.RequireUnlocked(server);
        if (server.RebuildProtected)
            throw Refusal.Protected("server");
        exchange.Project.TearVolumesOf(server);
        server.Status = ServerStatus.Rebuilding;
        var action = exchange.Start("rebuild_server", [server], new ActionWork
        {
            Holds = [server],
            Succeed = _ =>
            {
                server.Image = image ?? server.Image;
                server.UserData = userData;
                server.Status = ServerStatus.Running;
                Machine.Booted(exchange.Project, server);
            },
            Fail = _ => server.Status = ServerStatus.Off,
        });
        return new Answer(201, writer =>
        {
            EntityRoutes.Action(writer, exchange, "action", action);
            writer.WriteNull("root_password");
        });
    }

    // "Currently delete and rebuild attribute needs to have the same value": the contract.
    private static Answer ChangeProtection(Exchange exchange)
    {
        var server = exchange.Target(exchange.Project.Servers);
        var delete = exchange.Body.Flag("delete");
        var rebuild = exchange.Body.Flag("rebuild");
        if ((delete ?? server.DeleteProtected) != (rebuild ?? server.RebuildProtected))
            exchange.Body.Problem("rebuild", "must have the same value as delete");
        exchange.Body.Check();
        exchange.RequireUnlocked(server);
        return EntityRoutes.Started(exchange, exchange.Start("change_protection", [server], new ActionWork
        {
            Holds = [server],
            Succeed = _ =>
            {
                server.DeleteProtected = delete ?? server.DeleteProtected;
                server.RebuildProtected = rebuild ?? server.RebuildProtected;
            },
        }));
    }

    private static Answer ChangeReverseName(Exchange exchange)
    {
        var server = exchange.Target(exchange.Project.Servers);
        var address = exchange.Body.RequiredText("ip");
        var name = exchange.Body.Text("dns_ptr");
        var found = exchange.Project.PrimaryIps.All.FirstOrDefault(
            primary => primary.Server == server.Id && AddressRules.Covers(primary.Address, address));
        if (address.Length > 0 && found is null)
            exchange.Body.Problem("ip", "does not belong to the server");
        exchange.Body.Check();
        return EntityRoutes.Started(exchange, exchange.Start("change_dns_ptr", [server], new ActionWork
        {
            Succeed = _ =>
            {
                if (found is not null)
                    found.ReverseName = name;
            },
        }));
    }

    private static Answer One(Exchange exchange, Server server) =>
        EntityRoutes.One("server", exchange.Project, server, ServerDocument.Write);
}
