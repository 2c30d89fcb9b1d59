using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Yaml;
using Orrery.Providers.Clusters;

namespace Orrery.Tests.Model;

/// <summary>What the declarations of Talos on Proxmox mean.</summary>
public sealed class TalosPlatformTests
{
    private const string Addresses = "    addresses: [10.10.0.254, 10.10.0.30-10.10.0.31]";

    [Fact]
    public void A_declared_single_node_is_a_machine_to_measure_with_its_address()
    {
        var cluster = Meant("cloudlab").Clusters["cloudlab"];

        var pool = cluster.NodePools["node"];
        pool.Size.ShouldBe(new MachineSize(4, new(16L << 30), new(100L << 30)));
        pool.Addresses.ShouldBe(["192.168.1.50"]);
        pool.Schedulable.ShouldBeTrue();
        pool.Types.ShouldBeEmpty();
        cluster.Network.WithPrefix("192.168.1.50").ShouldBe("192.168.1.50/24");
        cluster.Network.WithPrefix("10.0.0.1").ShouldBeNull();
        cluster.Network.Gateway.ShouldBe("192.168.1.1");

        var talos = cluster.Distribution.ShouldBeOfType<Distribution.Talos>();
        talos.Extensions.ShouldBe(["nfs-mount", "qemu-guest-agent"]);
        (talos.SecureBoot, talos.EncryptsState, talos.EncryptsEphemeral).ShouldBe((true, true, true));
        talos.Image.ShouldBe(new TalosImage("nocloud", "raw", HasNetwork: false));

        var proxmox = cluster.Infrastructure.ShouldBeOfType<Infrastructure.Proxmox>();
        proxmox.Trust.ShouldNotBeNull().Fingerprint.ShouldNotBeNull().ShouldStartWith("86:5F:");
        proxmox.Hosts.ShouldBe(["pve"]);
        proxmox.Bridge.ShouldBe("vmbr0");
    }

    [Fact]
    public void Ranges_of_addresses_are_given_to_the_nodes_in_order()
    {
        var cluster = Meant("ducktape").Clusters["talos"];

        cluster.NodePools["controlplane"].Addresses.ShouldBe(["10.2.1.1", "10.2.1.2", "10.2.1.3"]);
        cluster.NodePools["worker"].Addresses.ShouldBe(["10.2.2.1", "10.2.2.2"]);
        cluster.Network.ApiServer.ShouldBe(new VirtualAddress("10.2.3.1", VirtualAddressOwner.KubeVip));
        cluster.Network.Cilium.ShouldBe(new Cilium(ReplacesKubeProxy: true, Hubble: false, IsHandedOver: false));
        var balancer = cluster.Network.LoadBalancer.ShouldNotBeNull();
        balancer.By.ShouldBe(LoadBalancerKind.MetalLb);
        balancer.Pools["services"].ShouldBe(["10.2.3.4-10.2.3.20"]);
        var proxmox = cluster.Infrastructure.ShouldBeOfType<Infrastructure.Proxmox>();
        proxmox.Users["csi"].ShouldBe(ProxmoxRole.Csi);
        proxmox.Bootstrap.ShouldBe("root@atlas");
    }

    [Theory]
    [InlineData("cloudlab", "cloudlab", "https://192.168.1.50:6443/")]
    [InlineData("ducktape", "talos", "https://10.2.3.1:6443/")]
    public void The_API_server_is_reached_at_its_address_by_everybody(string example, string name, string server)
    {
        var platform = Meant(example);

        new RecordedMachines(platform.Clusters[name], Recorded.Nothing(platform.Id)).PublicServer
            .ShouldBe(new Uri(server));
    }

    [Theory]
    [InlineData(null, "10.10.0.20 10.10.0.21")]
    [InlineData("dedicated", "10.10.0.20")]
    public void A_profile_changes_who_is_there(string? profile, string workers)
    {
        var cluster = Meant("fluodata", profile).Clusters["fluodata"];

        cluster.NodePools["worker"].Addresses.ShouldBe(workers.Split(' '));
        cluster.NodePools["worker"].Volumes["longhorn"].Retain.ShouldBeTrue();
        cluster.Network.ReservesInDnsmasq.ShouldBeTrue();
    }

    [Fact]
    public void Pools_that_name_no_addresses_take_those_of_the_cluster_in_order()
    {
        var platform = Meant("fluodata", profile: null, text => text
            .Replace(", addresses: [10.10.0.10] }", " }", StringComparison.Ordinal)
            .Replace("addresses: [10.10.0.20-10.10.0.21], ", "", StringComparison.Ordinal)
            .Replace("gateway: 10.10.0.1\n", $"gateway: 10.10.0.1\n{Addresses}\n", StringComparison.Ordinal));

        var pools = platform.Clusters["fluodata"].NodePools;
        pools["cp"].Addresses.ShouldBe(["10.10.0.254"]);
        pools["worker"].Addresses.ShouldBe(["10.10.0.30", "10.10.0.31"]);
    }

    /// <summary>Without the refusal of what cannot be made yet.</summary>
    internal static Platform Meant(string example, string? profile = null, Func<string, string>? change = null)
    {
        var file = ExampleDeclarations.Create(
            example, ["age10nqexd2jhs7vgz0gj0f77c4kut6td6e5l83za4xfpelkam7y4qys22gxmm"], "x.json");
        var problems = new Problems();
        var source = file with { Text = change?.Invoke(file.Text) ?? file.Text };
        var documents = DocumentReader.Read([.. YamlReader.Read(new SourceText(source, 0), problems)], problems);
        var declared = Inheritance.Apply(documents, profile, problems);
        return PlatformResolver.Resolve(declared).ShouldNotBeNull();
    }
}
