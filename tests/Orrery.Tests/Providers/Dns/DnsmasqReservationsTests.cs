using System.Text;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Providers.Dns;
using Orrery.Providers.Talos;
using Orrery.Simulation.Dns;
using Orrery.Tests.Programs;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Providers.Dns;

/// <summary>Reservations for dnsmasq, and what dnsmasq and a simulated one make of them.</summary>
public sealed class DnsmasqReservationsTests
{
    private const string Declared = "tests/Orrery.Tests/Rehearsal/Dhcp/platform.yaml";

    [Fact]
    public void Each_node_has_its_address_and_name_by_its_card_and_what_moves_is_handed_to_nobody()
    {
        var cluster = ClusterOf(Read(Declared));
        string Mac(string node) => HardwareAddresses.Of("talos", node);

        DnsmasqReservations.Of(cluster).ShouldBe(
            $"""
            # The nodes of the cluster 'talos', for dnsmasq. Written by Orrery.
            dhcp-host={Mac("cp-0")},10.10.0.10,cp-0,24h
            host-record=cp-0,cp-0.talos,10.10.0.10
            dhcp-host={Mac("worker-0")},10.10.0.20,worker-0,24h
            host-record=worker-0,worker-0.talos,10.10.0.20
            dhcp-host={Mac("worker-1")},10.10.0.21,worker-1,24h
            host-record=worker-1,worker-1.talos,10.10.0.21
            host-record=api.talos,10.10.0.9
            # Addresses that move between nodes: kept for a client that there is not, so handed to nobody.
            dhcp-host=id:orrery-talos-10.10.0.9,10.10.0.9

            """);
    }

    [Fact]
    public void A_cluster_that_asks_for_none_gets_none() => DnsmasqReservations.Of(ClusterOf(Read(Declared).Replace(
        "dhcpReservations: { dnsmasq: }, ", "", StringComparison.Ordinal))).ShouldBeEmpty();

    [Fact]
    public async Task Dnsmasq_reads_them()
    {
        (await TestAsync(DnsmasqReservations.Of(WithPools()))).ShouldBeTrue();
        (await TestAsync("dhcp-host=bc:24:11:00:00:01,10.10.0.300.1,a b,24h\n")).ShouldBeFalse();
    }

    [Fact]
    public void The_simulated_one_gives_what_is_reserved()
    {
        var server = new DnsmasqServer(DnsmasqReservations.Of(WithPools()));

        server.LeaseOf(HardwareAddresses.Of("talos", "worker-1")).ShouldBe(new DhcpLease("10.10.0.21", "worker-1"));
        server.LeaseOf("bc:24:11:00:00:00").ShouldBeNull();
        server.AddressOf("worker-0.talos").ShouldBe("10.10.0.20");
        server.AddressOf("api.talos").ShouldBe("10.10.0.9");
    }

    [Theory]
    [InlineData("dhcp-hosts=bc:24:11:00:00:01,10.0.0.1", "bad option")]
    [InlineData("dhcp-host=bc:24:11:00:00:01,10.0.0.1\ndhcp-host=bc:24:11:00:00:02,10.0.0.1", "duplicate dhcp-host")]
    [InlineData("dhcp-host=bc:24:11:00:00:01,10.0.0.1,a b", "bad dhcp-host")]
    [InlineData("host-record=10.0.0.1", "Bad host-record")]
    public async Task What_dnsmasq_refuses_the_simulated_one_refuses(string configuration, string reason)
    {
        Should.Throw<FormatException>(() => new DnsmasqServer(configuration)).Message.ShouldContain(reason);
        (await TestAsync(configuration + "\n")).ShouldBeFalse();
    }

    private static Cluster WithPools()
    {
        var cluster = ClusterOf(Read(Declared));
        var pools = ValueMap.Of<ValueList<string>>(
            ("ingress", ["10.10.0.100-10.10.0.110"]), ("elsewhere", ["10.99.0.1"]));
        return cluster with
        {
            Network = cluster.Network with { LoadBalancer = new LoadBalancer(LoadBalancerKind.MetalLb, pools) },
        };
    }

    private static string Read(string path) => SourceTree.Read(path);

    private static Cluster ClusterOf(string text)
    {
        var read = Declaration.Read([new SourceFile("platform.yaml", text)], null);
        return read.Value.ShouldNotBeNull(string.Join('\n', read.Diagnostics)).Clusters["talos"];
    }

    private static Task<bool> TestAsync(string configuration) => DebianProgram.AcceptsAsync(
        "dnsmasq", Encoding.UTF8.GetBytes(configuration), "--test", "--conf-file=-");
}
