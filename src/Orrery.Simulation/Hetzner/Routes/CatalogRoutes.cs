using System.Text.Json;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>
/// What can be ordered and what it costs; and the kinds that are not simulated, of which the project has none, so that
/// a client that looks for everything gets an answer.
/// </summary>
internal static class CatalogRoutes
{
    private static readonly string[] NotSimulated =
    [
        "certificates", "isos", "load_balancer_types", "load_balancers", "networks", "placement_groups",
    ];

    public static IReadOnlyList<Route> All { get; } =
    [
        .. Kind("locations", Catalog.Locations, location => (location.Id, location.Name), CatalogDocuments.Location),
        .. Kind("datacenters", Catalog.Locations,
            location => (location.DataCenter.Id, location.DataCenter.Name), CatalogDocuments.DataCenter),
        .. Kind("server_types", Catalog.ServerTypes, type => (type.Id, type.Name), CatalogDocuments.ServerType),
        .. Kind("images", Catalog.Images, image => (image.Id, image.Name), CatalogDocuments.Image),
        new("GET", "/pricing", _ => new Answer(200, PricingDocument.Write)),
        .. NotSimulated.Select(path => new Route("GET", "/" + path, exchange =>
            Listing.Page<int>(exchange, path, [], static (_, _) => { }))),
    ];

    private static IEnumerable<Route> Kind<T>(
        string path, IReadOnlyList<T> all, Func<T, (long Id, string Name)> identity, Action<Utf8JsonWriter, T> write)
    {
        yield return new Route("GET", $"/{path}", exchange =>
            List(exchange, path, Named(exchange, all, identity), write));
        yield return new Route("GET", $"/{path}/{{id}}", exchange =>
        {
            var found = all.Where(item => identity(item).Id == exchange.Ids[0]).ToList();
            if (found.Count == 0)
                throw Refusal.NotFound($"{path[..^1].Replace('_', ' ')} with ID '{exchange.Ids[0]}' not found");
            return new Answer(200, writer =>
            {
                writer.WritePropertyName(path[..^1]);
                write(writer, found[0]);
            });
        });
    }

    private static IEnumerable<T> Named<T>(
        Exchange exchange, IEnumerable<T> all, Func<T, (long Id, string Name)> identity)
    {
        var name = exchange.Query.Last("name");
        var architecture = exchange.Query.Last("architecture");
        return all.Where(item => (name is null || identity(item).Name == name)
            && (architecture is null || item is not Image image || image.Architecture == architecture));
    }

    private static Answer List<T>(
        Exchange exchange, string path, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var page = Listing.Page(exchange, path, items, write);
        // Data centres carry a recommendation as well.
        return path != "datacenters" ? page : page with
        {
            Write = writer =>
            {
                page.Write?.Invoke(writer);
                writer.WriteNumber("recommendation", Catalog.Locations[0].DataCenter.Id);
            },
        };
    }
}
