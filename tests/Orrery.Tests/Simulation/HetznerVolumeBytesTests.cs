using Orrery.Simulation.Hetzner;

namespace Orrery.Tests.Simulation;

public sealed class HetznerVolumeBytesTests
{
    private const string First = "first";
    private const string Second = "second";

    [Fact]
    public void What_a_server_writes_it_reads_back()
    {
        var (driver, _, volume) = Written();
        driver.World.ReadVolume(volume).ShouldBe(Second);
    }

    [Fact]
    public void Nothing_is_written_or_read_without_a_running_server()
    {
        var driver = new HetznerDriver();
        var volume = driver.Volume();
        driver.Settle();
        driver.World.WriteVolume(volume, First).ShouldBeFalse();
        driver.World.ReadVolume(volume).ShouldBeNull();
        driver.World.ContentsOf(volume).ShouldBe(VolumeContents.Blank);
    }

    public static TheoryData<string, string> Ways => new()
    {
        { "detach", First },
        { "poweroff detach", First },
        { "reset detach", First },
        { "delete", First },
        { "unmount detach", Second },
        { "shutdown detach", Second },
        { "shutdown delete", Second },
        { "reboot detach", Second },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Only_an_orderly_way_keeps_the_last_write(string way, string expected)
    {
        var (driver, server, volume) = Written();
        foreach (var step in way.Split(' '))
        {
            var done = step switch
            {
                "unmount" => driver.World.UnmountVolume(volume),
                "detach" => driver.Post($"/volumes/{volume}/actions/detach").Status == 201,
                "delete" => driver.Delete($"/servers/{server}").Status == 200,
                _ => driver.Post($"/servers/{server}/actions/{step}").Status == 201,
            };
            done.ShouldBeTrue(step);
            driver.Settle();
        }

        driver.World.ContentsOf(volume)!.Value.ShouldBe(expected);
        var next = driver.Server("next", $$""","volumes":[{{volume}}]""");
        driver.Settle();
        driver.World.Inventory().Single(item => item.Kind == "volumes").Server.ShouldBe(next);
        driver.World.ReadVolume(volume).ShouldBe(expected);
    }

    [Fact]
    public void A_machine_formats_a_blank_volume_and_no_other()
    {
        var driver = new HetznerDriver();
        var volume = driver.Volume();
        driver.Settle();
        var userData =
            $"blkid /dev/disk/by-id/scsi-0HC_Volume_{volume} || mkfs.ext4 /dev/disk/by-id/scsi-0HC_Volume_{volume}";
        var server = driver.Server(more: $$""","volumes":[{{volume}}],"user_data":"{{userData}}" """);
        driver.Settle();
        driver.World.ContentsOf(volume).ShouldBe(new VolumeContents("ext4", 0, null));
        driver.World.WriteVolume(volume, First).ShouldBeTrue();
        driver.Post($"/servers/{server}/actions/reboot").Status.ShouldBe(201);
        driver.Settle();
        driver.World.ContentsOf(volume).ShouldBe(new VolumeContents("ext4", 1, First));
    }

    private static (HetznerDriver Driver, long Server, long Volume) Written()
    {
        var driver = new HetznerDriver();
        var (server, volume) = driver.ServerWithVolume();
        driver.World.WriteVolume(volume, First).ShouldBeTrue();
        driver.World.WriteVolume(volume, Second).ShouldBeTrue();
        return (driver, server, volume);
    }
}
