using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox;
using Orrery.Providers.Proxmox.Kinds;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>Disks that outlive the machines that use them.</summary>
public sealed class RetainedDiskTests : IDisposable
{
    private readonly ProxmoxScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_retained_disk_is_at_its_holder_until_a_machine_has_it()
    {
        var disk = MakeDisk();

        disk.Owner.ShouldBe(OwnerOf("disk", "worker-0-longhorn"));
        FieldDifferences.Between(DiskHandler.Definition, disk.Properties, null, Wanted(80)).Reasons.ShouldBeEmpty();
        _scene.World.IsRunning(long.Parse(disk.Id)).ShouldBeFalse();
        var machine = _scene.Make("virtual-machine", "worker-0", With(disk));

        machine.Properties["retained"].ShouldBe(Value.MapOf(("scsi1", disk.Id)));
        _scene.World.GuestOf(long.Parse(disk.Id))!.Disks.ShouldBeEmpty();
        var seen = _scene.World.GuestOf(long.Parse(machine.Id))!.Disks.Single(at => at.Slot == "scsi1");
        seen.Serial.ShouldBe(disk.Outputs["serial"].AsText());
        seen.Bytes.ShouldBe(80L << 30);
        _scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void The_bytes_of_a_retained_disk_are_those_of_before_after_a_rebuild()
    {
        var disk = MakeDisk();
        var first = _scene.Make("virtual-machine", "worker-0", With(disk));
        _scene.World.GuestOf(long.Parse(first.Id))!.Disks.Single(at => at.Slot == "scsi1")
            .Contents.Write("longhorn", "kept"u8.ToArray());

        _scene.Delete("virtual-machine", "worker-0", first.Id);
        var between = Read(disk.Id);
        var second = _scene.Make("virtual-machine", "worker-0", With(disk), generation: 2);

        between!.Properties["size"].ShouldBe(80);
        _scene.World.GuestOf(long.Parse(second.Id))!.Disks.Single(at => at.Slot == "scsi1")
            .Contents.TryRead("longhorn", out var bytes).ShouldBeTrue();
        Encoding.UTF8.GetString(bytes.Span).ShouldBe("kept");
        var order = _scene.Sent.Select(sent => (sent.Method, Path: sent.Path.Split('/')[^1])).ToList();
        order.LastIndexOf(("DELETE", first.Id)).ShouldBeGreaterThan(order.IndexOf(("POST", "move_disk")));
    }

    [Fact]
    public void A_machine_that_dies_between_its_creation_and_its_start_gets_its_disk_from_whoever_goes_on()
    {
        var disk = MakeDisk();
        var handler = _scene.Handler("virtual-machine");
        var request = Create("virtual-machine", "worker-0", With(disk));
        var made = _scene.Time.Run(() => handler.CreateAsync(request, _scene.Operation(), default));

        _scene.Restart();
        var ready = _scene.Time.Run(() =>
            _scene.Handler("virtual-machine").AwaitReadyAsync(made.Id, _scene.Operation(), default));

        ready.Properties["retained"].ShouldBe(Value.MapOf(("scsi1", disk.Id)));
    }

    /// <summary>As when a first try got through after the machine was looked at, and its reply was lost.</summary>
    [Fact]
    public void A_disk_that_is_home_already_when_it_shall_go_there_is_home()
    {
        var disk = MakeDisk();
        var machine = _scene.Make("virtual-machine", "worker-0", With(disk));
        var retained = new RetainedDisks(_scene.Services.Machines, _scene.Services.Lanes);

        _scene.Time.Run(async () =>
        {
            var seen = await _scene.Services.Machines.GetAsync(machine.Id, _scene.Operation(), default);
            await _scene.Services.Machines.StopAsync(seen, _scene.Operation(), default);
            await retained.ReturnAsync(seen, _scene.Operation(), default);
            await retained.ReturnAsync(seen, _scene.Operation(), default);
        });

        _scene.World.GuestOf(long.Parse(disk.Id))!.Disks.ShouldHaveSingleItem().Bytes.ShouldBe(80L << 30);
    }

    [Fact]
    public void A_disk_that_a_running_machine_uses_is_not_taken_from_it()
    {
        var disk = MakeDisk();
        _scene.Make("virtual-machine", "worker-0", With(disk));

        var refusal = _scene.Refused(() => _scene.Make("virtual-machine", "worker-1", With(disk)));

        refusal.Code.ShouldBe(ProviderErrorCode.Locked);
        refusal.Message.ShouldContain("is still in use by the running VM");
    }

    [Fact]
    public void A_machine_is_not_deleted_while_its_retained_disk_has_no_holder_to_go_to()
    {
        var disk = MakeDisk();
        var machine = _scene.Make("virtual-machine", "worker-0", With(disk));
        _scene.Time.Run(async () =>
        {
            var holder = await _scene.Services.Machines.GetAsync(disk.Id, _scene.Operation(), default);
            await _scene.Services.Machines.DestroyAsync(holder, _scene.Operation(), default);
        });

        var refusal = _scene.Refused(() => _scene.Delete("virtual-machine", "worker-0", machine.Id));

        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldContain("it would be lost with the machine");
        _scene.World.GuestOf(long.Parse(machine.Id)).ShouldNotBeNull();
    }

    [Fact]
    public void A_disk_in_use_is_not_deleted_and_grows_where_it_is()
    {
        var disk = MakeDisk();
        var machine = _scene.Make("virtual-machine", "worker-0", With(disk));

        var grown = _scene.Time.Run(() => _scene.Handler("disk").UpdateAsync(
            new UpdateRequest(disk.Id, disk.Owner, disk.Properties, Wanted(100)),
            _scene.Operation("disk", "worker-0-longhorn"), default));
        var refusal = _scene.Refused(() => _scene.Delete("disk", "worker-0-longhorn", disk.Id));

        grown.Properties["size"].ShouldBe(100);
        _scene.World.GuestOf(long.Parse(machine.Id))!.Disks.Single(at => at.Slot == "scsi1").Bytes
            .ShouldBe(100L << 30);
        refusal.Message.ShouldContain($"is in use by VM {machine.Id}");
    }

    private Observed MakeDisk() => _scene.Make("disk", "worker-0-longhorn", Wanted(80));

    private Observed? Read(string id) => _scene.Time.Run(() => _scene.Handler("disk").ReadAsync(id, default));

    private static Value.Map Wanted(long size) =>
        Value.MapOf(("node", "pve"), ("storage", "local-lvm"), ("size", size));

    private static Value.Map With(Observed disk) => Machine(("retained", Value.MapOf(("scsi1", disk.Id))));
}
