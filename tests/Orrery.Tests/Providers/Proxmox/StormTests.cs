using Orrery.Engine.Applying;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Kinds;
using Orrery.Simulation.Proxmox;
using Orrery.Simulation.Worlds;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>The engine's way of making things, while everything goes wrong that can.</summary>
public sealed class StormTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public void Every_fault_is_survived_and_leaves_one_machine_as_it_was_declared(int seed, bool isClone)
    {
        var scene = new ProxmoxScene(new ProxmoxWorldOptions
        {
            Machines = [new PresetMachine { Vmid = 9000, Name = "template", IsTemplate = true }],
        });
        var count = 0;
        scene.Fault = request => Dice(seed, (2 * count) + 1) switch
        {
            < 5 => WorldFault.ErrorBefore,
            < 10 => WorldFault.ErrorAfter,
            < 15 => WorldFault.Locked,
            < 18 => WorldFault.ActionFails,
            < 20 => WorldFault.ActionSlow,
            _ => null,
        };
        scene.Fate = _ => Dice(seed, 2 * ++count) switch
        {
            < 5 => ProxmoxFate.LosesItsReply,
            < 8 => ProxmoxFate.NeverArrives,
            < 10 => ProxmoxFate.IsNeverAnswered,
            _ => ProxmoxFate.Arrives,
        };
        var desired = isClone
            ? Machine(("template", 9000), ("firmware", "seabios"), ("tpm", false))
            : Machine();
        var handler = scene.Handler("virtual-machine");

        var ready = scene.Time.Run(() => MakeAsync(scene, handler, desired));

        scene.World.Inventory().Count(item => item is { Kind: "qemu", Preset: false }).ShouldBe(1);
        FieldDifferences.Between(VirtualMachineHandler.Definition, ready.Properties, null, desired)
            .Reasons.ShouldBeEmpty();
        scene.Contract?.Report.ShouldBeClean();
    }

    private static async Task<Observed> MakeAsync(ProxmoxScene scene, IResourceHandler handler, Value.Map desired)
    {
        var retrying = new Retrying(scene.Time, scene);
        var creation = new Creation(handler, Lifecycle.Default, retrying, scene.Time);
        var request = Create("virtual-machine", "worker-0", desired);
        var (made, isOurs) = await creation.RunAsync(request, scene.Operation(), static (_, _) => { }, default);
        isOurs.ShouldBeTrue();
        return made;
    }

    private static int Dice(int seed, int count) =>
        (int)(unchecked((uint)((seed * 7919) + (count * 104_729)) * 2654435761u) >> 16) % 100;
}
