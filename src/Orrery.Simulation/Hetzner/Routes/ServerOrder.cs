using System.Globalization;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>What a <c>POST /servers</c> asks for, read and found.</summary>
internal sealed record ServerOrder
{
    public required string Name { get; init; }

    public required ServerType Type { get; init; }

    public required Location Location { get; init; }

    public required Image Image { get; init; }

    public required ValueMap<string> Labels { get; init; }

    public required string UserData { get; init; }

    public required bool Start { get; init; }

    public required IReadOnlyList<string> PublicKeys { get; init; }

    public required IReadOnlyList<Volume> Volumes { get; init; }

    public required IReadOnlyList<Firewall> Firewalls { get; init; }

    public bool EnableIpv4 { get; private init; }

    public bool EnableIpv6 { get; private init; }

    public PrimaryIp? Ipv4 { get; private init; }

    public PrimaryIp? Ipv6 { get; private init; }

    /// <summary>Reads the body; refuses everything that is wrong with it at once.</summary>
    public static ServerOrder Read(Exchange exchange)
    {
        var body = exchange.Body;
        var name = EntityRoutes.NewName(exchange, exchange.Project.Servers, ServerRoutes.CheckName);
        var type = FindType(body);
        var location = FindLocation(body, type);
        var image = FindImage(body, type);
        var volumes = FindVolumes(exchange, location);
        var order = new ServerOrder
        {
            Name = name,
            Type = type ?? Catalog.ServerTypes[0],
            Location = location,
            Image = image ?? Catalog.Images[0],
            Labels = body.Labels() ?? ValueMap<string>.Empty,
            UserData = ServerCreation.UserData(body),
            Start = body.Flag("start_after_create") ?? true,
            PublicKeys = FindSshKeys(exchange),
            Volumes = volumes,
            Firewalls = FindFirewalls(exchange),
        };
        if (body.Flag("automount") == true && volumes.Count == 0)
            body.Problem("automount", "volumes must be provided");
        // Networks and placement groups are not simulated, so that none of them exists.
        foreach (var network in body.Numbers("networks"))
            body.Problem("networks", $"network {network} not found");
        if (body.Number("placement_group") is { } group)
            body.Problem("placement_group", $"placement group {group} not found");
        return WithAddresses(exchange, order);
    }

    private static ServerType? FindType(RequestBody body)
    {
        var given = body.RequiredNameOrId("server_type");
        var type = Catalog.FindServerType(given);
        if (given.Length > 0 && type is null)
            body.Problem("server_type", "server type not found");
        if (type is { Deprecated: true })
            body.Problem("server_type", $"server type {type.Id} is deprecated");
        return type;
    }

    // Without a wish the vendor chooses; assumed: the first place that has the type.
    private static Location FindLocation(RequestBody body, ServerType? type)
    {
        var location = body.NameOrId("location");
        var dataCenter = body.NameOrId("datacenter");
        if (location is not null && dataCenter is not null)
            body.Problem("datacenter", "must not be used together with location");
        var found = location is not null ? Catalog.FindLocation(location)
            : dataCenter is not null ? Catalog.FindDataCenter(dataCenter)
            : Catalog.Locations.FirstOrDefault(place => type is null || type.Locations.Contains(place.Name));
        if (found is null)
            body.Problem(location is not null ? "location" : "datacenter", "location not found");
        else if (type is not null && !type.Locations.Contains(found.Name))
            body.Problem("location", "unsupported location for server type");
        return found ?? Catalog.Locations[0];
    }

    private static Image? FindImage(RequestBody body, ServerType? type)
    {
        var given = body.RequiredNameOrId("image");
        var image = Catalog.FindImage(given, type?.Arm ?? false);
        if (given.Length == 0 || image is not null)
            return image;
        body.Problem("image", Catalog.HasImage(given)
            ? "the architecture of the image does not fit the server type"
            : "image not found");
        return null;
    }

    private static List<Volume> FindVolumes(Exchange exchange, Location location)
    {
        var volumes = new List<Volume>();
        foreach (var id in exchange.Body.Numbers("volumes"))
        {
            if (exchange.Project.Volumes.Find(id) is not { } volume)
                exchange.Body.Problem("volumes", $"volume {id} not found");
            else if (volume.Server is not null)
                exchange.Body.Problem("volumes", $"volume {id} is already attached to a server");
            else if (volume.Location != location)
                exchange.Body.Problem("volumes", $"volume {id} must be in the same location");
            else
                volumes.Add(volume);
        }

        return volumes;
    }

    private static List<Firewall> FindFirewalls(Exchange exchange)
    {
        var firewalls = new List<Firewall>();
        foreach (var item in exchange.Body.Items("firewalls") ?? [])
        {
            var id = item.ValueKind == JsonValueKind.Object ? RequestBody.Inside(item).Number("firewall") : null;
            if (exchange.Project.Firewalls.Find(id) is { } firewall)
                firewalls.Add(firewall);
            else
                exchange.Body.Problem("firewalls", $"firewall {id} not found");
        }

        if (firewalls.Count > FirewallRoutes.PerServerMax)
            exchange.Body.Problem("firewalls", $"at most {FirewallRoutes.PerServerMax} firewalls");
        return firewalls;
    }

    private static List<string> FindSshKeys(Exchange exchange)
    {
        var found = new List<string>();
        foreach (var item in exchange.Body.Items("ssh_keys") ?? [])
        {
            var given = item.ValueKind == JsonValueKind.String ? item.GetString() : item.GetRawText();
            var key = exchange.Project.SshKeys.All.FirstOrDefault(key =>
                key.Name == given || key.Id.ToString(CultureInfo.InvariantCulture) == given);
            if (key is null)
                exchange.Body.Problem("ssh_keys", $"SSH key {given} not found");
            else
                found.Add(key.PublicKey);
        }

        return found;
    }

    private static ServerOrder WithAddresses(Exchange exchange, ServerOrder order)
    {
        var net = exchange.Body.Object("public_net");
        var ipv4 = net?.Number("ipv4");
        var ipv6 = net?.Number("ipv6");
        var equipped = order with
        {
            EnableIpv4 = net?.Flag("enable_ipv4") ?? true,
            EnableIpv6 = net?.Flag("enable_ipv6") ?? true,
            Ipv4 = exchange.Project.PrimaryIps.Find(ipv4),
            Ipv6 = exchange.Project.PrimaryIps.Find(ipv6),
        };
        net?.Check();
        if (ipv4 is not null && equipped.Ipv4 is null)
            exchange.Body.Problem("public_net.ipv4", $"primary IP {ipv4} not found");
        if (ipv6 is not null && equipped.Ipv6 is null)
            exchange.Body.Problem("public_net.ipv6", $"primary IP {ipv6} not found");
        exchange.Body.Check();
        RequireFit(equipped.Ipv4, ipv6: false, order.Location);
        RequireFit(equipped.Ipv6, ipv6: true, order.Location);
        return equipped;
    }

    // The contract, create_server: operation specific errors.
    private static void RequireFit(PrimaryIp? address, bool ipv6, Location location)
    {
        if (address is null)
            return;
        if (address.Ipv6 != ipv6)
            throw Refusal.Of(412, "primary_ip_version_mismatch", "the primary IP has the wrong IP version");
        if (address.Server is not null)
            throw Refusal.Unprocessable("primary_ip_assigned", "the primary IP is already assigned to a server");
        if (address.Location != location)
            throw Refusal.Unprocessable("primary_ip_datacenter_mismatch", "the primary IP is in another datacenter");
    }
}
