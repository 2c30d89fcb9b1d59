using System.Text.RegularExpressions;
using Orrery.Model.Values;
using Orrery.Simulation.Proxmox;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Providers.Proxmox;
using Orrery.Tests.Tidy;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Traps;

/// <summary>What goes wrong with Proxmox VE in practice and has no better place.</summary>
public sealed partial class ProxmoxTrapsTests
{
    private const string Url = "https://factory.talos.dev/image/0123/v1.12.4/nocloud-amd64.qcow2";

    /// <summary>
    /// Each import takes the storage's lock, and a worker that waits for it too long fails. Here the real ones do.
    /// </summary>
    [Fact]
    public void Twenty_machines_from_one_image_on_one_storage_never_fail_on_its_lock()
    {
        var scene = Scene();
        var image = Download(scene);
        var desired = Machine(("memory", 4096), ("imports", Value.MapOf(("scsi0", image))));
        var handler = scene.Handler("virtual-machine");

        scene.Time.Run(() => Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            var (name, operation) = ($"worker-{number}", scene.Operation(name: $"worker-{number}"));
            var made = await handler.CreateAsync(Create("virtual-machine", name, desired), operation, default);
            await handler.AwaitReadyAsync(made.Id, operation, default);
        })));

        scene.World.Inventory().Count(item => item is { Kind: "qemu", IsRunning: true }).ShouldBe(20);
        scene.Waited.ShouldNotContain(state => state.LastSeen.Contains("got timeout"));
    }

    /// <summary>Without the lanes the same requests do fail: the world has the lock, and its patience ends.</summary>
    [Fact]
    public void The_simulated_storage_refuses_those_that_wait_too_long_for_its_lock()
    {
        var scene = Scene();
        var image = Download(scene);
        var ids = Enumerable.Range(0, 20).Select(number => Ask(
            scene, "POST", "/nodes/pve/qemu",
            $"vmid={500 + number}&scsi0=local-lvm:0,import-from={Uri.EscapeDataString(image)}")).ToArray();
        ids.ShouldAllBe(reply => reply.Contains("UPID:"));

        scene.Time.Run(async () => await Task.Delay(TimeSpan.FromMinutes(20), scene.Time));

        Ask(scene, "GET", "/nodes/pve/tasks", "source=all&limit=500").ShouldContain("got timeout");
    }

    /// <summary>LVM-thin takes the size of a new volume as a plain number of gibibytes.</summary>
    [Fact]
    public void The_size_of_a_new_disk_has_no_unit_and_one_with_a_unit_is_refused()
    {
        var scene = Scene();

        scene.Make("virtual-machine", "worker-0", Machine());

        var body = scene.Sent.Single(sent => sent.Path.EndsWith("/qemu", StringComparison.Ordinal)).Body;
        Uri.UnescapeDataString(body).ShouldContain("scsi0=local-lvm:40,");
        Ask(scene, "POST", "/nodes/pve/qemu", "vmid=500&scsi0=local-lvm:8G", status: 500)
            .ShouldContain("local-lvm:8G");
    }

    /// <summary>Talos does not listen to it, so that it hangs for minutes and keeps the machine locked.</summary>
    [Fact]
    public void Nothing_presses_the_power_button_of_a_machine() => SourceTree.Files("src/Orrery.Providers", ".cs")
        .Where(path => Shutdown().IsMatch(SourceTree.Read(path))).ShouldBeEmpty();

    /// <summary>The API takes no snippets: user data that is no file of a storage is never read.</summary>
    [Fact]
    public void User_data_travels_as_a_CD_of_ours_and_never_as_a_snippet() =>
        SourceTree.Files("src/Orrery.Providers/Proxmox", ".cs")
            .Where(path => Snippets().IsMatch(SourceTree.Read(path))).ShouldBeEmpty();

    private static ProxmoxScene Scene() => new(new ProxmoxWorldOptions
    {
        Nodes = [new SimulatedNode("pve", MemoryBytes: 256L << 30)],
        Web = static address => address == Url ? new RemoteFile("an image"u8.ToArray(), 4L << 30) : null,
    });

    private static string Download(ProxmoxScene scene) => scene.Make("image", "talos", Value.MapOf(
        ("node", "pve"), ("storage", "local"), ("content", "import"), ("fileName", "talos.qcow2"), ("url", Url)))
        .Outputs["volume"].AsText()!;

    private static string Ask(ProxmoxScene scene, string method, string path, string query, int status = 200)
    {
        var reply = scene.World.Handle(
            new WorldRequest
            {
                Method = method,
                Path = $"/api2/json{path}",
                Query = query,
                Headers = ValueMap.Of(("authorization", $"PVEAPIToken=root@pam!test={Secret}")),
            },
            scene.Time.Now);
        reply.Status.ShouldBe(status);
        return System.Text.Encoding.UTF8.GetString(reply.Body.Span);
    }

    [GeneratedRegex("/status/shutdown", RegexOptions.None, 1000)]
    private static partial Regex Shutdown();

    [GeneratedRegex("cicustom|snippets/", RegexOptions.None, 1000)]
    private static partial Regex Snippets();
}
