using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Inspection;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Simulation.Machines;

/// <summary>A machine with the user data of cosmos and its volume.</summary>
internal static class CosmosScene
{
    public const long Volume = 4711;
    public const string FloatingIp = "49.12.115.123";
    public const string PlantedSecret = "planted-lasting-secret";

    /// <summary>What the production code renders for cosmos.</summary>
    public static string UserData { get; } = SourceTree.Read("tests/Orrery.Tests/Golden/Machines/cosmos-user-data.yaml")
        // A key that has the form of one: what the golden file shows is no base64.
        .Replace("AAAAonce", "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY=", StringComparison.Ordinal);

    public static MachineExpectation Expectation { get; } = new()
    {
        Volumes = [new ExpectedVolume("/data", Volume)],
        FloatingIps = [FloatingIp],
        K3sVersion = "v1.34.3+k3s3",
        Secrets = [PlantedSecret],
        Paths =
        [
            new ExpectedPath("/data/traefik", 0x1C0, 65532),
            new ExpectedPath("/data/traefik/acme.json", 0x180, 65532),
            new ExpectedPath("/data/k3s-storage", 0x1C1, 0),
        ],
    };

    /// <summary>Booted until cloud-init ended, or twenty minutes.</summary>
    public static (MachineDriver Driver, VolumeDisk Volume) Booted(string userData, VolumeDisk? volume = null)
    {
        volume ??= new VolumeDisk(Volume, 50L * 1000 * 1000 * 1000);
        var driver = new MachineDriver();
        driver.Boot(userData, volume: volume);
        return (driver, volume);
    }

    /// <summary>As an operator goes on: hands the token over and starts K3s.</summary>
    public static (MachineDriver Driver, VolumeDisk Volume) Started(string userData, VolumeDisk? volume = null)
    {
        var (driver, disk) = Booted(userData, volume);
        if (driver.Machine.CloudInit.IsDone)
            driver.Ssh("echo secret-token > /etc/rancher/k3s/token; systemctl start k3s");
        return (driver, disk);
    }

    public static IReadOnlyList<string> Inspect(MachineDriver driver) =>
        [.. MachineInspection.Problems(driver.Machine, Expectation).Select(problem => problem.Name)];
}
