using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Makes the infrastructure that a choice means.</summary>
internal static class InfrastructureResolver
{
    private static readonly ValueList<string> Anywhere = ["0.0.0.0/0", "::/0"];

    public static Infrastructure Resolve(Section choice) =>
        choice.Find(InfrastructureFields.Proxmox) is { } proxmox
            ? ProxmoxOf(proxmox)
            : HetznerOf(choice.Get(InfrastructureFields.Hetzner));

    private static Infrastructure.Proxmox ProxmoxOf(Section spec)
    {
        var trust = spec.Find(ProxmoxFields.Tls);
        var storage = spec.Get(ProxmoxFields.Storage);
        return new Infrastructure.Proxmox
        {
            Endpoint = spec.Get(ProxmoxFields.Endpoint),
            Trust = trust is null
                ? null
                : new ProxmoxTrust(trust.Find(ProxmoxFields.Fingerprint), trust.Find(ProxmoxFields.Authority)),
            Token = spec.Find(ProxmoxFields.Token),
            Bootstrap = spec.Find(ProxmoxFields.Bootstrap)?.Get(ProxmoxFields.BootstrapSsh),
            Users = (spec.Find(ProxmoxFields.Users) ?? []).ToValueMap(
                user => user.Name,
                user => user.Value.Get(ProxmoxFields.Role) == "csi" ? ProxmoxRole.Csi : ProxmoxRole.Provisioner),
            Hosts = spec.Get(ProxmoxFields.Nodes),
            Disks = storage.Get(ProxmoxFields.Disks),
            Images = storage.Get(ProxmoxFields.Images),
            Bridge = spec.Get(ProxmoxFields.Bridge),
        };
    }

    private static Infrastructure.Hetzner HetznerOf(Section spec) => new()
    {
        Token = spec.Get(HetznerFields.Token),
        Location = spec.Get(HetznerFields.Location),
        SshKey = spec.Find(HetznerFields.SshKey) is { } key
            ? new SshKey(key.Get(HetznerFields.PublicKey), key.Find(HetznerFields.PrivateKey))
            : null,
        Firewall = spec.Find(HetznerFields.Firewall) is { } firewall
            ? new Firewall(firewall.Get(HetznerFields.Allow).ToValueMap(rule => rule.Name, RuleOf))
            : null,
    };

    private static FirewallRule RuleOf(Named<Section> rule)
    {
        var (protocol, port) = TrafficOf(rule);
        var from = (rule.Value.Find(HetznerFields.From) ?? []).Select(network => network.ToCidr()).ToValueList();
        return new FirewallRule(protocol, port, from.Count == 0 ? Anywhere : from);
    }

    private static (string Protocol, string? Port) TrafficOf(Named<Section> rule)
    {
        if (KnownTraffic.Find(rule.Name) is { } known)
            return known;
        var protocol = rule.Value.Get(HetznerFields.Protocol);
        if (!rule.Value.TryGet(HetznerFields.Port, out var port))
            return (protocol, null);
        return rule.Value.TryGet(HetznerFields.EndPort, out var end) ? (protocol, $"{port}-{end}") : (
            protocol, $"{port}");
    }
}
