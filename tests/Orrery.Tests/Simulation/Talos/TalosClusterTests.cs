using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Talos.Api;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Talos;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation.Talos;

public sealed class TalosClusterTests
{
    private readonly TalosMachineScene _scene = new();

    [Fact]
    public void Etcd_begins_once_on_one_node_and_the_others_join()
    {
        var nodes = Three();
        Refusal(() => _scene.Client("10.0.0.11").EtcdMembersAsync(default)).Message
            .ShouldContain("etcd is not running");

        _scene.Time.Run(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default));
        Refusal(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default)).Message
            .ShouldContain("etcd data directory is not empty (ALREADY_EXISTS)");
        Refusal(() => _scene.Client("10.0.0.12").BootstrapAsync(false, default)).Code.ShouldBe(ProviderErrorCode.Conflict);
        _scene.Pass(TimeSpan.FromMinutes(2));

        var members = _scene.Time.Run(() => _scene.Client("10.0.0.12").EtcdMembersAsync(default));
        members.Select(member => member.Hostname).ShouldBe(["node-11", "node-12", "node-13"], ignoreOrder: true);
        members.ShouldAllBe(member => !member.IsLearner);
        _scene.Time.Run(() => _scene.Client("10.0.0.13").EtcdStatusAsync(default)).LeaderId.ShouldBeGreaterThan(0UL);
        _scene.Time.Run(() => _scene.Client("10.0.0.11").ConditionAsync(default)).IsReady.ShouldBeTrue();
        nodes.ShouldAllBe(node => _scene.Park.KubernetesAt(node.Address!) != null);
        _scene.Park.KubernetesAt("10.0.0.5").ShouldNotBeNull();
    }

    [Fact]
    public void A_machine_that_is_not_far_enough_cannot_begin_etcd()
    {
        var node = _scene.Start("11", "10.0.0.11");
        _scene.Pass(TimeSpan.FromSeconds(25));
        _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(
            _scene.Configuration("a"), ApplyMode.Auto, false, null, default));
        while (!node.Answers || node.Settings is null)
            _scene.Pass(TimeSpan.FromSeconds(1));

        Refusal(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default)).Message
            .ShouldContain("bootstrap is not available yet (FAILED_PRECONDITION)");
    }

    [Fact]
    public void Losing_one_of_three_moves_the_address_and_losing_two_stops_the_API()
    {
        var nodes = Three();
        _scene.Time.Run(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default));
        _scene.Pass(TimeSpan.FromMinutes(2));

        nodes[0].PowerOff();
        _scene.Park.KubernetesAt("10.0.0.5").ShouldBeNull();
        _scene.Pass(TimeSpan.FromSeconds(10));
        _scene.Park.KubernetesAt("10.0.0.5").ShouldNotBeNull();

        nodes[1].PowerOff();
        _scene.Pass(TimeSpan.FromSeconds(10));
        _scene.Park.KubernetesAt("10.0.0.13").ShouldBeNull();
        Refusal(() => _scene.Client("10.0.0.13").EtcdMembersAsync(default)).Message.ShouldContain("no leader");

        nodes[1].PowerOn();
        _scene.Pass(TimeSpan.FromMinutes(2));
        _scene.Park.KubernetesAt("10.0.0.5").ShouldNotBeNull();
    }

    [Fact]
    public void A_member_is_taken_out_only_where_enough_are_left()
    {
        var nodes = Three();
        _scene.Time.Run(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default));
        _scene.Pass(TimeSpan.FromMinutes(2));
        nodes[2].PowerOff();
        var members = _scene.Time.Run(() => _scene.Client("10.0.0.11").EtcdMembersAsync(default));
        var gone = members.Single(member => member.Hostname == "node-13").Id;
        var healthy = members.Single(member => member.Hostname == "node-12").Id;

        Refusal(() => _scene.Client("10.0.0.11").RemoveEtcdMemberAsync(healthy, default)).Message
            .ShouldContain("not enough started members");
        _scene.Time.Run(() => _scene.Client("10.0.0.11").RemoveEtcdMemberAsync(gone, default));
        Refusal(() => _scene.Client("10.0.0.11").RemoveEtcdMemberAsync(gone, default)).Code
            .ShouldBe(ProviderErrorCode.NotFound);
    }

    [Fact]
    public void A_snapshot_is_streamed_and_a_leader_gives_way()
    {
        Three();
        _scene.Time.Run(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default));
        _scene.Pass(TimeSpan.FromMinutes(2));

        var (length, written) = _scene.Time.Run(async () =>
        {
            using var snapshot = new MemoryStream();
            var told = await _scene.Client("10.0.0.11").EtcdSnapshotAsync(snapshot, default);
            return (told, snapshot.Length);
        });

        length.ShouldBeGreaterThan(1000);
        written.ShouldBe(length);
        var before = _scene.Time.Run(() => _scene.Client("10.0.0.11").EtcdStatusAsync(default));
        before.LeaderId.ShouldBe(before.MemberId);
        _scene.Time.Run(() => _scene.Client("10.0.0.11").ForfeitEtcdLeadershipAsync(default));
        _scene.Time.Run(() => _scene.Client("10.0.0.11").EtcdStatusAsync(default)).LeaderId
            .ShouldNotBe(before.MemberId);
    }

    [Fact]
    public void The_kubeconfig_opens_the_API_server_and_another_one_does_not()
    {
        Three();
        _scene.Time.Run(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default));
        _scene.Pass(TimeSpan.FromMinutes(2));

        var text = _scene.Time.Run(() => _scene.Client("10.0.0.11").KubeconfigAsync(default));

        var connection = new Connection
        {
            Server = new Uri("https://10.0.0.5:6443"),
            CertificateAuthority = Field(text, "certificate-authority-data"),
            ClientCertificate = Field(text, "client-certificate-data"),
            ClientKey = Field(text, "client-key-data"),
        };
        text.ShouldContain("server: https://10.0.0.5:6443\n");
        StatusOf(connection).ShouldBe(200);
        StatusOf(connection with { ClientCertificate = _scene.Administrator.Certificate }).ShouldBe(0);
        StatusOf(connection with { CertificateAuthority = _scene.OsAuthority.Certificate }).ShouldBe(0);
        using var pair = X509Certificate2.CreateFromPem(connection.ClientCertificate, connection.ClientKey);
        pair.Subject.ShouldBe("O=system:masters, CN=admin");
    }

    private int StatusOf(Connection connection) => _scene.Park.At(connection).Handle(
        new WorldRequest { Method = "GET", Path = "/version" }, _scene.Time.Now).Status;

    private static string Field(string kubeconfig, string name)
    {
        var line = kubeconfig.Split('\n').Single(each => each.Contains($"{name}: ", StringComparison.Ordinal));
        return Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(": ")[1].Trim()));
    }

    [Fact]
    public void Nodes_are_ready_once_a_network_runs_on_them_and_their_requests_wait_for_approval()
    {
        Three();
        _scene.Configured("21", "10.0.0.21", "worker");
        _scene.Time.Run(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default));
        _scene.Pass(TimeSpan.FromMinutes(2));
        var store = _scene.Park.KubernetesAt("10.0.0.5")!.Api.Store;
        store.List("v1", "Node").Count.ShouldBe(4);
        store.List("v1", "Node").ShouldAllBe(node => ReadyOf(node) == "False");
        store.List("certificates.k8s.io/v1", "CertificateSigningRequest").Count.ShouldBe(4);

        store.Create(Cilium(), new WriteOptions { Manager = "test" });
        _scene.Pass(TimeSpan.FromMinutes(1));

        store.List("v1", "Node").ShouldAllBe(node => ReadyOf(node) == "True");
        store.List("v1", "Pod").Where(pod => pod["metadata"]!["annotations"]?["kubernetes.io/config.mirror"] is null)
            .Select(pod => $"{pod["spec"]!["nodeName"]}").Order(StringComparer.Ordinal)
            .ShouldBe(["node-11", "node-12", "node-13", "node-21"]);
        var worker = store.Get("v1", "Node", "", "node-21")!;
        worker["metadata"]!["labels"]!["extensions.talos.dev/iscsi-tools"].ShouldNotBeNull();

        _scene.Park.Find("10.0.0.21")!.PowerOff();
        _scene.Pass(TimeSpan.FromMinutes(1));
        ReadyOf(store.Get("v1", "Node", "", "node-21")!).ShouldBe("Unknown");
    }

    [Fact]
    public void A_card_that_is_called_otherwise_never_gets_the_shared_address()
    {
        var node = _scene.Start("11", "10.0.0.11");
        _scene.Pass(TimeSpan.FromSeconds(25));
        var text = _scene.Configuration("a")
            .Replace("- deviceSelector:\n          physical: true", "- interface: eth0", StringComparison.Ordinal);
        text.ShouldContain("interface: eth0");
        _scene.Time.Run(() => _scene.Maintenance(node).ApplyAsync(text, ApplyMode.Auto, false, null, default));
        _scene.Pass(TimeSpan.FromMinutes(2));
        _scene.Time.Run(() => _scene.Client("10.0.0.11").BootstrapAsync(false, default));
        _scene.Pass(TimeSpan.FromMinutes(2));

        _scene.Park.KubernetesAt("10.0.0.11").ShouldNotBeNull();
        _scene.Park.KubernetesAt("10.0.0.5").ShouldBeNull();
    }

    private TalosNode[] Three() =>
        [.. new[] { "11", "12", "13" }.Select(id => _scene.Configured(id, $"10.0.0.{id}"))];

    private static string? ReadyOf(JsonObject node) => node["status"]!["conditions"]!.AsArray()
        .Single(each => $"{each!["type"]}" == "Ready")!["status"]!.ToString();

    private static JsonObject Cilium() => JsonNode.Parse("""
        {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"cilium","namespace":"kube-system"},
         "spec":{"selector":{"matchLabels":{"app":"cilium"}},"template":{"metadata":{"labels":{"app":"cilium"}},
          "spec":{"hostNetwork":true,"tolerations":[{"operator":"Exists"}],
           "containers":[{"name":"agent","image":"quay.io/cilium/cilium:v1.17.0"}]}}}}
        """)!.AsObject();

    private ProviderException Refusal(Func<Task> call) =>
        Should.Throw<ProviderException>(() => _scene.Time.Run(call));

    private ProviderException Refusal<T>(Func<Task<T>> call) =>
        Should.Throw<ProviderException>(() => _scene.Time.Run(call));
}
