using Orrery.Engine.Ports;
using Orrery.Providers.Talos.Api;
using Orrery.Simulation.Talos;

namespace Orrery.Tests.Simulation.Talos;

/// <summary>Machines learn of each other, and say how they stand to each other, as Talos' KubeSpan does.</summary>
public sealed class KubeSpanMeshTests
{
    private const string Discovery = "  secret: cluster-secret\n  discovery: { enabled: true }\n";
    private const string KubeSpan = "    kubespan: { enabled: true }\n";

    private readonly TalosMachineScene _scene = new();

    [Fact]
    public void Machines_are_up_to_each_other_half_a_minute_after_both_run()
    {
        Begin("11");
        Peers("11").ShouldBeEmpty();
        Begin("12");
        Peers("11").ShouldHaveSingleItem().ShouldBe(
            new KubeSpanPeer("node-12", KubeSpanState.Unknown, "10.0.0.12:51820"));

        _scene.Pass(TimeSpan.FromSeconds(31));

        Peers("11").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Up);
        Peers("12").ShouldHaveSingleItem().ShouldBe(
            new KubeSpanPeer("node-11", KubeSpanState.Up, "10.0.0.11:51820"));
    }

    [Fact]
    public void Machines_between_which_the_port_is_closed_are_down_to_each_other_until_it_is_opened()
    {
        _scene.Park.KubeSpan.Block("node-12", "node-11");
        Begin("11");
        Begin("12");
        _scene.Pass(TimeSpan.FromSeconds(31));
        Peers("11").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Down);
        Peers("12").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Down);

        _scene.Park.KubeSpan.Open();
        Peers("11").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Down, "it looks again in half a minute");
        _scene.Pass(TimeSpan.FromSeconds(31));

        Peers("11").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Up);
    }

    [Fact]
    public void A_machine_that_goes_off_is_up_for_some_minutes_down_for_half_an_hour_and_then_forgotten()
    {
        Begin("11");
        var other = Begin("12");
        _scene.Pass(TimeSpan.FromMinutes(1));

        other.PowerOff();
        Peers("11").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Up);
        _scene.Pass(TimeSpan.FromMinutes(5));
        Peers("11").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Down);
        _scene.Pass(TimeSpan.FromMinutes(26));
        Peers("11").ShouldBeEmpty();

        other.PowerOn();
        _scene.Pass(TimeSpan.FromMinutes(2));
        Peers("11").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Up);
    }

    [Fact]
    public void A_machine_that_is_reset_is_forgotten_at_once_and_comes_back_as_another_one()
    {
        Begin("11");
        var other = Begin("12");
        _scene.Pass(TimeSpan.FromMinutes(1));
        var key = other.Installation!.KubeSpanKey;

        _scene.Time.Run(() => _scene.Client("10.0.0.12").ResetAsync(
            new ResetOrder { IsGraceful = false, Reboots = true, Partitions = ["STATE", "EPHEMERAL"] }, default));
        _scene.Pass(TimeSpan.FromMinutes(1));
        Peers("11").ShouldBeEmpty();

        _scene.Time.Run(() => _scene.Maintenance(other).ApplyAsync(
            ConfigurationOf("12", Discovery), ApplyMode.Auto, false, null, default));
        _scene.Pass(TimeSpan.FromMinutes(2));
        Peers("11").ShouldHaveSingleItem().State.ShouldBe(KubeSpanState.Up);
        other.Installation!.KubeSpanKey.ShouldNotBe(key);
    }

    [Fact]
    public void Machines_without_it_or_without_discovery_are_nobodys_peers()
    {
        Begin("11");
        Begin("12", _scene.Configuration("node-12") + Discovery);
        Begin("13", Newer("13", "  discovery: { enabled: false }\n"));
        Begin("14", Newer("14", Discovery));

        _scene.Pass(TimeSpan.FromMinutes(1));

        Peers("11").ShouldHaveSingleItem().Label.ShouldBe("node-14");
        Peers("12").ShouldBeEmpty();
        Peers("13").ShouldBeEmpty();
        Peers("14").ShouldHaveSingleItem().Label.ShouldBe("node-11");
    }

    [Fact]
    public void A_configuration_that_turns_it_on_without_discovery_is_refused()
    {
        var node = _scene.Start("11", "10.0.0.11");
        _scene.Pass(TimeSpan.FromSeconds(25));

        Should.Throw<ProviderException>(() => _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(
            ConfigurationOf("11", ""), ApplyMode.Auto, false, null, default))).Message
            .ShouldContain(".cluster.discovery should be enabled when .machine.network.kubespan is enabled");
    }

    [Fact]
    public void A_reader_may_look_and_a_machine_in_maintenance_mode_has_no_peers()
    {
        var node = _scene.Start("11", "10.0.0.11");
        _scene.Pass(TimeSpan.FromSeconds(25));
        _scene.Time.Run(() => _scene.Maintenance(node).KubeSpanPeersAsync(default)).ShouldBeEmpty();

        Begin("12");
        Begin("13");
        var (certificate, key) = _scene.OsAuthority.Client("os:reader");
        _scene.Time.Run(() => _scene.Client("10.0.0.12", new TalosIdentity(certificate, key))
            .KubeSpanPeersAsync(default)).ShouldHaveSingleItem().Label.ShouldBe("node-13");
    }

    private IReadOnlyList<KubeSpanPeer> Peers(string id) =>
        [.. _scene.Time.Run(() => _scene.Client($"10.0.0.{id}").KubeSpanPeersAsync(default))];

    private TalosNode Begin(string id, string? configuration = null)
    {
        var node = _scene.Start(id, $"10.0.0.{id}", "v1.13.0");
        _scene.Pass(TimeSpan.FromSeconds(25));
        _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(
            configuration ?? ConfigurationOf(id, Discovery), ApplyMode.Auto, false, null, default));
        while (!node.IsApidUp)
            _scene.Pass(TimeSpan.FromSeconds(1));
        return node;
    }

    /// <summary>As machines are told since Talos 1.13.</summary>
    private string Newer(string id, string discovery) => _scene.Configuration(
        $"node-{id}", image: $"factory.talos.dev/installer/{TalosMachineScene.Schematic}:v1.13.0")
        + discovery + "---\napiVersion: v1alpha1\nkind: KubeSpanConfig\nenabled: true\n";

    private string ConfigurationOf(string id, string discovery) => _scene.Configuration($"node-{id}")
        .Replace("    interfaces:", KubeSpan + "    interfaces:", StringComparison.Ordinal) + discovery;
}
