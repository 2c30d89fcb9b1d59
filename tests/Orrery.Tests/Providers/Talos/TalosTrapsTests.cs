using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Tests.Providers.Talos;

/// <summary>What goes wrong with Talos in practice: each is told before anything is made, or impossible.</summary>
public class TalosTrapsTests
{
    private static readonly string[] Versions = ["1.9", "1.10", "1.11", "1.12", "1.13", "1.14"];

    [Fact]
    public void The_installer_carries_the_schematic_that_the_machine_booted_with()
    {
        var schematic = BakedImage.Of(["iscsi-tools", "util-linux-tools"]);
        var image = new FactoryImage("v1.12.4", schematic.Id, "nocloud");
        image.Iso.ShouldContain(schematic.Id);
        image.Installer.ShouldContain(schematic.Id);
    }

    [Fact]
    public void A_VIP_stands_on_the_physical_card_or_on_one_told_by_its_address()
    {
        foreach (var version in Versions)
        {
            var machine = Machine("fluodata", version);
            foreach (var network in (TalosNetwork[])
                [machine.Network, machine.Network with { HardwareAddress = null }])
            {
                var text = MachineConfiguration.Of(machine with { Network = network }, TalosScene.Secrets)
                    .WriteRedacted();
                text.ShouldNotContain("interface: ");
                text.ShouldNotContain("eth0");
                text.ShouldContain(machine.Version.Minor >= 13 ? "kind: Layer2VIPConfig" : "vip:");
                var selector = (network.HardwareAddress, machine.Version.Minor >= 13) switch
                {
                    (null, false) => "physical: true",
                    (null, true) => "link.driver",
                    _ => network.HardwareAddress!,
                };
                text.ShouldContain(selector);
            }
        }
    }

    [Fact]
    public void A_worker_never_has_the_VIP()
    {
        foreach (var version in Versions)
        {
            var machine = TalosScene.Machine("fluodata", NodeRole.Worker, MachineConfigurationTests.VersionOf(version));
            var text = MachineConfiguration.Of(machine, TalosScene.Secrets).WriteRedacted();
            text.ShouldNotContain("vip:");
            text.ShouldNotContain("Layer2VIPConfig");
        }
    }

    [Fact]
    public void The_host_name_stands_in_exactly_one_place_and_nothing_else_makes_one()
    {
        foreach (var version in Versions)
        {
            var text = MachineConfiguration.Of(Machine("fluodata", version), TalosScene.Secrets).WriteRedacted();
            text.Split("hostname: cp-1").Length.ShouldBe(2, version);
            if (text.Contains("HostnameConfig", StringComparison.Ordinal))
            {
                text.ShouldContain("auto: \"off\"");
                text.ShouldNotContain("stableHostname");
            }
        }
    }

    [Fact]
    public void Documents_of_their_own_stand_only_where_the_version_knows_them()
    {
        var kinds = Versions.ToDictionary(version => version, version => TalosScene.Platforms
            .SelectMany(platform => MachineConfiguration.Of(Machine(platform, version), TalosScene.Secrets).Documents)
            .Select(document => ((Value.Map)document)["kind"].AsText()).OfType<string>().ToHashSet());
        kinds["1.9"].ShouldBe(["ExtensionServiceConfig"]);
        kinds["1.11"].ShouldBe(["VolumeConfig", "ExtensionServiceConfig"], ignoreOrder: true);
        kinds["1.12"].ShouldContain("HostnameConfig");
        kinds["1.12"].ShouldNotContain("LinkConfig");
        kinds["1.13"].ShouldContain("LinkConfig");
    }

    [Fact]
    public void Cilium_without_kube_proxy_reaches_the_API_server_through_KubePrism()
    {
        foreach (var version in Versions)
        {
            var text = MachineConfiguration.Of(Machine("ducktape", version), TalosScene.Secrets).WriteRedacted();
            text.ShouldContain($"kubePrism:\n      enabled: true\n      port: {KubePrism.Port}\n");
            text.ShouldContain("proxy:\n    disabled: true\n");
            text.ShouldContain("cni:\n      name: none\n");
        }
    }

    [Fact]
    public void A_talosconfig_without_endpoints_cannot_be_written()
    {
        Should.Throw<InvariantException>(() => Talosconfig.Of("talos", [], Value.Map.Empty));
        var file = Talosconfig.Of("talos", ["10.2.1.1", "10.2.1.2"], Value.MapOf(
            ("talosAuthority", "A"), ("talosCertificate", "B"), ("talosKey", new Value.Sensitive("C"))));
        YamlDocuments.Read(file.Write().AsText()!).ShouldBe(YamlDocuments.Read("""
            context: talos
            contexts:
              talos:
                endpoints: [10.2.1.1, 10.2.1.2]
                nodes: [10.2.1.1, 10.2.1.2]
                ca: QQ==
                crt: Qg==
                key: Qw==
            """));
        $"{file.Write()}".ShouldBe("(sensitive)");
    }

    [Theory]
    [InlineData("v1.8.3", "v1.31.0", "TALOS001")]
    [InlineData("v1.15.0", "v1.35.0", "TALOS001")]
    [InlineData("v1.9.2", "v1.33.0", "TALOS002")]
    [InlineData("v1.14.0", "v1.31.0", "TALOS002")]
    [InlineData("v1.9.2", "v1.32.0", null)]
    [InlineData("v1.12.4", "v1.35.1", null)]
    public void Versions_that_do_not_go_together_are_told(string talos, string kubernetes, string? code)
    {
        var machine = Machine("fluodata", "1.9") with
        {
            Version = TalosVersion.Parse(talos)!.Value,
            Kubernetes = kubernetes,
        };
        MachineChecks.Of("a", [machine], secureBoot: false).Select(problem => problem.Code)
            .ShouldBe(code is null ? [] : [code]);
    }

    [Fact]
    public void Disks_sealed_to_the_TPM_need_secure_boot()
    {
        var machine = Machine("cloudlab", "1.12");
        MachineChecks.Of("cloudlab", [machine], secureBoot: false).Single()
            .ShouldBe(TalosDiagnostics.UnsealedTpm("cloudlab"));
        MachineChecks.Of("cloudlab", [machine], secureBoot: true).ShouldBeEmpty();
    }

    [Fact]
    public void KubeSpan_without_discovery_is_told() =>
        MachineChecks.Of("talos", [Machine("ducktape", "1.12") with { Discovery = false }], false).Single()
            .ShouldBe(TalosDiagnostics.NoDiscovery("talos"));

    [Fact]
    public void A_VIP_that_is_a_machine_s_own_address_is_told()
    {
        var machine = Machine("fluodata", "1.9");
        machine = machine with { Network = machine.Network with { Addresses = ["10.10.0.9/24"] } };
        MachineChecks.Of("fluodata", [machine], false).Single().ShouldBe(TalosDiagnostics.VipIsOwn(
            "fluodata", "10.10.0.9"));
    }

    [Fact]
    public void Two_control_planes_are_told_to_be_no_safer_than_one()
    {
        var machine = Machine("fluodata", "1.9");
        MachineChecks.Of("fluodata", [machine, machine], false).Single().ShouldBe(TalosDiagnostics.EvenMembers(
            "fluodata", 2));
    }

    [Fact]
    public void A_JSON_patch_is_told()
    {
        MachineChecks.OfPatch("patches/all.yaml", YamlDocuments.Read("- {op: remove, path: /machine/env}"))
            .Single().Detail.ShouldBe("patches/all.yaml is a list of operations.");
        MachineChecks.OfPatch("patches/all.yaml", YamlDocuments.Read("machine: {}")).ShouldBeEmpty();
    }

    private static TalosMachine Machine(string platform, string version) =>
        TalosScene.Machine(platform, NodeRole.ControlPlane, MachineConfigurationTests.VersionOf(version));
}
