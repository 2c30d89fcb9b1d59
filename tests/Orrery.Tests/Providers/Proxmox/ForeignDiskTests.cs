using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox;
using Orrery.Providers.Proxmox.Kinds;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>Disks of others in our machines: those that pods have belong to a machine that does not exist.</summary>
public sealed class ForeignDiskTests
{
    private const string Disk = "local-lvm:vm-9999-pvc-1";

    [Fact]
    public void A_disk_of_a_pod_is_no_difference_to_what_is_declared()
    {
        var (scene, made) = WithDisk();

        var read = scene.Time.Run(() => scene.Handler("virtual-machine").ReadAsync(made.Id, default))!;

        scene.World.GuestOf(long.Parse(made.Id))!.Disks.Count.ShouldBe(2);
        FieldDifferences.Between(VirtualMachineHandler.Definition, read.Properties, null, Machine())
            .Reasons.ShouldBeEmpty();
        scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void It_is_taken_out_before_the_machine_is_deleted()
    {
        var (scene, made) = WithDisk();

        scene.Delete("virtual-machine", "worker-0", made.Id);

        scene.World.Inventory().ShouldNotContain(item => item.Kind == "qemu");
        scene.World.Inventory().Where(item => item is { Kind: "volume", Preset: false })
            .Select(item => item.Id).ShouldBe([Disk]);
        scene.Sent.FindIndex(sent => sent.Body.Contains("delete=scsi1", StringComparison.Ordinal))
            .ShouldBeInRange(0, scene.Sent.FindIndex(sent => sent.Method == "DELETE") - 1);
        scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void A_machine_that_is_deleted_with_it_takes_it_not_along()
    {
        var (scene, made) = WithDisk();

        scene.Time.Run(async () =>
        {
            var machine = await scene.Services.Machines.GetAsync(made.Id, scene.Operation(), default);
            await scene.Services.Machines.StopAsync(machine, scene.Operation(), default);
            await scene.Services.Machines.DestroyAsync(machine, scene.Operation(), default);
        });

        scene.World.ContentsOf(Disk).ShouldNotBeNull("purge and unreferenced disks mean those of its own number");
    }

    [Fact]
    public void A_declared_disk_does_not_take_its_place()
    {
        var (scene, made) = WithDisk();
        var desired = Machine(("disks", Value.MapOf(
            ("scsi0", ProxmoxScene.Disk(40)), ("scsi1", ProxmoxScene.Disk(10)))));

        scene.Refused(() => scene.Time.Run(() => scene.Handler("virtual-machine").UpdateAsync(
                new UpdateRequest(made.Id, OwnerOf("virtual-machine", "worker-0"), made.Properties, desired),
                scene.Operation(), default)))
            .Message.ShouldContain($"{Disk} of somebody else");
    }

    [Theory]
    [InlineData("local-lvm:vm-100-disk-0", 100L)]
    [InlineData("local:100/vm-100-disk-0.qcow2", 100L)]
    [InlineData("local-zfs:base-900-disk-0/vm-101-disk-0", 101L)]
    [InlineData("local-zfs:vm-9999-pvc-7e677f37", 9999L)]
    [InlineData("local:iso/talos.iso", null)]
    [InlineData("none", null)]
    public void The_name_of_a_volume_says_whose_it_is(string volume, long? owner) =>
        DriveText.Parse($"{volume},size=1G").Owner.ShouldBe(owner);

    /// <summary>A machine as declared, into which somebody has put a disk of a pod.</summary>
    private static (ProxmoxScene Scene, Observed Made) WithDisk()
    {
        var scene = new ProxmoxScene();
        var made = scene.Make("virtual-machine", "worker-0", Machine());
        scene.Time.Run(async () =>
        {
            var client = scene.Services.Client;
            var disk = await client.FindTaskAsync(
                HttpMethod.Post, "nodes/pve/storage/local-lvm/content",
                new Parameters().With("filename", "vm-9999-pvc-1").With("size", "512M").With("vmid", "9999"),
                scene.Operation(), default);
            disk.ShouldBe(Disk);
            var machine = await scene.Services.Machines.GetAsync(made.Id, scene.Operation(), default);
            await scene.Services.Machines.ConfigureAsync(
                machine, new Parameters().With("scsi1", $"{Disk},wwn=0x5056432d49443031"), scene.Operation(), default);
        });
        return (scene, made);
    }
}
