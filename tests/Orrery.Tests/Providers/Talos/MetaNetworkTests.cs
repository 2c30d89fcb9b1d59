using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Tests.Providers.Talos;

public class MetaNetworkTests
{
    private static readonly TalosNetwork Network = new()
    {
        Addresses = ["10.2.1.1/16"],
        Gateway = "10.2.0.1",
        Nameservers = ["1.1.1.1"],
    };

    [Fact]
    public void It_says_what_the_guide_of_Talos_shows()
    {
        var (key, value) = MetaNetwork.Of(Network, "controlplane0");
        key.ShouldBe((byte)10);
        value.ShouldNotContain(" ");
        YamlDocuments.Read(value).ShouldBe(YamlDocuments.Read("""
            addresses:
            - address: 10.2.1.1/16
              linkName: eth0
              family: inet4
              scope: global
              flags: permanent
              layer: platform
            links:
            - name: eth0
              up: true
              layer: platform
            routes:
            - family: inet4
              gateway: 10.2.0.1
              outLinkName: eth0
              table: main
              priority: 1024
              scope: global
              type: unicast
              protocol: static
              layer: platform
            hostnames:
            - hostname: controlplane0
              layer: platform
            resolvers:
            - dnsServers: [1.1.1.1]
              layer: platform
            """));
    }

    [Fact]
    public void The_kernel_calls_the_card_as_META_does()
    {
        var schematic = BakedImage.Of(["tailscale"], Network, "controlplane0");
        schematic.KernelArguments.ShouldBe(["net.ifnames=0"]);
        schematic.Meta.ShouldBe([MetaNetwork.Of(Network, "controlplane0")]);
        BakedImage.Of(["tailscale"]).ShouldBe(new Schematic { Extensions = ["tailscale"] });
    }

    [Fact]
    public void Another_family_of_addresses_is_told() =>
        MetaNetwork.Of(Network with { Addresses = ["2001:db8::5/64"], Gateway = "2001:db8::1" }, "a").Value
            .Split("\"inet6\"").Length.ShouldBe(3);

    [Fact]
    public void On_any_platform_but_metal_it_would_not_be_read()
    {
        MetaNetwork.Check("talos", "metal", Network).ShouldBeEmpty();
        MetaNetwork.Check("talos", "nocloud", Network).Single()
            .ShouldBe(TalosDiagnostics.MetaUnread("talos", "nocloud"));
    }

    [Fact]
    public void A_network_without_addresses_cannot_be_baked_in()
    {
        MetaNetwork.Check("talos", "metal", new TalosNetwork()).Single().Code.ShouldBe("TALOS004");
        Should.Throw<InvariantException>(() => MetaNetwork.Of(new TalosNetwork(), "a"));
    }
}
