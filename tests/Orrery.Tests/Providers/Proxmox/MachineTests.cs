using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Kinds;
using Orrery.Simulation.Proxmox;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>Machines before a simulated cluster.</summary>
public sealed class MachineTests
{
    [Fact]
    public void A_machine_is_made_as_declared_and_shows_no_difference_afterwards()
    {
        var scene = new ProxmoxScene();
        var desired = Machine();

        var made = scene.Make("virtual-machine", "worker-0", desired);

        made.IsReady.ShouldBeTrue();
        made.Owner.ShouldBe(OwnerOf("virtual-machine", "worker-0"));
        FieldDifferences.Between(VirtualMachineHandler.Definition, made.Properties, null, desired)
            .Reasons.ShouldBeEmpty();
        var guest = scene.World.GuestOf(long.Parse(made.Id))!;
        guest.IsUefi.ShouldBeTrue();
        guest.HasSecureBootKeys.ShouldBeFalse();
        guest.Tpm.ShouldNotBeNull();
        guest.Networks.ShouldBe([new("net0", "bc:24:11:00:01:10", "vmbr0", 5)]);
        guest.Disks.Single().Bytes.ShouldBe(40L << 30);
        guest.BootOrder.ShouldBe(["scsi0"]);
        Listed(scene).Select(machine => machine.Id).ShouldBe([made.Id]);
        scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void A_clone_becomes_what_was_declared_though_its_request_takes_no_tags()
    {
        var scene = new ProxmoxScene(WithTemplate());
        var desired = Clone();

        var made = scene.Make("virtual-machine", "worker-0", desired);

        made.Owner.ShouldBe(OwnerOf("virtual-machine", "worker-0"));
        made.Properties["cores"].ShouldBe(4);
        var guest = scene.World.GuestOf(long.Parse(made.Id))!;
        guest.Disks.Single().Bytes.ShouldBe(20L << 30);
        guest.Disks.Single().Contents.Image.ShouldBe("preset:template");
        scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void Twenty_clones_on_one_storage_never_fail_on_its_lock()
    {
        var scene = new ProxmoxScene(
            WithTemplate() with { Nodes = [new SimulatedNode("pve", MemoryBytes: 256L << 30)] });
        var handler = scene.Handler("virtual-machine");

        scene.Time.Run(() => Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            var (name, operation) = ($"worker-{number}", scene.Operation(name: $"worker-{number}"));
            var made = await handler.CreateAsync(Create("virtual-machine", name, Clone()), operation, default);
            await handler.AwaitReadyAsync(made.Id, operation, default);
        })));

        scene.World.Inventory().Count(item => item is { Kind: "qemu", IsRunning: true }).ShouldBe(20);
        scene.Sent.Count(sent => sent.Path.EndsWith("/clone", StringComparison.Ordinal)).ShouldBe(20);
        scene.Waited.ShouldNotContain(state => state.LastSeen.Contains("got timeout"));
    }

    /// <summary>A control plane that comes a moment after a worker is made before it.</summary>
    [Fact]
    public void What_can_wait_lets_go_first_what_cannot()
    {
        var scene = new ProxmoxScene();
        var handler = scene.Handler("virtual-machine");

        scene.Time.Run(() => Task.WhenAll(MakeAsync("worker-0", 0, 60), MakeAsync("controlplane-0", 300, 0)));

        scene.Sent.Where(sent => sent.Path.EndsWith("/qemu", StringComparison.Ordinal) && sent.Method == "POST")
            .Select(sent => sent.Body.Contains("controlplane-0", StringComparison.Ordinal)).ShouldBe([true, false]);

        async Task MakeAsync(string name, int milliseconds, int slack)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), scene.Time);
            var operation = scene.Operation(name: name) with { Slack = TimeSpan.FromSeconds(slack) };
            await handler.CreateAsync(Create("virtual-machine", name, Machine()), operation, default);
        }
    }

    [Fact]
    public void A_storage_that_others_keep_locked_is_waited_for()
    {
        var scene = new ProxmoxScene(WithTemplate());
        scene.World.OccupyStorage("local-lvm", TimeSpan.FromSeconds(45));

        var made = scene.Make("virtual-machine", "worker-0", Clone());

        made.IsReady.ShouldBeTrue();
        scene.Time.Now.ShouldBeGreaterThan(TimeSpan.FromSeconds(40));
        scene.Waited.ShouldContain(state => state.Condition == "a lock that others hold"
            && state.LastSeen.Contains("/var/lock/pve-manager/pve-storage-local-lvm"));
        scene.World.Inventory().Count(item => item.Kind == "qemu").ShouldBe(2);
    }

    [Fact]
    public void A_number_that_somebody_takes_between_question_and_request_is_left_to_him()
    {
        var scene = new ProxmoxScene();
        var first = long.Parse(Orrery.Providers.Proxmox.VmidReservation.CandidateOf(
            Create("virtual-machine", "worker-0", Machine()), 0));
        scene.Fate = request =>
        {
            if (request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath == "/api2/json/nodes/pve/qemu"
                && scene.World.GuestOf(first) is null)
            {
                scene.World.MakeByHand(first, "somebody-elses");
            }

            return ProxmoxFate.Arrives;
        };

        var made = scene.Make("virtual-machine", "worker-0", Machine());

        made.Id.ShouldBe($"{first + 1}");
        scene.World.GuestOf(first)!.Name.ShouldBe("somebody-elses");
    }

    [Fact]
    public void A_declared_number_that_is_somebody_elses_is_refused_by_name()
    {
        var scene = new ProxmoxScene();
        scene.World.MakeByHand(110, "router");

        var refusal = scene.Refused(() =>
            scene.Make("virtual-machine", "worker-0", Machine(("vmid", 110))));

        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.Message.ShouldBe("the VMID 110 is declared for 'ducktape-talos-worker-0-g1' and belongs to 'router'");
    }

    [Theory]
    [InlineData("/qemu")]
    [InlineData("/clone")]
    public void A_machine_whose_reply_was_lost_is_found_and_not_made_twice(string path)
    {
        var scene = new ProxmoxScene(WithTemplate());
        var lost = 0;
        scene.Fate = request => request.Method == HttpMethod.Post
            && request.RequestUri!.AbsolutePath.EndsWith(path, StringComparison.Ordinal) && lost++ == 0
                ? ProxmoxFate.LosesItsReply
                : ProxmoxFate.Arrives;
        var desired = path == "/qemu" ? Machine() : Clone();

        scene.Refused(() => scene.Make("virtual-machine", "worker-0", desired))
            .MayHaveHappened.ShouldBeTrue();
        scene.Restart();
        var made = scene.Make("virtual-machine", "worker-0", desired);

        made.IsReady.ShouldBeTrue();
        made.Properties["cores"].ShouldBe(4);
        lost.ShouldBe(1);
        scene.World.Inventory().Count(item => item is { Kind: "qemu", Preset: false }).ShouldBe(1);
    }

    [Fact]
    public void A_stale_lock_is_named_with_what_to_do_about_it()
    {
        var scene = new ProxmoxScene();
        var made = scene.Make("virtual-machine", "worker-0", Machine());
        scene.World.LeaveStaleLock(long.Parse(made.Id));

        var refusal = scene.Refused(() => scene.Delete("virtual-machine", "worker-0", made.Id));

        refusal.Code.ShouldBe(ProviderErrorCode.Locked);
        refusal.Message.ShouldContain($"/var/lock/qemu-server/lock-{made.Id}.conf");
        refusal.Message.ShouldContain($"'fuser /var/lock/qemu-server/lock-{made.Id}.conf' names who holds it");
        refusal.Message.ShouldContain($"'qm unlock {made.Id}'");
    }

    [Fact]
    public void A_machine_is_stopped_by_its_plug_and_deleted_with_its_disks()
    {
        var scene = new ProxmoxScene();
        var made = scene.Make("virtual-machine", "worker-0", Machine());

        scene.Delete("virtual-machine", "worker-0", made.Id);
        scene.Delete("virtual-machine", "worker-0", made.Id);

        scene.World.Inventory().Where(item => item.Kind is "qemu" or "volume").ShouldBeEmpty();
        scene.Sent.ShouldContain(sent => sent.Path.EndsWith("/status/stop", StringComparison.Ordinal));
        scene.Sent.ShouldNotContain(sent => sent.Path.EndsWith("/status/shutdown", StringComparison.Ordinal));
        scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void What_is_not_ours_is_neither_listed_nor_deleted()
    {
        var scene = new ProxmoxScene(WithTemplate());
        var made = scene.Make("virtual-machine", "worker-0", Machine());

        scene.Refused(() => scene.Delete("virtual-machine", "worker-1", made.Id))
            .Code.ShouldBe(ProviderErrorCode.Foreign);

        Listed(scene, "another-platform").ShouldBeEmpty();
        scene.World.IsRunning(long.Parse(made.Id)).ShouldBeTrue();
    }

    [Fact]
    public void A_disk_grows_in_place_and_never_shrinks()
    {
        var scene = new ProxmoxScene();
        var made = scene.Make("virtual-machine", "worker-0", Machine());

        var grown = Update(scene, made, Machine(("disks", Value.MapOf(("scsi0", Disk(60)), ("scsi1", Disk(10))))));
        var refusal = scene.Refused(() => Update(
            scene, grown, Machine(("disks", Value.MapOf(("scsi0", Disk(30)), ("scsi1", Disk(10)))))));

        scene.World.GuestOf(long.Parse(made.Id))!.Disks.Select(disk => disk.Bytes >> 30).ShouldBe([60, 10]);
        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldContain("has 60 GiB and cannot shrink to 30 GiB");
        scene.Contract?.Report.ShouldBeClean();
    }

    private static Observed Update(ProxmoxScene scene, Observed made, Value.Map desired) => scene.Time.Run(() =>
        scene.Handler("virtual-machine").UpdateAsync(
            new UpdateRequest(made.Id, made.Owner, made.Properties, desired), scene.Operation(), default));

    private static IReadOnlyList<Observed> Listed(ProxmoxScene scene, string platform = Platform) =>
        scene.Time.Run(() => scene.Handler("virtual-machine").ListOwnedAsync(platform, default));

    private static ProxmoxWorldOptions WithTemplate() => new()
    {
        Machines = [new PresetMachine { Vmid = 9000, Name = "template", IsTemplate = true }],
    };

    private static Value.Map Clone() => Machine(
        ("template", 9000), ("firmware", "seabios"), ("tpm", false),
        ("disks", Value.MapOf(("scsi0", Disk(20)))));
}
