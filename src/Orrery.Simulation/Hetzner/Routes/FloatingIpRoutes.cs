using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary><c>/floating_ips</c></summary>
internal static class FloatingIpRoutes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/floating_ips", exchange => Listing.Of(exchange, exchange.Project.FloatingIps,
            (writer, address) => AddressDocuments.Floating(writer, exchange.Project, address))),
        new("POST", "/floating_ips", Create),
        new("GET", "/floating_ips/{id}", exchange => One(exchange, exchange.Target(exchange.Project.FloatingIps))),
        new("PUT", "/floating_ips/{id}", Update),
        new("DELETE", "/floating_ips/{id}", Delete),
        new("POST", "/floating_ips/{id}/actions/assign", Assign),
        new("POST", "/floating_ips/{id}/actions/unassign", Unassign),
        new("POST", "/floating_ips/{id}/actions/change_dns_ptr", ChangeReverseName),
        new("POST", "/floating_ips/{id}/actions/change_protection", exchange =>
            EntityRoutes.ChangeProtection(exchange, exchange.Project.FloatingIps)),
    ];

    private static Answer Create(Exchange exchange)
    {
        var project = exchange.Project;
        var body = exchange.Body;
        var name = body.Text("name");
        var type = body.RequiredText("type");
        if (type.Length > 0 && type is not ("ipv4" or "ipv6"))
            body.Problem("type", "must be one of: ipv4, ipv6");
        var serverId = body.Number("server");
        var server = project.Servers.Find(serverId);
        if (serverId is not null && server is null)
            body.Problem("server", $"server {serverId} not found");
        var home = body.NameOrId("home_location") is { } given ? Catalog.FindLocation(given) : server?.Location;
        if (home is null && serverId is null)
            body.Problem("home_location", body.Has("home_location") ? "location not found" : "is required");
        var description = body.Text("description") ?? "";
        var labels = body.Labels() ?? ValueMap<string>.Empty;
        body.Check();
        if (name is not null)
            Exchange.RequireUniqueName(project.FloatingIps, name);
        Exchange.RequireRoom(project.FloatingIps);
        // Without a name of its own the id names it.
        var key = name ?? $"unnamed/{type}/{home?.Name}";
        var id = project.Identifiers.Next("floating_ip", key);
        var address = new FloatingIp
        {
            Id = id,
            Name = name ?? $"{type}-{id}",
            Labels = labels,
            Created = exchange.Now,
            Description = description,
            Ipv6 = type == "ipv6",
            Address = type == "ipv6" ? project.Identifiers.NextIpv6(key) : project.Identifiers.NextIpv4(key),
            HomeLocation = home ?? Catalog.Locations[0],
        };
        project.FloatingIps.Add(address);
        var action = server is null ? null : StartAssign(exchange, address, server);
        return new Answer(201, writer =>
        {
            writer.WritePropertyName("floating_ip");
            AddressDocuments.Floating(writer, project, address);
            if (action is not null)
                EntityRoutes.Action(writer, exchange, "action", action);
        });
    }

    private static Answer Update(Exchange exchange) =>
        One(exchange, EntityRoutes.Update(exchange, exchange.Project.FloatingIps, checkName: null, (address, body) =>
        {
            var description = body.Text("description");
            body.Check();
            address.Description = description ?? address.Description;
        }));

    private static Answer Delete(Exchange exchange)
    {
        var address = exchange.Target(exchange.Project.FloatingIps);
        EntityRoutes.RequireDeletable(exchange, address);
        if (address.Server is not null)
            throw Refusal.Unprocessable("must_be_unassigned", "the floating IP must be unassigned before");
        exchange.Project.FloatingIps.Remove(address, exchange.Now);
        return Answer.Empty;
    }

    private static Answer Assign(Exchange exchange)
    {
        var address = exchange.Target(exchange.Project.FloatingIps);
        var id = exchange.Body.Number("server");
        if (id is null)
            exchange.Body.Problem("server", "Missing data for required field.");
        exchange.Body.Check();
        var server = exchange.Project.Servers.Find(id) ?? throw Refusal.NotFound($"server with ID '{id}' not found");
        exchange.RequireUnlocked(address);
        if (address.Server is not null)
            throw Refusal.Unprocessable("floating_ip_assigned", "the floating IP is already assigned");
        return EntityRoutes.Started(exchange, StartAssign(exchange, address, server));
    }

    private static Answer Unassign(Exchange exchange)
    {
        var address = exchange.Target(exchange.Project.FloatingIps);
        exchange.RequireUnlocked(address);
        if (exchange.Project.Servers.Find(address.Server) is not { } server)
            throw Refusal.Unprocessable("service_error", "the floating IP is not assigned");
        return EntityRoutes.Started(exchange, exchange.Start("unassign_floating_ip", [server, address], new ActionWork
        {
            Holds = [address],
            Succeed = _ => address.Server = null,
        }));
    }

    private static Answer ChangeReverseName(Exchange exchange)
    {
        var address = exchange.Target(exchange.Project.FloatingIps);
        ReverseNames.Read(exchange, address.Address, out var name);
        return EntityRoutes.Started(exchange, exchange.Start("change_dns_ptr", [address], new ActionWork
        {
            Succeed = _ => address.ReverseName = name,
        }));
    }

    // The address is routed elsewhere; the server itself is not touched, so it needs not be unlocked (assumed).
    private static CloudAction StartAssign(Exchange exchange, FloatingIp address, Server server) =>
        exchange.Start("assign_floating_ip", [server, address], new ActionWork
        {
            Holds = [address],
            Succeed = _ => address.Server = exchange.Project.Servers.Find(server.Id)?.Id,
        });

    private static Answer One(Exchange exchange, FloatingIp address) =>
        EntityRoutes.One("floating_ip", exchange.Project, address, AddressDocuments.Floating);
}
