using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Documents;

/// <summary>The <c>firewall</c> of the contract.</summary>
internal static class FirewallDocument
{
    public static void Write(Utf8JsonWriter writer, Project project, Firewall firewall)
    {
        writer.WriteStartObject();
        DocumentParts.Head(writer, project, firewall);
        writer.WriteStartArray("rules");
        foreach (var rule in firewall.Rules)
            Rule(writer, rule);
        writer.WriteEndArray();
        writer.WriteStartArray("applied_to");
        foreach (var server in firewall.Servers.Keys)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "server");
            ServerReference(writer, server);
            writer.WriteEndObject();
        }

        foreach (var selector in firewall.Selectors)
            Selector(writer, project, selector);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Rule(Utf8JsonWriter writer, FirewallRule rule)
    {
        writer.WriteStartObject();
        writer.WriteString("direction", rule.Direction);
        writer.WriteString("protocol", rule.Protocol);
        writer.WriteString("port", rule.Port);
        writer.WriteString("description", rule.Description);
        Texts(writer, "source_ips", rule.Peers.Sources);
        Texts(writer, "destination_ips", rule.Peers.Destinations);
        writer.WriteEndObject();
    }

    private static void Selector(Utf8JsonWriter writer, Project project, string selector)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "label_selector");
        writer.WriteStartObject("label_selector");
        writer.WriteString("selector", selector);
        writer.WriteEndObject();
        writer.WriteStartArray("applied_to_resources");
        var matches = LabelSelector.Parse(selector);
        foreach (var server in project.Servers.All.Where(server => matches?.Matches(server.Labels) == true))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "server");
            ServerReference(writer, server.Id);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void ServerReference(Utf8JsonWriter writer, long id)
    {
        writer.WriteStartObject("server");
        writer.WriteNumber("id", id);
        writer.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter writer, string name, ValueList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
