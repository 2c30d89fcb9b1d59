using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Accounts;
using Orrery.Providers.Proxmox.Wire;
using Orrery.Simulation.Proxmox;
using Orrery.Simulation.Worlds;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>The provisioner may do all that the provider does, and needs each of its privileges for it.</summary>
public sealed class ProvisionerRightsTests
{
    private const string Url = "https://factory.talos.dev/image/0123/v1.12.4/nocloud-amd64.qcow2";
    private const string Credential = "p@pve!t";

    public static TheoryData<string> Privileges => [.. AccountRights.Of("provisioner", NodeScene.Settings).Privileges];

    [Fact]
    public void With_all_of_them_everything_is_done()
    {
        var scene = Scene(without: null);

        Live(scene);

        scene.World.Inventory().Single(item => item.Kind == "qemu").IsRunning.ShouldBeFalse("it holds the kept disk");
        scene.Contract?.Report.ShouldBeClean();
    }

    [Theory]
    [MemberData(nameof(Privileges))]
    public void Without_one_of_them_something_is_refused(string privilege)
    {
        var scene = Scene(privilege);

        Should.Throw<ProviderException>(() => Live(scene));
    }

    /// <summary>What becomes of a machine from its image to its end.</summary>
    private static void Live(ProxmoxScene scene)
    {
        var image = scene.Make("image", "talos", Value.MapOf(
            ("node", "pve"), ("storage", "local"), ("content", "import"), ("fileName", "talos.qcow2"), ("url", Url)));
        var seed = scene.Make("iso", "node-0", Value.MapOf(
            ("node", "pve"), ("storage", "local"), ("files", Value.MapOf(("meta-data", "instance-id: a")))));
        var disk = scene.Make("disk", "node-0.longhorn", Value.MapOf(
            ("node", "pve"), ("storage", "local-lvm"), ("size", 10)));
        var desired = Machine(
            ("imports", Value.MapOf(("scsi0", image.Outputs["volume"]))),
            ("retained", Value.MapOf(("scsi1", disk.Id))),
            ("networks", Value.MapOf(("net0", Value.MapOf(("mac", "bc:24:11:00:01:10"), ("bridge", "vmbr0"))))),
            ("cdrom", seed.Outputs["volume"]));
        var machine = scene.Make("virtual-machine", "node-0", desired);
        Listed(scene).ShouldBe([machine.Id], "it is seen again");
        // What a socket hands over goes on without a timer, and its limit must not be the next one.
        scene.Time.Settling = TimeSpan.FromMilliseconds(50);
        _ = scene.Time.Run(async () => await scene.Services.Console.ReadAsync(
            machine.Id, static _ => true, resets: true, scene.Operation(), default));
        scene.Time.Settling = TimeSpan.Zero;
        _ = scene.Time.Run(async () => await scene.Services.Client.GetAsync(
            "nodes/pve/status", ProxmoxJson.Default.EnvelopeNodeStatus, null, default));
        scene.Delete("virtual-machine", "node-0", machine.Id);
        scene.Delete("image", "talos", image.Id);
    }

    private static string[] Listed(ProxmoxScene scene) => scene.Time.Run(async () =>
        (await scene.Handler("virtual-machine").ListOwnedAsync(Platform, default)).Select(each => each.Id).ToArray());

    private static ProxmoxScene Scene(string? without)
    {
        var scene = new ProxmoxScene(new ProxmoxWorldOptions
        {
            Web = static address => address == Url ? new RemoteFile("an image"u8.ToArray(), 100 << 20) : null,
        });
        var rights = AccountRights.Of("provisioner", NodeScene.Settings);
        Ask(scene, "POST", "/access/roles", $"roleid=r&privs={string.Join(',', rights.Privileges.Where(
            privilege => privilege != without))}");
        Ask(scene, "POST", "/access/users", "userid=p@pve");
        var secret = Ask(scene, "POST", "/access/users/p@pve/token/t", "privsep=1");
        foreach (var path in rights.Paths)
            Ask(scene, "PUT", "/access/acl", $"path={path}&roles=r&users=p@pve&tokens={Credential}");
        scene.LogIn($"{Credential}={secret.Split("\"value\":\"")[1].Split('"')[0]}");
        return scene;
    }

    private static string Ask(ProxmoxScene scene, string method, string path, string query)
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
        reply.Status.ShouldBe(200);
        return System.Text.Encoding.UTF8.GetString(reply.Body.Span);
    }
}
