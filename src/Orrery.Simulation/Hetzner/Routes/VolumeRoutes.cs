using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary><c>/volumes</c></summary>
internal static class VolumeRoutes
{
    // The contract, create_volume: 10 GB to 10 TB (10240 GB).
    private const int SizeMin = 10;
    private const int SizeMax = 10_240;

    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/volumes", List),
        new("POST", "/volumes", Create),
        new("GET", "/volumes/{id}", exchange => One(exchange, exchange.Target(exchange.Project.Volumes))),
        new("PUT", "/volumes/{id}", exchange =>
            One(exchange, EntityRoutes.Update(exchange, exchange.Project.Volumes, CheckName))),
        new("DELETE", "/volumes/{id}", Delete),
        new("POST", "/volumes/{id}/actions/attach", Attach),
        new("POST", "/volumes/{id}/actions/detach", Detach),
        new("POST", "/volumes/{id}/actions/resize", Resize),
        new("POST", "/volumes/{id}/actions/change_protection", exchange =>
            EntityRoutes.ChangeProtection(exchange, exchange.Project.Volumes)),
    ];

    private static Answer List(Exchange exchange)
    {
        var wanted = exchange.Query.All("status");
        if (wanted.Count == 0)
            return Listing.Of(exchange, exchange.Project.Volumes, Write);
        return Listing.Page(exchange, "volumes",
            exchange.Project.Volumes.All.Where(volume => wanted.Contains(volume.Available ? "available" : "creating")),
            Write);

        void Write(Utf8JsonWriter writer, Volume volume) =>
            VolumeDocument.Write(writer, exchange.Project, volume);
    }

    private static Answer Create(Exchange exchange)
    {
        var project = exchange.Project;
        var (made, server) = Read(exchange);
        Exchange.RequireUniqueName(project.Volumes, made.Name);
        Exchange.RequireRoom(project.Volumes);
        if (server is not null)
            exchange.RequireUnlocked(server);
        var entity = made.ToVolume(project.Identifiers.Next("volume", made.Name), exchange.Now);
        project.Volumes.Add(entity);
        IReadOnlyList<Entity> on = server is null ? [entity] : [server, entity];
        var action = exchange.Start("create_volume", on, new ActionWork
        {
            Holds = [entity],
            Succeed = _ => entity.Available = true,
            // Assumed: what could not be made does not stay behind.
            Fail = now => project.Volumes.Remove(entity, now),
        });
        CloudAction[] next = server is null ? [] : [VolumeAttachments.Attach(exchange, entity, server, action)];
        return new Answer(201, writer =>
        {
            EntityRoutes.Action(writer, exchange, "action", action);
            ActionDocument.WriteAll(writer, project, "next_actions", next, exchange.Now);
            writer.WritePropertyName("volume");
            VolumeDocument.Write(writer, project, entity);
        });
    }

    private static (NewVolume Volume, Server? Server) Read(Exchange exchange)
    {
        var body = exchange.Body;
        var name = EntityRoutes.NewName(exchange, exchange.Project.Volumes, CheckName);
        var size = body.Number("size");
        if (!body.Has("size"))
            body.Problem("size", "Missing data for required field.");
        else if (size is < SizeMin or > SizeMax)
            body.Problem("size", $"must be between {SizeMin} and {SizeMax}");
        var format = body.Text("format");
        if (format is not (null or "ext4" or "xfs"))
            body.Problem("format", "must be one of: ext4, xfs");
        var serverId = body.Number("server");
        var server = exchange.Project.Servers.Find(serverId);
        var location = body.NameOrId("location") is { } given ? Catalog.FindLocation(given) : server?.Location;
        if (serverId is not null && server is null)
            body.Problem("server", "server not found");
        else if (serverId is not null && body.Has("location"))
            body.Problem("location", "must not be used together with server");
        else if (location is null)
            body.Problem("location", body.Has("location") ? "location not found" : "location or server is required");
        if (body.Flag("automount") == true && server is null)
            body.Problem("automount", "server must be provided");
        var labels = body.Labels() ?? ValueMap<string>.Empty;
        body.Check();
        return (new NewVolume(name, (int)(size ?? SizeMin), location ?? Catalog.Locations[0], format, labels), server);
    }

    private static Answer Delete(Exchange exchange)
    {
        var volume = exchange.Target(exchange.Project.Volumes);
        EntityRoutes.RequireDeletable(exchange, volume);
        // The contract says that it must not be attached and not with which code it is refused; assumed.
        if (volume.Server is not null)
            throw Refusal.Unprocessable("service_error", "volume is still attached to a server");
        exchange.Project.Volumes.Remove(volume, exchange.Now);
        return Answer.Empty;
    }

    private static Answer Attach(Exchange exchange)
    {
        var volume = exchange.Target(exchange.Project.Volumes);
        var id = exchange.Body.Number("server");
        if (!exchange.Body.Has("server"))
            exchange.Body.Problem("server", "Missing data for required field.");
        _ = exchange.Body.Flag("automount");
        exchange.Body.Check();
        var server = exchange.Project.Servers.Find(id) ?? throw Refusal.NotFound($"server with ID '{id}' not found");
        // A volume that is just being detached is locked rather than attached.
        exchange.RequireUnlocked(volume);
        VolumeAttachments.Require(exchange, volume, server);
        exchange.RequireUnlocked(server);
        return EntityRoutes.Started(exchange, VolumeAttachments.Attach(exchange, volume, server));
    }

    private static Answer Detach(Exchange exchange)
    {
        var volume = exchange.Target(exchange.Project.Volumes);
        exchange.RequireUnlocked(volume);
        if (exchange.Project.Servers.Find(volume.Server) is not { } server)
            throw Refusal.Unprocessable("service_error", "volume is not attached to a server");
        exchange.RequireUnlocked(server);
        return EntityRoutes.Started(exchange, VolumeAttachments.Detach(exchange, volume, server));
    }

    private static Answer Resize(Exchange exchange)
    {
        var volume = exchange.Target(exchange.Project.Volumes);
        var size = exchange.Body.Number("size");
        if (!exchange.Body.Has("size"))
            exchange.Body.Problem("size", "Missing data for required field.");
        else if (size is { } asked && (asked <= volume.SizeGigabytes || asked > SizeMax))
            exchange.Body.Problem("size", $"must be greater than {volume.SizeGigabytes} and at most {SizeMax}");
        exchange.Body.Check();
        exchange.RequireUnlocked(volume);
        return EntityRoutes.Started(exchange, exchange.Start("resize_volume", [volume], new ActionWork
        {
            Holds = [volume],
            Succeed = _ => volume.SizeGigabytes = (int)(size ?? volume.SizeGigabytes),
        }));
    }

    // The contract, create_volume: letters and digits at both ends, dashes, underscores and dots between, at most 64.
    private static void CheckName(RequestBody body, string name)
    {
        if (!NameRules.IsWord(name, 64, "-_."))
            body.Problem("name", "is not a valid volume name");
    }

    private static Answer One(Exchange exchange, Volume volume) =>
        EntityRoutes.One("volume", exchange.Project, volume, VolumeDocument.Write);

    private sealed record NewVolume(
        string Name, int Size, Location Location, string? Format, ValueMap<string> Labels)
    {
        public Volume ToVolume(long id, TimeSpan created) => new()
        {
            Id = id,
            Name = Name,
            Labels = Labels,
            Created = created,
            SizeGigabytes = Size,
            Location = Location,
            Format = Format,
            Contents = VolumeContents.Blank with { Filesystem = Format },
        };
    }
}
