using System.Globalization;
using System.Text.RegularExpressions;
using Orrery.GitOps.Catalog.Charts;
using Orrery.Model.Values;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Proxmox;

namespace Orrery.Rehearsal.Checkers;

/// <summary>One thing that exists in any of the simulated clouds.</summary>
internal sealed partial record WorldItem
{
    private const string AddressLabel = "orrery.dev/address";

    /// <summary>As its cloud calls it: <c>servers</c>, <c>qemu</c> …</summary>
    public required string Kind { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Of the resource that it says to be; null where it says nothing.</summary>
    public string? AddressHash { get; init; }

    /// <summary>It was there before anybody acted.</summary>
    public required bool IsPreset { get; init; }

    /// <summary>Nobody may delete it.</summary>
    public bool IsProtected { get; init; }

    /// <summary>Made for a claim by a program in a cluster, whose objects say whose it is.</summary>
    public bool IsOfClaim { get; init; }

    /// <summary>The machine that it goes with; null where it is by itself.</summary>
    public string? Server { get; init; }

    public override string ToString() => $"{Kind} {Id} {Name}";

    public static IEnumerable<WorldItem> All(Stage stage) => stage.World.Inventory().Select(Of)
        .Concat(stage.Site.Proxmox?.Inventory().Select(Of) ?? [])
        .Concat(
            from edge in stage.Platform.Clusters.Values.Select(cluster => cluster.Edge?.Ssh).OfType<string>().Distinct()
            from host in stage.Site.Edges.Where(host => host.Address == edge.Split('@')[^1])
            from file in host.Ours
            select Of(edge, file.Path, file.Text))
        .Concat(Members(stage));

    /// <summary>Whether the state knows a thing of this id, as what it says to be.</summary>
    public bool IsAmong(IReadOnlySet<(string Hash, string Id)> known) => AddressHash is { } hash
        && (known.Contains((hash, Id)) || known.Any(entry => entry.Hash == hash
            && entry.Id.EndsWith($"/{Id}", StringComparison.Ordinal)));

    /// <summary>
    /// The machines in the tailnets of the platform's clusters. Their names say which resources they are.
    /// </summary>
    private static IEnumerable<WorldItem> Members(Stage stage) =>
        from cluster in stage.Platform.Clusters.Values
        where cluster.Edge?.Tailnet is not null
        from member in stage.Site.Tailnet.Members
        where member.User == stage.Platform.Name
            && member.Name.StartsWith($"{cluster.Name}-", StringComparison.Ordinal)
        let node = member.Name[(cluster.Name.Length + 1)..]
        select new WorldItem
        {
            Kind = "tailnet-member",
            Id = $"{cluster.Edge!.Tailnet!.Ssh} {member.User} {member.Name}",
            Name = member.Name,
            AddressHash = ResourceAddress.Of(cluster.Name, "talos/tailnet-member", node).Hash,
            IsPreset = false,
        };

    private static WorldItem Of(InventoryItem item) => new()
    {
        Kind = item.Kind,
        Id = item.Id.ToString(CultureInfo.InvariantCulture),
        Name = item.Name,
        AddressHash = item.Labels.ContainsKey(AddressLabel) ? item.Labels[AddressLabel] : null,
        IsPreset = item.Preset,
        IsProtected = item.DeleteProtected,
        Server = item.Server?.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The first line of a file on a machine of people says whose it is.</summary>
    private static WorldItem Of(string ssh, string path, string text) => new()
    {
        Kind = "edge-file",
        Id = $"{ssh} {EdgeName().Match(path).Groups["name"].Value}",
        Name = path,
        AddressHash = EdgeOwner().Match(text) is { Success: true } match ? match.Groups["hash"].Value : null,
        IsPreset = false,
    };

    /// <summary>
    /// Tags, the description and the names of files say whose a thing is, and a holder's what it is for.
    /// </summary>
    private static WorldItem Of(ProxmoxItem item) => new()
    {
        Kind = item.Kind,
        Id = item.Id,
        Name = item.Name,
        AddressHash = Hash().Match($"{item.Tags} {item.Description} {item.Id}") is { Success: true } match
            ? match.Groups["hash"].Value
            : null,

        // The bootstrap's accounts stay, like the keys that open them.
        IsPreset = item.Preset || item.Kind is "user" or "role" or "token" or "acl",
        IsProtected = item.Tags.Contains("orrery-kind.disk", StringComparison.Ordinal) || IsClaims(item),
        IsOfClaim = IsClaims(item),
        Server = item.Vmid?.ToString(CultureInfo.InvariantCulture),
    };

    private static bool IsClaims(ProxmoxItem item) =>
        item is { Kind: "volume", Preset: false, Vmid: ProxmoxCsi.OwnerNumber };

    [GeneratedRegex(
        "(orrery-address\\.|address |orrery\\.[A-Za-z0-9_-]+\\.)(?<hash>[0-9a-f]{32})",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hash();

    [GeneratedRegex("/90-orrery-(?<name>.+)\\.conf$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EdgeName();

    [GeneratedRegex("^#.* (?<hash>[0-9a-f]{32}) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EdgeOwner();
}
