using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary><c>/primary_ips</c></summary>
internal static class PrimaryIpRoutes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/primary_ips", List),
        new("POST", "/primary_ips", Create),
        new("GET", "/primary_ips/{id}", exchange => One(exchange, exchange.Target(exchange.Project.PrimaryIps))),
        new("PUT", "/primary_ips/{id}", Update),
        new("DELETE", "/primary_ips/{id}", Delete),
        new("POST", "/primary_ips/{id}/actions/assign", Assign),
        new("POST", "/primary_ips/{id}/actions/unassign", Unassign),
        new("POST", "/primary_ips/{id}/actions/change_dns_ptr", ChangeReverseName),
        new("POST", "/primary_ips/{id}/actions/change_protection", exchange =>
            EntityRoutes.ChangeProtection(exchange, exchange.Project.PrimaryIps)),
    ];

    /// <summary>The address that a new server gets when it brings none; it goes with the server.</summary>
    public static PrimaryIp For(Project project, Server server, bool ipv6)
    {
        var key = $"{server.Id}/{AddressDocuments.TypeName(ipv6)}";
        var id = project.Identifiers.Next("primary_ip", key);
        return new PrimaryIp
        {
            Id = id,
            Name = $"primary_ip-{id}",
            Created = server.Created,
            Ipv6 = ipv6,
            Address = NewAddress(project, ipv6, key),
            Location = server.Location,
            AutoDelete = true,
            Server = server.Id,
            Preset = server.Preset,
        };
    }

    private static string NewAddress(Project project, bool ipv6, string key) =>
        ipv6 ? project.Identifiers.NextIpv6(key) : project.Identifiers.NextIpv4(key);

    private static Answer List(Exchange exchange)
    {
        if (exchange.Query.Last("ip") is not { } wanted)
        {
            return Listing.Of(exchange, exchange.Project.PrimaryIps,
                (writer, address) => AddressDocuments.Primary(writer, exchange.Project, address));
        }

        return Listing.Page(exchange, "primary_ips",
            exchange.Project.PrimaryIps.All.Where(address => address.Address == wanted),
            (writer, address) => AddressDocuments.Primary(writer, exchange.Project, address));
    }

    private static Answer Create(Exchange exchange)
    {
        var project = exchange.Project;
        var (made, server) = Read(exchange);
        Exchange.RequireUniqueName(project.PrimaryIps, made.Name);
        Exchange.RequireRoom(project.PrimaryIps);
        if (server is not null)
            RequireAssignable(exchange, made.Ipv6, server);
        var address = new PrimaryIp
        {
            Id = project.Identifiers.Next("primary_ip", made.Name),
            Name = made.Name,
            Labels = made.Labels,
            Created = exchange.Now,
            Ipv6 = made.Ipv6,
            Address = NewAddress(project, made.Ipv6, made.Name),
            Location = made.Location,
            AutoDelete = exchange.Body.Flag("auto_delete") ?? false,
        };
        project.PrimaryIps.Add(address);
        var action = server is null ? null : StartAssign(exchange, address, server);
        return new Answer(201, writer =>
        {
            writer.WritePropertyName("primary_ip");
            AddressDocuments.Primary(writer, project, address);
            if (action is not null)
                EntityRoutes.Action(writer, exchange, "action", action);
        });
    }

    private static (NewAddressOrder Order, Server? Server) Read(Exchange exchange)
    {
        var body = exchange.Body;
        var name = EntityRoutes.NewName(exchange, exchange.Project.PrimaryIps);
        var type = body.RequiredText("type");
        if (type.Length > 0 && type is not ("ipv4" or "ipv6"))
            body.Problem("type", "must be one of: ipv4, ipv6");
        if (body.RequiredText("assignee_type") is { Length: > 0 } and not "server")
            body.Problem("assignee_type", "must be one of: server");
        _ = body.Flag("auto_delete");
        var assignee = body.Number("assignee_id");
        var server = exchange.Project.Servers.Find(assignee);
        if (assignee is not null && server is null)
            body.Problem("assignee_id", $"server {assignee} not found");
        var location = body.NameOrId("location") is { } place ? Catalog.FindLocation(place)
            : body.NameOrId("datacenter") is { } center ? Catalog.FindDataCenter(center)
            : server?.Location;
        if (assignee is not null && (body.Has("location") || body.Has("datacenter")))
            body.Problem("location", "must not be used together with assignee_id");
        else if (location is null && assignee is null)
            body.Problem("location", body.Has("location") ? "location not found" : "location is required");
        var labels = body.Labels() ?? ValueMap<string>.Empty;
        body.Check();
        return (new NewAddressOrder(name, type == "ipv6", location ?? Catalog.Locations[0], labels), server);
    }

    private static Answer Update(Exchange exchange) =>
        One(exchange, EntityRoutes.Update(exchange, exchange.Project.PrimaryIps, checkName: null, (address, body) =>
        {
            var automatic = body.Flag("auto_delete");
            if (automatic == true && address.DeleteProtected)
                body.Problem("auto_delete", "cannot be enabled while the primary IP is protected");
            body.Check();
            address.AutoDelete = automatic ?? address.AutoDelete;
        }));

    private static Answer Delete(Exchange exchange)
    {
        var address = exchange.Target(exchange.Project.PrimaryIps);
        EntityRoutes.RequireDeletable(exchange, address);
        if (address.Server is not null)
            throw Refusal.Unprocessable("must_be_unassigned", "the primary IP must be unassigned before");
        exchange.Project.PrimaryIps.Remove(address, exchange.Now);
        return Answer.Empty;
    }

    private static Answer Assign(Exchange exchange)
    {
        var address = exchange.Target(exchange.Project.PrimaryIps);
        var id = exchange.Body.Number("assignee_id");
        if (!exchange.Body.Has("assignee_id"))
            exchange.Body.Problem("assignee_id", "Missing data for required field.");
        if (exchange.Body.RequiredText("assignee_type") is { Length: > 0 } and not "server")
            exchange.Body.Problem("assignee_type", "must be one of: server");
        exchange.Body.Check();
        var server = exchange.Project.Servers.Find(id) ?? throw Refusal.NotFound($"server with ID '{id}' not found");
        exchange.RequireUnlocked(address);
        if (address.Server is not null)
            throw Refusal.Unprocessable("primary_ip_already_assigned", "the primary IP is already assigned");
        if (address.Location != server.Location)
            throw Refusal.Invalid("assignee_id", "server and primary IP must be in the same location");
        RequireAssignable(exchange, address.Ipv6, server);
        return EntityRoutes.Started(exchange, StartAssign(exchange, address, server));
    }

    private static Answer Unassign(Exchange exchange)
    {
        var address = exchange.Target(exchange.Project.PrimaryIps);
        exchange.RequireUnlocked(address);
        if (exchange.Project.Servers.Find(address.Server) is not { } server)
            throw Refusal.Unprocessable("service_error", "the primary IP is not assigned");
        RequireStopped(exchange, server);
        return EntityRoutes.Started(exchange, exchange.Start("unassign_primary_ip", [server, address], new ActionWork
        {
            Holds = [server, address],
            Succeed = _ => address.Server = null,
        }));
    }

    private static Answer ChangeReverseName(Exchange exchange)
    {
        var address = exchange.Target(exchange.Project.PrimaryIps);
        ReverseNames.Read(exchange, address.Address, out var name);
        return EntityRoutes.Started(exchange, exchange.Start("change_dns_ptr", [address], new ActionWork
        {
            Succeed = _ => address.ReverseName = name,
        }));
    }

    private static CloudAction StartAssign(Exchange exchange, PrimaryIp address, Server server) =>
        exchange.Start("assign_primary_ip", [server, address], new ActionWork
        {
            Holds = [server, address],
            Succeed = _ => address.Server = server.Id,
        });

    private static void RequireAssignable(Exchange exchange, bool ipv6, Server server)
    {
        RequireStopped(exchange, server);
        if (exchange.Project.PrimaryIpOf(server, ipv6) is null)
            return;
        throw ipv6
            ? Refusal.Unprocessable("server_has_ipv6", "the server already has an IPv6 address")
            : Refusal.Unprocessable("server_has_ipv4", "the server already has an IPv4 address");
    }

    private static void RequireStopped(Exchange exchange, Server server)
    {
        exchange.RequireUnlocked(server);
        if (server.Status != ServerStatus.Off)
            throw Refusal.Unprocessable("server_not_stopped", "the server is running, but needs to be powered off");
    }

    private static Answer One(Exchange exchange, PrimaryIp address) =>
        EntityRoutes.One("primary_ip", exchange.Project, address, AddressDocuments.Primary);

    private sealed record NewAddressOrder(string Name, bool Ipv6, Location Location, ValueMap<string> Labels);
}
