using System.Globalization;

namespace Orrery.Simulation.Hetzner.State;

internal sealed record Location(long Id, string Name, string City, string Country, string Zone)
{
    public string Description => $"{City} DC Park 1";

    public required double Latitude { get; init; }

    public required double Longitude { get; init; }

    public required DataCenter DataCenter { get; init; }
}

internal sealed record DataCenter(long Id, string Name);

/// <param name="DiskGigabytes">The local disk.</param>
internal sealed record ServerType(long Id, string Name, int Cores, int MemoryGigabytes, int DiskGigabytes)
{
    public required string Category { get; init; }

    /// <summary>In euros, without VAT.</summary>
    public required decimal MonthlyPrice { get; init; }

    public required string[] Locations { get; init; }

    public bool Dedicated { get; init; }

    public bool Arm { get; init; }

    /// <summary>Cannot be ordered any more.</summary>
    public bool Deprecated { get; init; }

    public string Architecture => Arm ? "arm" : "x86";
}

internal sealed record Image(long Id, string Name, string Flavor, string Version, bool Arm)
{
    public required string Description { get; init; }

    public string Architecture => Arm ? "arm" : "x86";
}

/// <summary>
/// What can be ordered. Names and sizes are Hetzner's; prices are from memory of its list of late 2025 and are only for
/// rehearsal: simulated, like everything that comes of them.
/// </summary>
internal static class Catalog
{
    public const decimal Vat = 0.19m;
    public const decimal PrimaryIpv4Monthly = 0.50m;
    public const decimal FloatingIpv4Monthly = 3.00m;
    public const decimal FloatingIpv6Monthly = 1.00m;
    public const decimal VolumeGigabyteMonthly = 0.0440m;
    public const decimal ImageGigabyteMonthly = 0.0110m;
    public const decimal TrafficTerabyte = 1.00m;
    public const long IncludedTrafficBytes = 21_990_232_555_520;

    // Cloud servers are billed by the hour up to the monthly price; the list divides by about 623 hours.
    public const decimal HoursPerMonth = 623m;

    private static readonly string[] Europe = ["fsn1", "hel1", "nbg1"];
    private static readonly string[] Everywhere = ["ash", "fsn1", "hel1", "hil", "nbg1", "sin"];

    public static IReadOnlyList<Location> Locations { get; } =
    [
        new(1, "fsn1", "Falkenstein", "DE", "eu-central")
        {
            Latitude = 50.47612, Longitude = 12.370071, DataCenter = new DataCenter(4, "fsn1-dc14"),
        },
        new(2, "nbg1", "Nuremberg", "DE", "eu-central")
        {
            Latitude = 49.452102, Longitude = 11.076665, DataCenter = new DataCenter(2, "nbg1-dc3"),
        },
        new(3, "hel1", "Helsinki", "FI", "eu-central")
        {
            Latitude = 60.169855, Longitude = 24.938379, DataCenter = new DataCenter(3, "hel1-dc2"),
        },
        new(4, "ash", "Ashburn, VA", "US", "us-east")
        {
            Latitude = 39.045821, Longitude = -77.487073, DataCenter = new DataCenter(5, "ash-dc1"),
        },
        new(5, "hil", "Hillsboro, OR", "US", "us-west")
        {
            Latitude = 45.54222, Longitude = -122.951924, DataCenter = new DataCenter(6, "hil-dc1"),
        },
        new(6, "sin", "Singapore", "SG", "ap-southeast")
        {
            Latitude = 1.283333, Longitude = 103.833333, DataCenter = new DataCenter(7, "sin-dc1"),
        },
    ];

    public static IReadOnlyList<ServerType> ServerTypes { get; } =
    [
        Old(22, "cpx11", (2, 2, 40), 4.35m),
        Old(23, "cpx21", (3, 4, 80), 7.55m),
        Old(24, "cpx31", (4, 8, 160), 13.60m),
        Old(25, "cpx41", (8, 16, 240), 25.20m),
        Old(26, "cpx51", (16, 32, 360), 54.90m),
        Arm(45, "cax11", (2, 4, 40), 3.29m),
        Arm(93, "cax21", (4, 8, 80), 5.99m),
        Arm(94, "cax31", (8, 16, 160), 11.99m),
        Arm(95, "cax41", (16, 32, 320), 23.99m),
        Dedicated(97, "ccx13", (2, 8, 80), 12.49m),
        Dedicated(98, "ccx23", (4, 16, 160), 24.49m),
        Dedicated(99, "ccx33", (8, 32, 240), 48.49m),
        Dedicated(100, "ccx43", (16, 64, 360), 96.49m),
        Dedicated(101, "ccx53", (32, 128, 600), 192.49m),
        Dedicated(102, "ccx63", (48, 192, 960), 287.99m),
        Shared(109, "cpx22", (2, 4, 80), 5.99m, Everywhere),
        Shared(110, "cpx32", (4, 8, 160), 10.49m, Everywhere),
        Shared(111, "cpx42", (8, 16, 320), 19.49m, Everywhere),
        Shared(112, "cpx52", (12, 24, 480), 27.99m, Everywhere),
        Shared(113, "cpx62", (16, 32, 640), 37.99m, Everywhere),
        Shared(114, "cx23", (2, 4, 40), 2.99m, Europe),
        Shared(115, "cx33", (4, 8, 80), 4.99m, Europe),
        Shared(116, "cx43", (8, 16, 160), 8.99m, Europe),
        Shared(117, "cx53", (16, 32, 320), 16.99m, Europe),
    ];

    public static IReadOnlyList<Image> Images { get; } =
    [
        System(45557056, "debian-11", "debian", "11", arm: false),
        System(67794396, "ubuntu-22.04", "ubuntu", "22.04", arm: false),
        System(103908130, "ubuntu-22.04", "ubuntu", "22.04", arm: true),
        System(114690387, "debian-12", "debian", "12", arm: false),
        System(114690389, "debian-12", "debian", "12", arm: true),
        System(161547269, "ubuntu-24.04", "ubuntu", "24.04", arm: false),
        System(161547270, "ubuntu-24.04", "ubuntu", "24.04", arm: true),
        System(310557660, "debian-13", "debian", "13", arm: false),
        System(310557690, "debian-13", "debian", "13", arm: true),
    ];

    public static Location? FindLocation(string idOrName) =>
        Locations.FirstOrDefault(place => Is(place.Id, place.Name, idOrName));

    public static Location? FindDataCenter(string idOrName) =>
        Locations.FirstOrDefault(place => Is(place.DataCenter.Id, place.DataCenter.Name, idOrName));

    public static ServerType? FindServerType(string idOrName) =>
        ServerTypes.FirstOrDefault(type => Is(type.Id, type.Name, idOrName));

    /// <summary>A name stands for one image of each architecture.</summary>
    public static Image? FindImage(string idOrName, bool arm) =>
        Images.FirstOrDefault(image => Is(image.Id, image.Name, idOrName) && image.Arm == arm);

    public static bool HasImage(string idOrName) => Images.Any(image => Is(image.Id, image.Name, idOrName));

    private static bool Is(long id, string name, string idOrName) =>
        name == idOrName || id.ToString(CultureInfo.InvariantCulture) == idOrName;

    private static ServerType Shared(
        long id, string name, (int Cores, int Memory, int Disk) size, decimal price, string[] locations) =>
        new(id, name, size.Cores, size.Memory, size.Disk)
        {
            Category = name.StartsWith("cpx", StringComparison.Ordinal) ? "Regular Performance" : "Cost-Optimized",
            MonthlyPrice = price,
            Locations = locations,
        };

    private static ServerType Old(long id, string name, (int, int, int) size, decimal price) =>
        Shared(id, name, size, price, Everywhere) with { Deprecated = true };

    private static ServerType Arm(long id, string name, (int, int, int) size, decimal price) =>
        Shared(id, name, size, price, Europe) with { Arm = true };

    private static ServerType Dedicated(long id, string name, (int, int, int) size, decimal price) =>
        Shared(id, name, size, price, Everywhere) with { Dedicated = true, Category = "General Purpose" };

    private static Image System(long id, string name, string flavor, string version, bool arm) =>
        new(id, name, flavor, version, arm)
        {
            Description = $"{char.ToUpperInvariant(flavor[0])}{flavor[1..]} {version}",
        };
}
