using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary><c>/firewalls</c></summary>
internal static class FirewallRoutes
{
    // The contract, apply_firewall_to_resources: at most 5 firewalls on one server.
    public const int PerServerMax = 5;

    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/firewalls", exchange => Listing.Of(exchange, exchange.Project.Firewalls,
            (writer, firewall) => FirewallDocument.Write(writer, exchange.Project, firewall))),
        new("POST", "/firewalls", Create),
        new("GET", "/firewalls/{id}", exchange => One(exchange, exchange.Target(exchange.Project.Firewalls))),
        new("PUT", "/firewalls/{id}", exchange =>
            One(exchange, EntityRoutes.Update(exchange, exchange.Project.Firewalls, CheckName))),
        new("DELETE", "/firewalls/{id}", Delete),
        new("POST", "/firewalls/{id}/actions/set_rules", SetRules),
        new("POST", "/firewalls/{id}/actions/apply_to_resources", Apply),
        new("POST", "/firewalls/{id}/actions/remove_from_resources", Remove),
    ];

    private static Answer Create(Exchange exchange)
    {
        var project = exchange.Project;
        var name = EntityRoutes.NewName(exchange, project.Firewalls, CheckName);
        var rules = FirewallRules.Read(exchange.Body);
        var targets = FirewallTargets.Read(exchange.Body, "apply_to");
        var labels = exchange.Body.Labels() ?? ValueMap<string>.Empty;
        exchange.Body.Check();
        Exchange.RequireUniqueName(project.Firewalls, name);
        Exchange.RequireRoom(project.Firewalls);
        var servers = targets.Servers.Select(id => project.Servers.Find(id)
            ?? throw Refusal.Unprocessable("firewall_resource_not_found", $"server {id} not found")).ToList();
        if (servers.Distinct().Count() != servers.Count)
            throw Refusal.Unprocessable("server_already_added", "a server was added more than once");
        var firewall = new Firewall
        {
            Id = project.Identifiers.Next("firewall", name),
            Name = name,
            Labels = labels,
            Created = exchange.Now,
            Rules = rules ?? [],
        };
        project.Firewalls.Add(firewall);
        firewall.Selectors.UnionWith(targets.Selectors);
        CloudAction[] actions =
        [
            SetRulesAction(exchange, firewall, firewall.Rules),
            .. servers.Select(server => ApplyTo(exchange, firewall, server)),
        ];
        return new Answer(201, writer =>
        {
            writer.WritePropertyName("firewall");
            FirewallDocument.Write(writer, project, firewall);
            ActionDocument.WriteAll(writer, project, "actions", actions, exchange.Now);
        });
    }

    private static Answer Delete(Exchange exchange)
    {
        var firewall = exchange.Target(exchange.Project.Firewalls);
        exchange.RequireUnlocked(firewall);
        if (firewall.Servers.Count > 0 || firewall.Selectors.Count > 0)
            throw Refusal.Unprocessable("resource_in_use", $"firewall with ID {firewall.Id} is still in use");
        exchange.Project.Firewalls.Remove(firewall, exchange.Now);
        return Answer.Empty;
    }

    private static Answer SetRules(Exchange exchange)
    {
        var firewall = exchange.Target(exchange.Project.Firewalls);
        if (!exchange.Body.Has("rules"))
            exchange.Body.Problem("rules", "Missing data for required field.");
        var rules = FirewallRules.Read(exchange.Body);
        exchange.Body.Check();
        exchange.RequireUnlocked(firewall);
        var set = SetRulesAction(exchange, firewall, rules ?? []);
        var applied = firewall.Servers.Keys
            .Select(id => exchange.Project.Servers.Find(id))
            .OfType<Server>()
            .Select(server => exchange.Start("apply_firewall", [firewall, server], new ActionWork(), set));
        return Actions(exchange, [set, .. applied]);
    }

    private static Answer Apply(Exchange exchange)
    {
        var firewall = exchange.Target(exchange.Project.Firewalls);
        var targets = Targets(exchange, "apply_to");
        exchange.RequireUnlocked(firewall);
        var servers = targets.Servers.Select(id => Found(exchange, id)).ToList();
        foreach (var server in servers)
        {
            if (firewall.Servers.ContainsKey(server.Id))
                throw Refusal.Unprocessable("firewall_already_applied", "the firewall is already applied");
            if (!HasPublicNet(exchange.Project, server))
                throw Refusal.Unprocessable("private_net_only_server", "the server has no public interface");
            if (exchange.Project.Firewalls.All.Count(other => other.Servers.ContainsKey(server.Id)) >= PerServerMax)
                throw Refusal.LimitExceeded("firewalls_per_server_limit");
        }

        if (targets.Selectors.Any(firewall.Selectors.Contains))
            throw Refusal.Unprocessable("firewall_already_applied", "the firewall is already applied");
        firewall.Selectors.UnionWith(targets.Selectors);
        var actions = servers.Select(server => ApplyTo(exchange, firewall, server)).ToList();
        actions.AddRange(targets.Selectors.Select(_ => exchange.Start("apply_firewall", [firewall], new ActionWork())));
        return Actions(exchange, actions);
    }

    private static Answer Remove(Exchange exchange)
    {
        var firewall = exchange.Target(exchange.Project.Firewalls);
        var targets = Targets(exchange, "remove_from");
        exchange.RequireUnlocked(firewall);
        var servers = targets.Servers.Select(id => Found(exchange, id)).ToList();
        foreach (var server in servers.Where(server => !firewall.Servers.ContainsKey(server.Id)))
        {
            if (firewall.Selectors.Any(selector => LabelSelector.Parse(selector)?.Matches(server.Labels) == true))
            {
                throw Refusal.Unprocessable(
                    "firewall_managed_by_label_selector", "the firewall is applied by a label selector");
            }
        }

        firewall.Selectors.ExceptWith(targets.Selectors);
        // Since August 2025 removing what is not applied is no error any more:
        // https://docs.hetzner.cloud/changelog#2025-08-04-multiple-api-behavior-changes-for-firewalls
        var actions = servers.Select(server => exchange.Start("remove_firewall", [firewall, server], new ActionWork
        {
            Succeed = _ => firewall.Servers.Remove(server.Id),
        })).ToList();
        actions.AddRange(
            targets.Selectors.Select(_ => exchange.Start("remove_firewall", [firewall], new ActionWork())));
        return Actions(exchange, actions);
    }

    private static CloudAction SetRulesAction(
        Exchange exchange, Firewall firewall, IReadOnlyList<FirewallRule> rules) =>
        exchange.Start("set_firewall_rules", [firewall], new ActionWork
        {
            Succeed = _ => firewall.Rules = rules,
        });

    private static CloudAction ApplyTo(Exchange exchange, Firewall firewall, Server server)
    {
        firewall.Servers[server.Id] = false;
        return exchange.Start("apply_firewall", [firewall, server], new ActionWork
        {
            Succeed = _ =>
            {
                // The server may have gone meanwhile.
                if (firewall.Servers.ContainsKey(server.Id))
                    firewall.Servers[server.Id] = true;
            },
            Fail = _ => firewall.Servers.Remove(server.Id),
        });
    }

    private static FirewallTargets Targets(Exchange exchange, string field)
    {
        if (!exchange.Body.Has(field))
            exchange.Body.Problem(field, "Missing data for required field.");
        var targets = FirewallTargets.Read(exchange.Body, field);
        exchange.Body.Check();
        return targets;
    }

    // Here the contract says 404, and 422 when it happens at creation.
    private static Server Found(Exchange exchange, long id) =>
        exchange.Project.Servers.Find(id)
        ?? throw Refusal.Of(404, "firewall_resource_not_found", $"server {id} not found");

    private static bool HasPublicNet(Project project, Server server) =>
        project.PrimaryIpOf(server, ipv6: false) is not null || project.PrimaryIpOf(server, ipv6: true) is not null;

    private static Answer Actions(Exchange exchange, IReadOnlyList<CloudAction> actions) =>
        new(201, writer => ActionDocument.WriteAll(writer, exchange.Project, "actions", actions, exchange.Now));

    private static void CheckName(RequestBody body, string name)
    {
        // "Limited to a maximum of 128 characters": the contract.
        if (name.Length > 128)
            body.Problem("name", "is too long");
    }

    private static Answer One(Exchange exchange, Firewall firewall) =>
        EntityRoutes.One("firewall", exchange.Project, firewall, FirewallDocument.Write);
}
