namespace Orrery.Simulation.Proxmox.State;

/// <summary>Everything in the cluster as its checkers see it.</summary>
internal static class InventoryOf
{
    public static IReadOnlyList<ProxmoxItem> Everything(PveCluster cluster) =>
    [
        .. cluster.Machines.Values.Select(machine => new ProxmoxItem
        {
            Kind = "qemu",
            Id = $"{machine.Vmid}",
            Name = machine.Name,
            Tags = machine.Config.GetValueOrDefault("tags", ""),
            Description = machine.Config.GetValueOrDefault("description", ""),
            IsRunning = machine.IsRunning,
            Preset = machine.Preset,
        }),
        .. cluster.Storages.SelectMany(storage => storage.Volumes.Values).Select(volume => new ProxmoxItem
        {
            Kind = "volume",
            Id = volume.Volid,
            Name = volume.Volid,
            Vmid = volume.Vmid,
            Preset = volume.Preset || (volume.Vmid is { } owner
                && cluster.Machines.TryGetValue(owner, out var machine) && machine.Preset),
        }),
        .. cluster.Pools.Select(pool => Other("pool", pool.Key, pool.Value, preset: false)),
        .. cluster.Access.Users.Select(user => Other("user", user.Key, user.Value.Comment, user.Value.Preset)),
        .. cluster.Access.Users.SelectMany(user => user.Value.Tokens.Select(token =>
            Other("token", $"{user.Key}!{token.Key}", token.Value.Comment, token.Value.Preset))),
        .. cluster.Access.CustomRoles.Select(role => Other("role", role, "", preset: false)),
        .. cluster.Access.Rules.Select(rule =>
            Other("acl", $"{rule.Path} {rule.Type} {rule.Whom} {rule.Role}", "", preset: false)),
    ];

    private static ProxmoxItem Other(string kind, string id, string description, bool preset) => new()
    {
        Kind = kind,
        Id = id,
        Name = id,
        Description = description,
        Preset = preset,
    };
}
