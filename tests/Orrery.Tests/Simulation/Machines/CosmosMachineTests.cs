using System.Globalization;
using Orrery.Simulation.Machines;

namespace Orrery.Tests.Simulation.Machines;

/// <summary>The user data of cosmos on a machine, from power on to a K3s that runs.</summary>
public class CosmosMachineTests
{
    [Fact]
    public void Cosmos_prepares_everything_and_starts_nothing()
    {
        var (driver, volume) = CosmosScene.Booted(CosmosScene.UserData);

        driver.Ssh("cloud-init status").ShouldBe((0, "status: done\n", ""));
        driver.Read("/var/lib/orrery/prepared").ShouldBe("ok\n");
        driver.Read("/etc/environment").ShouldContain("KUBECONFIG=/etc/rancher/k3s/k3s.yaml");
        driver.Read("/usr/local/bin/k3s").ShouldContain("v1.34.3+k3s3");
        driver.Ssh("k3s --version").Output.ShouldContain("v1.34.3+k3s3");
        driver.Ssh("systemctl is-active k3s").ShouldBe((3, "inactive\n", ""));
        driver.K3s.Starts.ShouldBeEmpty();
        volume.Filesystem.ShouldBeNull();
    }

    [Fact]
    public void The_first_start_mounts_formats_and_keeps_before_K3s_runs()
    {
        var (driver, volume) = CosmosScene.Booted(CosmosScene.UserData);
        driver.Ssh("install -m 0600 /dev/stdin /etc/rancher/k3s/token", "secret-token\n").ExitCode.ShouldBe(0);

        driver.Ssh("systemctl start k3s").ExitCode.ShouldBe(0);

        driver.Machine.VolumeMountedAt("/data").ShouldBe(CosmosScene.Volume);
        volume.Formats.ShouldBe(1);
        Permissions(driver, "/data/traefik/acme.json").ShouldBe("600 65532 65532");
        Permissions(driver, "/data/traefik").ShouldBe("700 65532 65532");
        Permissions(driver, "/data/prometheus").ShouldBe("770 1000 2000");
        var start = driver.K3s.Starts.ShouldHaveSingleItem();
        start.Version.ShouldBe("v1.34.3+k3s3");
        start.Token.ShouldBe("secret-token");
        start.Flags["default-local-storage-path"].ShouldBe("/data/k3s-storage");
        start.Manifests.Keys.ShouldContain("traefik.yaml");
        driver.Machine.Events.Select(happening => happening.Kind).Where(kind => kind is MachineEventKind.Mounted
            or MachineEventKind.K3sStarted).ShouldBe([MachineEventKind.Mounted, MachineEventKind.K3sStarted]);
        driver.Ssh("kubectl get --raw /readyz").ShouldBe((0, "ok", ""));
        CosmosScene.Inspect(driver).ShouldBeEmpty();
    }

    [Fact]
    public void The_floating_address_answers_once_both_sides_know_it()
    {
        var (driver, _) = CosmosScene.Booted(CosmosScene.UserData);
        driver.Park.Find(CosmosScene.FloatingIp).ShouldBeNull();
        driver.Park.RouteAddress(CosmosScene.FloatingIp, "1");
        driver.Park.Find(CosmosScene.FloatingIp).ShouldBe(driver.Machine);
        driver.Park.RouteAddress(CosmosScene.FloatingIp, null);
        driver.Park.Find(CosmosScene.FloatingIp).ShouldBeNull();
    }

    [Fact]
    public void A_reboot_mounts_and_starts_again_without_running_its_user_data_again()
    {
        var (driver, volume) = CosmosScene.Started(CosmosScene.UserData);
        driver.Ssh("systemctl enable k3s; echo kept > /data/k3s-storage/file; reboot");
        driver.Wait(600);

        driver.Machine.Boots.ShouldBe(2);
        driver.Read("/data/k3s-storage/file").ShouldBe("kept\n");
        driver.Ssh("systemctl is-active k3s orrery-volumes").Output.ShouldBe("active\nactive\n");
        driver.K3s.Starts.Count.ShouldBe(2);
        volume.Formats.ShouldBe(1);
        driver.Machine.Events.Count(happening => happening.Kind == MachineEventKind.Downloaded).ShouldBe(6);
    }

    [Fact]
    public void A_machine_lets_its_volume_go_and_the_next_one_finds_every_byte()
    {
        var (driver, volume) = CosmosScene.Started(CosmosScene.UserData);
        driver.Machine.Hold("/data/k3s-storage", "pod/prometheus-0");
        driver.Ssh("echo bytes > /data/k3s-storage/file; systemctl stop k3s").ExitCode.ShouldBe(0);
        driver.Ssh("umount /data").ShouldBe((32, "", "umount: /data: target is busy.\n"));
        driver.Ssh("systemctl stop orrery-volumes").ExitCode.ShouldBe(0);
        driver.Machine.VolumeMountedAt("/data").ShouldBeNull();
        driver.Park.Delete("1");

        driver.Boot(CosmosScene.UserData, volume: volume);
        driver.Ssh("systemctl start k3s").ExitCode.ShouldBe(0);
        driver.Read("/data/k3s-storage/file").ShouldBe("bytes\n");
        volume.Formats.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(10, "")]
    [InlineData(60, "bytes\n")]
    public void What_was_not_written_back_is_lost_with_the_power(double seconds, string? expected)
    {
        var (driver, volume) = CosmosScene.Started(CosmosScene.UserData);
        driver.Ssh("sync; echo bytes > /data/file");
        driver.Wait(seconds);
        driver.Park.PowerOff("1");
        var files = volume.StableFiles();
        (files.TryGetValue("/file", out var content) ? System.Text.Encoding.UTF8.GetString(content.Span) : null)
            .ShouldBe(expected);
    }

    private static string Permissions(MachineDriver driver, string path)
    {
        var (mode, owner, group) = driver.Machine.PermissionsOf(path)!.Value;
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToString(mode, 8)} {owner} {group}");
    }
}
