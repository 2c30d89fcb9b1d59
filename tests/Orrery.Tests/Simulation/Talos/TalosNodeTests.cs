using Orrery.Engine.Ports;
using Orrery.Providers.Talos.Api;
using Orrery.Simulation.Talos;
using Orrery.Simulation.Talos.Hardware;

namespace Orrery.Tests.Simulation.Talos;

public sealed class TalosNodeTests
{
    // Made with openssl: an authority on Ed25519, as Talos makes its own, and a client on P-256 that it has signed.
    private const string EdwardsAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBAjCBtaADAgECAgEBMAUGAytlcDAQMQ4wDAYDVQQKDAV0YWxvczAgFw0yMDAx
        MDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowEDEOMAwGA1UECgwFdGFsb3MwKjAF
        BgMrZXADIQDPM42/J/9lzBaDkR1foWCOE2CUIHdZPGB2qSY2ituiAKMyMDAwDwYD
        VR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUYL/O4eCNjzV0e8wVsq6rTgpKM/wwBQYD
        K2VwA0EAm2NlsIwCCeEI3VEFgGZUPRweeRYkaw2Qg1b4E2t8QEh2Qgw4EwkVDNZW
        LxqlJJKxZnNjYg/mAgSM733Z2P59BQ==
        -----END CERTIFICATE-----
        """;

    private const string SignedByEdwards = """
        -----BEGIN CERTIFICATE-----
        MIIBUzCCAQWgAwIBAgIBAjAFBgMrZXAwEDEOMAwGA1UECgwFdGFsb3MwIBcNMjAw
        MTAxMDAwMDAwWhgPMjEwMDAxMDEwMDAwMDBaMBMxETAPBgNVBAoMCG9zOmFkbWlu
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8J22vir6OJm7SYJ2f2/xfCQQkOvS
        KmLBAp/28xCsyU/OUmiKT+xWnOdunNtyi5q2Xk19urtYdHGXv+aqz04g/aNQME4w
        DAYDVR0TAQH/BAIwADAdBgNVHQ4EFgQUIBccM4iPurFIHgPIpdCmrSxymUMwHwYD
        VR0jBBgwFoAUYL/O4eCNjzV0e8wVsq6rTgpKM/wwBQYDK2VwA0EA/GV5G9X4V4Vh
        fizL+Cohwu+p7+W9zxEUDubC6mX3gmEf2pg8tTAh5ZLiIa5ko9GXDej0b8zE85Rj
        PlCgQfJDCA==
        -----END CERTIFICATE-----
        """;

    private readonly TalosMachineScene _scene = new();

    [Fact]
    public void A_machine_without_a_configuration_waits_for_one_and_says_how_it_is_known()
    {
        var node = _scene.Start("10", "10.0.0.10");
        node.Stage.ShouldBe(TalosStage.Booting);
        _scene.Pass(TimeSpan.FromSeconds(25));

        node.Stage.ShouldBe(TalosStage.Maintenance);
        ConsoleFingerprint.Find(node.ConsoleText).ShouldBe(node.Fingerprint);
        var version = _scene.Time.Run(() => _scene.Maintenance(node).VersionAsync(default));
        version.ShouldBe(new TalosVersion("v1.12.4", "amd64", "nocloud"));
        _scene.Time.Run(() => _scene.Maintenance(node).ConditionAsync(default)).Stage
            .ShouldBe(MachineStage.Maintenance);
        Refusal(() => _scene.Maintenance(node).ServicesAsync(default)).Message
            .ShouldContain("API is not implemented in maintenance mode (UNIMPLEMENTED)");
    }

    [Fact]
    public void A_machine_with_another_fingerprint_gets_no_configuration()
    {
        var node = _scene.Start("10", "10.0.0.10");
        _scene.Pass(TimeSpan.FromSeconds(25));
        var expected = ConsoleFingerprint.Find("server certificate issued {\"fingerprint\": "
            + "\"rMWhs9V9Y30sbs9W5KNCgVRReKGrfvV0FwMtqEX4OW8=\"}")!;

        var refusal = Refusal(() => _scene.Maintenance(node, expected).ApplyAsync(
            _scene.Configuration("a"), ApplyMode.Auto, false, null, default));

        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.Message.ShouldBe(
            $"the Talos node 10.0.0.10 shows a certificate with the fingerprint {node.Fingerprint}, and not {expected};"
            + " nothing was sent. Look at its console: if it says the same, it has started again since, else somebody"
            + " stands between");
        _scene.Requests.ShouldBe(["/machine.MachineService/ApplyConfiguration"]);
        node.Stage.ShouldBe(TalosStage.Maintenance);
    }

    [Fact]
    public void A_configured_machine_installs_itself_and_knows_only_its_own_authority()
    {
        var node = _scene.Configured("10", "10.0.0.10");

        node.Stage.ShouldBe(TalosStage.Running);
        node.HostName.ShouldBe("node-10");
        node.Image!.Extensions.ShouldBe(["siderolabs/iscsi-tools", "siderolabs/tailscale"]);
        var before = _scene.Time.Run(() => _scene.Client("10.0.0.10").ConditionAsync(default));
        before.InWords().ShouldBe("Booting; services: service \"etcd\" not running");
        _scene.Time.Run(() => _scene.Client("10.0.0.10").ServicesAsync(default))
            .Single(service => service.Id == "apid").IsHealthy.ShouldBe(true);

        var (certificate, key) = new Orrery.Tests.Providers.Grpc.TestAuthority("other").Client("os:admin");
        Refusal(() => _scene.Client("10.0.0.10", new TalosIdentity(certificate, key)).VersionAsync(default)).Code
            .ShouldBe(ProviderErrorCode.Unavailable);
        var (readers, readersKey) = _scene.OsAuthority.Client("os:reader");
        Refusal(() => _scene.Client("10.0.0.10", new TalosIdentity(readers, readersKey)).RebootAsync(default))
            .Message.ShouldContain("not authorized (PERMISSION_DENIED)");
    }

    [Fact]
    public void A_client_of_an_authority_on_Ed25519_is_known()
    {
        var node = _scene.Start("10", "10.0.0.10");
        _scene.Pass(TimeSpan.FromSeconds(25));
        _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(
            _scene.Configuration("a").Replace(
                TalosMachineScene.Base64(_scene.OsAuthority.Certificate), TalosMachineScene.Base64(EdwardsAuthority),
                StringComparison.Ordinal),
            ApplyMode.Auto, false, null, default));
        _scene.Pass(TimeSpan.FromMinutes(2));

        var client = TalosClient.Create(
            _scene.Environment, _scene,
            TalosAccess.Configured("10.0.0.10", EdwardsAuthority, new TalosIdentity(SignedByEdwards, "")), null);

        _scene.Time.Run(() => client.VersionAsync(default)).Tag.ShouldBe("v1.12.4");
        Refusal(() => _scene.Client("10.0.0.10").VersionAsync(default)).Code.ShouldBe(ProviderErrorCode.Unavailable);
    }

    [Theory]
    [InlineData("machine.kubelet.imgae", "  kubelet:\n", "  kubelet:\n    imgae: x\n")]
    [InlineData("either install disk or diskSelector should be defined", "    disk: /dev/sda\n", "")]
    [InlineData("unknown machine type", "type: controlplane", "type: master")]
    [InlineData("issuing CA key is required", "    key: \"LS", "    kye: \"LS")]
    public void What_a_machine_cannot_use_is_refused_in_its_words(string expected, string from, string to)
    {
        var node = _scene.Start("10", "10.0.0.10");
        _scene.Pass(TimeSpan.FromSeconds(25));
        var text = _scene.Configuration("a");
        text.ShouldContain(from);

        var refusal = Refusal(() => _scene.Maintenance(node).ApplyAsync(
            text.Replace(from, to, StringComparison.Ordinal), ApplyMode.Auto, false, null, default));

        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldContain(expected);
        node.Stage.ShouldBe(TalosStage.Maintenance);
    }

    [Theory]
    [InlineData("v1.11.2", "not registered")]
    [InlineData("v1.12.4", "static hostname is already set")]
    public void A_document_for_the_host_name_needs_a_version_that_has_it_and_no_second_name(
        string version, string expected)
    {
        var node = _scene.Start("10", "10.0.0.10", version);
        _scene.Pass(TimeSpan.FromSeconds(25));

        Refusal(() => _scene.Maintenance(node).ApplyAsync(
            _scene.Configuration("a") + "---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: b\n",
            ApplyMode.Auto, false, null, default)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Without_an_installer_of_the_schematic_the_extensions_are_lost()
    {
        var node = _scene.Start("10", "10.0.0.10");
        _scene.Pass(TimeSpan.FromSeconds(25));
        _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(
            _scene.Configuration("a", image: "ghcr.io/siderolabs/installer:v1.12.4"),
            ApplyMode.Auto, false, null, default));
        _scene.Pass(TimeSpan.FromMinutes(2));

        node.Stage.ShouldBe(TalosStage.Running);
        node.Image!.Extensions.ShouldBeEmpty();
    }

    [Fact]
    public void A_machine_that_boots_its_ISO_again_halts()
    {
        var node = _scene.Configured("10", "10.0.0.10");
        var iso = node.Hardware.BootOrder[1];
        _scene.Park.Change(node.Hardware with { BootOrder = [iso, node.Hardware.BootOrder[0]] });
        _scene.Time.Run(() => _scene.Client("10.0.0.10").RebootAsync(default));
        _scene.Pass(TimeSpan.FromMinutes(1));

        node.Stage.ShouldBe(TalosStage.Halted);
        node.ConsoleText.ShouldContain("Please reboot from the disk.");
    }

    [Theory]
    [InlineData("metal", "10.9.0.1")]
    [InlineData("nocloud", "10.0.0.10")]
    [InlineData("aws", "10.7.0.1")]
    public void META_is_read_on_metal_only_and_the_clouds_network_on_nocloud_only(string platform, string expected)
    {
        var node = _scene.Start("10", "10.0.0.10", isIso: false);
        node.PowerOff();
        node.Hardware.Disks[0].Write(new TalosImage
        {
            Version = "v1.12.4",
            Platform = platform,
            Meta = Orrery.Model.Values.ValueMap.Of(
                ("10", "addresses:\n  - address: 10.9.0.1/24\n    linkName: ens18\n")),
        });
        _scene.Leases["bc:24:11:00:01:10"] = "10.7.0.1";
        node.PowerOn();
        _scene.Pass(TimeSpan.FromSeconds(25));

        node.Address.ShouldBe(expected);
        _scene.Park.Find(expected).ShouldBe(node);
    }

    [Theory]
    [InlineData(ApplyMode.Staged, false)]
    [InlineData(ApplyMode.Auto, true)]
    public void A_staged_configuration_counts_after_the_next_boot(ApplyMode mode, bool isAtOnce)
    {
        var node = _scene.Configured("10", "10.0.0.10");
        var text = _scene.Configuration("node-10", vip: "10.0.0.6");
        _scene.Time.Run(() => _scene.Client("10.0.0.10").ApplyAsync(text, mode, false, null, default));
        (node.Settings!.Text == text).ShouldBe(isAtOnce);
        _scene.Time.Run(() => _scene.Client("10.0.0.10").RebootAsync(default));
        _scene.Pass(TimeSpan.FromMinutes(1));

        node.Settings!.Text.ShouldBe(text);
    }

    [Fact]
    public void A_configuration_that_is_tried_is_taken_back()
    {
        var node = _scene.Configured("10", "10.0.0.10");
        var before = node.Settings!.Text;
        var text = _scene.Configuration("node-10", vip: "10.0.0.6");

        var applied = _scene.Time.Run(() => _scene.Client("10.0.0.10").ApplyAsync(
            text, ApplyMode.Try, false, TimeSpan.FromSeconds(30), default));

        applied.Mode.ShouldBe("TRY");
        node.Settings!.Text.ShouldBe(text);
        _scene.Pass(TimeSpan.FromSeconds(31));
        node.Settings!.Text.ShouldBe(before);
    }

    [Theory]
    [InlineData("v1.12.4", "v1.12.5", "/machine.MachineService/Upgrade")]
    [InlineData("v1.13.1", "v1.13.9", "/machine.LifecycleService/Upgrade")]
    public void An_upgrade_keeps_its_configuration_whichever_shape_it_has(string from, string to, string path)
    {
        var node = _scene.Start("10", "10.0.0.10", from);
        _scene.Pass(TimeSpan.FromSeconds(25));
        _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(
            _scene.Configuration("a", image: $"factory.talos.dev/installer/{TalosMachineScene.Schematic}:{from}"),
            ApplyMode.Auto, false, null, default));
        _scene.Pass(TimeSpan.FromMinutes(2));

        _scene.Time.Run(() => _scene.Client("10.0.0.10").UpgradeAsync(
            $"factory.talos.dev/installer/{TalosMachineScene.Schematic}:{to}", default));
        _scene.Pass(TimeSpan.FromMinutes(1));

        _scene.Requests.ShouldContain(path);
        var version = _scene.Time.Run(() => _scene.Client("10.0.0.10").VersionAsync(default));
        version.Tag.ShouldBe(to);
        node.HostName.ShouldBe("a");
        node.RollBack().ShouldBeTrue();
        node.Hardware.Disks[0].Image!.Version.ShouldBe(from);
    }

    [Fact]
    public void A_reset_takes_the_system_disk_and_leaves_the_others()
    {
        var node = _scene.Start("10", "10.0.0.10");
        _scene.Pass(TimeSpan.FromSeconds(25));
        var data = new TalosDisk(99, 50_000_000_000);
        _scene.Park.Change(node.Hardware with { Disks = [.. node.Hardware.Disks, data] });
        var longhorn = "  disks:\n    - device: /dev/sdb\n      partitions:\n        - mountpoint: /var/lib/longhorn\n";
        _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(
            _scene.Configuration("a", machine: longhorn.TrimEnd()), ApplyMode.Auto, false, null, default));
        _scene.Pass(TimeSpan.FromMinutes(2));
        node.Files!.WriteFile("/var/lib/longhorn/bytes", "kept"u8.ToArray(), 0x180, 0);
        _scene.Pass(TimeSpan.FromMinutes(1));

        _scene.Time.Run(() => _scene.Client("10.0.0.10").ResetAsync(
            new ResetOrder { IsGraceful = false, Reboots = false }, default));
        _scene.Pass(TimeSpan.FromMinutes(1));

        node.Stage.ShouldBe(TalosStage.Off);
        node.Hardware.Disks[0].IsInstalled.ShouldBeFalse();
        data.Volume.StableFiles()["/bytes"].ToArray().ShouldBe("kept"u8.ToArray());
    }

    private ProviderException Refusal<T>(Func<Task<T>> call) =>
        Should.Throw<ProviderException>(() => _scene.Time.Run(call));

    private ProviderException Refusal(Func<Task> call) =>
        Should.Throw<ProviderException>(() => _scene.Time.Run(call));
}
