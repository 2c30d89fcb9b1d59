namespace Orrery.Simulation.Hetzner.State;

/// <summary>Lists the project for its checkers.</summary>
internal static class InventoryOf
{
    public static IReadOnlyList<InventoryItem> Everything(Project project) =>
    [
        .. Items(project.Firewalls, _ => 0m),
        .. Items(project.FloatingIps, Cost),
        .. Items(project.PrimaryIps, Cost),
        .. Items(project.Servers, server => server.ServerType.MonthlyPrice)
            .Select(item => item with { PublicAddress = AddressOf(project, item.Id) }),
        .. Items(project.SshKeys, _ => 0m),
        .. Items(project.Volumes, volume => volume.SizeGigabytes * Catalog.VolumeGigabyteMonthly),
    ];

    private static decimal Cost(PrimaryIp address) => address.Ipv6 ? 0m : Catalog.PrimaryIpv4Monthly;

    private static decimal Cost(FloatingIp address) =>
        address.Ipv6 ? Catalog.FloatingIpv6Monthly : Catalog.FloatingIpv4Monthly;

    private static string? AddressOf(Project project, long server) =>
        project.Servers.Find(server) is { } found ? project.PrimaryIpOf(found, ipv6: false)?.Address : null;

    private static IEnumerable<InventoryItem> Items<T>(Collection<T> collection, Func<T, decimal> cost)
        where T : Entity =>
        collection.All.Select(item => new InventoryItem
        {
            Kind = collection.Path,
            Id = item.Id,
            Name = item.Name,
            Labels = item.Labels,
            Created = item.Created,
            DeleteProtected = item.DeleteProtected,
            Preset = item.Preset,
            PublicAddress = item.PublicAddress,
            Server = item.AttachedTo,
            MonthlyCost = cost(item),
        });
}
