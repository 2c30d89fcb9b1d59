using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Seeds;
using Orrery.Simulation.Proxmox;
using Orrery.Tests.Programs;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>Images that nodes download, and seeds that we upload.</summary>
public sealed class FileTests : IDisposable
{
    private const string Url = "https://factory.talos.dev/image/abc/v1.12.3/nocloud-amd64.qcow2";

    private static readonly byte[] Bytes = Encoding.UTF8.GetBytes("an image of Talos");
    private static readonly string Checksum = Convert.ToHexStringLower(SHA256.HashData(Bytes));

    private readonly ProxmoxScene _scene = new(new ProxmoxWorldOptions
    {
        Web = url => url == Url ? new RemoteFile(Bytes, 2L << 30) : null,
    });

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void An_image_is_downloaded_once_and_machines_are_filled_from_it()
    {
        var image = _scene.Make("image", "talos", Image());
        _scene.Make("image", "talos", Image());
        var volume = image.Outputs["volume"].AsText()!;

        var machine = _scene.Make("virtual-machine", "worker-0", Machine(
            ("imports", Value.MapOf(("scsi0", volume)))));

        image.Owner.ShouldBe(OwnerOf("image", "talos"));
        _scene.Sent.Count(sent => sent.Path.EndsWith("/download-url", StringComparison.Ordinal)).ShouldBe(1);
        var disk = _scene.World.GuestOf(long.Parse(machine.Id))!.Disks.Single();
        disk.Contents.Image.ShouldBe(Url);
        disk.Bytes.ShouldBe(40L << 30);
        _scene.World.GuestOf(long.Parse(machine.Id))!.BootDevice.ShouldBe("scsi0");
        _scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void A_storage_that_cannot_hold_images_is_refused_with_those_that_can()
    {
        var refusal = _scene.Refused(() => _scene.Make("image", "talos", Image(("storage", "local-lvm"))));

        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldBe(
            "the storage 'local-lvm' on pve cannot hold content of type 'import' (it is for images,rootdir):"
            + " name one of these: local, or allow it in the storage's settings");
        _scene.World.Inventory().ShouldNotContain(item => item.Kind == "volume");
    }

    [Fact]
    public void An_image_with_another_checksum_is_refused_and_not_kept()
    {
        var refusal = _scene.Refused(() => _scene.Make("image", "talos", Image(("checksum", new string('0', 64)))));

        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldContain($"checksum mismatch: got '{Checksum}'");
        _scene.World.Inventory().ShouldNotContain(item => item.Kind == "volume");
    }

    [Fact]
    public void A_seed_is_uploaded_read_by_the_machine_and_ejected_after_the_installation()
    {
        var seed = _scene.Make("iso", "worker-0", Seed());
        var machine = _scene.Make("virtual-machine", "worker-0", Machine(
            ("cdrom", seed.Outputs["volume"].AsText()!), ("boot", Value.ListOf(["scsi0", "ide2"]))));
        var guest = _scene.World.GuestOf(long.Parse(machine.Id))!;

        guest.Media.Single().Image.ToArray().ShouldBe(SeedImage.Build(Files));
        var desired = Value.MapOf(("virtualMachine", machine.Id), ("boot", Value.ListOf(["scsi0"])));
        Read("boot-device", machine.Id).ShouldBeNull();
        var device = _scene.Make("boot-device", "worker-0", desired);

        device.Properties.ShouldBe(desired);
        _scene.World.GuestOf(long.Parse(machine.Id))!.Media.ShouldBeEmpty();
        _scene.Delete("iso", "worker-0", seed.Id);
        _scene.World.Inventory().ShouldNotContain(item => item.Id.Contains("cidata"));
        _scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void Equal_files_give_equal_images() => SeedImage.Build(Files).ShouldBe(SeedImage.Build(Files));

    [ProgramFact("isoinfo")]
    public async Task A_seed_is_an_ISO_9660_image_with_Joliet_names_as_others_read_it()
    {
        using var folder = new TemporaryFile(SeedImage.Build(Files));

        var description = await IsoInfo("-d", "-i", folder.Path);
        description.ShouldContain("Volume id: cidata");
        description.ShouldContain("Joliet with UCS level 3 found");
        foreach (var (name, text) in Files)
            (await IsoInfo("-J", "-i", folder.Path, "-x", $"/{name}")).ShouldBe(text);
        (await IsoInfo("-l", "-i", folder.Path)).ShouldContain("USER_DAT.;1");
    }

    private static async Task<string> IsoInfo(params string[] arguments) =>
        Encoding.UTF8.GetString(await ProgramRun.OutputAsync("isoinfo", [], arguments));

    private static ValueMap<string> Files { get; } = ValueMap.Of(
        ("user-data", "#cloud-config\nmachine: " + new string('x', 5000)), ("meta-data", "instance-id: worker-0\n"),
        ("network-config", "version: 2\n"));

    private static Value.Map Seed() => Value.MapOf(
        ("node", "pve"), ("storage", "local"),
        ("files", new Value.Sensitive(new Value.Map(Files.Map((_, text) => (Value)text)))));

    private static Value.Map Image(params ReadOnlySpan<(string, Value)> more)
    {
        var fields = ValueMap.Of<Value>(
            ("node", "pve"), ("storage", "local"), ("content", "import"), ("fileName", "talos-v1.12.3.qcow2"),
            ("url", Url), ("checksum", Checksum));
        foreach (var (name, value) in more)
            fields = fields.With(name, value);
        return new Value.Map(fields);
    }

    private Observed? Read(string kind, string id) =>
        _scene.Time.Run(() => _scene.Handler(kind).ReadAsync(id, default));

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(byte[] bytes) => File.WriteAllBytes(Path, bytes);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
