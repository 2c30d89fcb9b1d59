using System.Text.Json;
using Orrery.Simulation.Hetzner.Requests;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>What a firewall is to be applied to or removed from: servers by id, and label selectors.</summary>
internal sealed record FirewallTargets(IReadOnlyList<long> Servers, IReadOnlyList<string> Selectors)
{
    public static FirewallTargets Read(RequestBody body, string field)
    {
        var servers = new List<long>();
        var selectors = new List<string>();
        foreach (var item in body.Items(field) ?? [])
        {
            var target = item.ValueKind == JsonValueKind.Object ? RequestBody.Inside(item) : null;
            switch (target?.Text("type"))
            {
                case "server" when target.Object("server")?.Number("id") is { } id:
                    servers.Add(id);
                    break;
                case "label_selector" when target.Object("label_selector")?.Text("selector") is { } selector
                    && LabelSelector.Parse(selector) is not null:
                    selectors.Add(selector);
                    break;
                default:
                    body.Problem(field, "is neither a server nor a label selector");
                    break;
            }
        }

        return new FirewallTargets(servers, selectors);
    }
}
