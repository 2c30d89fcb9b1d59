using System.Globalization;
using System.Text.Json;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary><c>/actions</c>, and the same below each kind and each thing.</summary>
internal static class ActionRoutes
{
    private static readonly (string Path, string Type)[] Kinds =
    [
        ("servers", "server"), ("volumes", "volume"), ("primary_ips", "primary_ip"), ("floating_ips", "floating_ip"),
        ("firewalls", "firewall"),
    ];

    private static readonly Dictionary<string, Func<CloudAction, IComparable>> SortKeys = new()
    {
        ["id"] = action => action.Id,
        ["command"] = action => action.Command,
        ["status"] = action => ActionDocument.StatusName(action.Status),
        ["started"] = action => action.Started,
        ["finished"] = action => action.Finished ?? TimeSpan.MaxValue,
    };

    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/actions", Several),
        new("GET", "/actions/{id}", exchange => One(exchange, _ => true)),
        .. Kinds.SelectMany(kind => Below(kind.Path, kind.Type)),
    ];

    private static IEnumerable<Route> Below(string path, string type)
    {
        yield return new Route("GET", $"/{path}/actions", exchange =>
            List(exchange, action => Concerns(action, type)));
        yield return new Route("GET", $"/{path}/actions/{{id}}", exchange =>
            One(exchange, action => Concerns(action, type)));
        yield return new Route("GET", $"/{path}/{{id}}/actions", exchange =>
            List(exchange, action => Concerns(action, type, exchange.Ids[0])));
        yield return new Route("GET", $"/{path}/{{id}}/actions/{{action_id}}", exchange =>
            One(exchange, action => Concerns(action, type, exchange.Ids[0])));
    }

    // Listing without ids was removed on 30 January 2025: the contract, get_multiple_actions.
    private static Answer Several(Exchange exchange)
    {
        if (exchange.Query.All("id").Count == 0)
        {
            throw Refusal.EndpointRemoved(
                "https://docs.hetzner.cloud/changelog#2023-07-20-actions-list-endpoint-is-deprecated");
        }

        // This one list has no pages.
        var found = Asked(exchange).ToList();
        return new Answer(200, writer =>
            ActionDocument.WriteAll(writer, exchange.Project, "actions", found, exchange.Now));
    }

    private static Answer List(Exchange exchange, Func<CloudAction, bool> belongs)
    {
        var states = exchange.Query.All("status");
        var wanted = Asked(exchange)
            .Where(belongs)
            .Where(action => states.Count == 0 || states.Contains(ActionDocument.StatusName(action.Status)));
        return Listing.Page(exchange, "actions", Listing.Sorted(exchange, wanted, SortKeys), Write);

        void Write(Utf8JsonWriter writer, CloudAction action) =>
            ActionDocument.Write(writer, exchange.Project, action, exchange.Now);
    }

    private static IEnumerable<CloudAction> Asked(Exchange exchange)
    {
        var ids = exchange.Query.All("id");
        return ids.Count == 0
            ? exchange.Project.Actions.All.Values
            : ids.Distinct().Select(id => Find(exchange, id)).OfType<CloudAction>();
    }

    private static Answer One(Exchange exchange, Func<CloudAction, bool> belongs)
    {
        if (!exchange.Project.Actions.All.TryGetValue(exchange.Ids[^1], out var action) || !belongs(action))
            throw Refusal.NotFound($"action with ID '{exchange.Ids[^1]}' not found");
        return new Answer(200, writer => EntityRoutes.Action(writer, exchange, "action", action));
    }

    private static CloudAction? Find(Exchange exchange, string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? exchange.Project.Actions.All.GetValueOrDefault(number)
            : throw Refusal.Invalid("id", "Not a valid integer.");

    private static bool Concerns(CloudAction action, string type, long? id = null) =>
        action.Resources.Any(resource => resource.Type == type && (id is null || resource.Id == id));
}
