using System.Text.Json.Nodes;
using Orrery.Simulation.K3s;
using Orrery.Simulation.K3s.Ingress;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Machines.Files;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Simulation.K3s;

public class TraefikTests
{
    private const string Host = "app.example.org";

    private const string Setup = "mkdir -p /data && mount /dev/disk/by-id/scsi-0HC_Volume_7 /data && mkdir -p "
        + "/data/traefik && chown 65532:65532 /data/traefik && chmod 0700 /data/traefik && touch "
        + "/data/traefik/acme.json && chown 65532:65532 /data/traefik/acme.json && chmod MODE /data/traefik/acme.json";

    private const string App = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: app
          namespace: default
        spec:
          selector: {matchLabels: {app: app}}
          template:
            metadata: {labels: {app: app}}
            spec:
              containers: [{name: main, image: ghcr.io/example/app:1}]
        """;

    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata:
          name: app
          namespace: default
        spec:
          ports: [{port: 80}]
          selector: {app: app}
        """;

    private const string Ingress = """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: app
          namespace: default
        spec:
          rules:
          - host: app.example.org
            http:
              paths:
              - path: /
                pathType: Prefix
                backend: {service: {name: app, port: {number: 80}}}
        """;

    [Fact]
    public void A_certificate_is_ordered_once_and_a_rebuilt_cluster_finds_it()
    {
        var (disk, world) = (Disk(), new ClustersOptions());
        var scene = Start(world, disk);
        world.LetsEncrypt.OrdersOf(Host).ShouldBe(1);
        scene.Cluster.Machine.PermissionsOf("/data/traefik/acme.json").ShouldBe((0x180, 65532, 65532));
        scene.Park.Delete("1");
        // Cut off at once: the certificate was on the disk already.
        Start(world, disk);
        world.LetsEncrypt.OrdersOf(Host).ShouldBe(1);
        Start(world, Disk());
        world.LetsEncrypt.OrdersOf(Host).ShouldBe(2);
    }

    [Fact]
    public void A_store_that_others_may_read_is_refused()
    {
        var world = new ClustersOptions();
        var scene = Start(world, Disk(), "0644");
        world.LetsEncrypt.Orders.ShouldBeEmpty();
        scene.Cluster.TraefikErrors.ShouldHaveSingleItem()
            .ShouldContain("permissions 644 for /data/acme.json are too open, please use 600");
    }

    [Fact]
    public void The_sixth_certificate_of_a_week_is_refused()
    {
        var world = new ClustersOptions();
        for (var i = 0; i < 5; i++)
            Start(world, Disk()).Cluster.TraefikErrors.ShouldBeEmpty();
        Start(world, Disk()).Cluster.TraefikErrors.ShouldHaveSingleItem().ShouldContain("too many certificates (5)");
        world.LetsEncrypt.OrdersOf(Host).ShouldBe(5);
    }

    [Fact]
    public void A_registered_domain_gets_fifty_certificates_a_week()
    {
        var authority = new LetsEncrypt();
        for (var i = 0; i < 50; i++)
            authority.Order($"a{i}.example.org", TimeSpan.Zero).Problem.ShouldBeNull();
        authority.Order("b.example.org", TimeSpan.Zero).Problem.ShouldNotBeNull().ShouldContain("\"example.org\"");
        authority.Order("b.example.com", TimeSpan.Zero).Problem.ShouldBeNull();
        authority.Order("b.example.org", TimeSpan.FromDays(7)).Problem.ShouldBeNull();
    }

    [Fact]
    public void A_host_answers_while_everything_on_the_way_to_its_backend_is_there()
    {
        var scene = Start(new ClustersOptions(), Disk());
        bool Answers() => scene.Cluster.Answers(Host, "203.0.113.1");
        Answers().ShouldBeTrue();
        scene.Cluster.Answers(Host, "203.0.113.9").ShouldBeFalse();
        scene.Cluster.Answers("other.example.org", "203.0.113.1").ShouldBeFalse();
        scene.Apply(App.Replace("spec:\n  selector", "spec:\n  replicas: 0\n  selector", StringComparison.Ordinal));
        scene.Wait(20);
        Answers().ShouldBeFalse();
        scene.Apply(App.Replace("spec:\n  selector", "spec:\n  replicas: 1\n  selector", StringComparison.Ordinal));
        scene.Wait(30);
        Answers().ShouldBeTrue();
        scene.Ssh("systemctl stop k3s");
        Answers().ShouldBeFalse();
    }

    [Fact]
    public void An_Ingress_says_where_the_Service_of_Traefik_is_found()
    {
        var scene = Start(new ClustersOptions(), Disk());
        var service = scene.Get("v1", "Service", "kube-system", "traefik").At("status", "loadBalancer", "ingress");
        var told = scene.Get("networking.k8s.io/v1", "Ingress", "default", "app")
            .At("status", "loadBalancer", "ingress") as JsonArray;
        told.ShouldNotBeNull().ShouldHaveSingleItem().TextAt("ip").ShouldBe("203.0.113.1");
        (service as JsonArray)?[0].TextAt("ip").ShouldBe("203.0.113.1");
    }

    private static VolumeDisk Disk()
    {
        var disk = new VolumeDisk(7, 10_000_000_000);
        disk.Format("ext4");
        return disk;
    }

    private static ClusterScene Start(ClustersOptions world, VolumeDisk disk, string mode = "0600")
    {
        var traefik = SourceTree.Read("tests/Orrery.Tests/Golden/Bootstrap/machine/orrery-traefik.yaml");
        var scene = new ClusterScene(world).Boot(
            manifests: [("orrery-traefik.yaml", traefik)], volume: disk,
            setup: Setup.Replace("MODE", mode, StringComparison.Ordinal));
        scene.Wait(30);
        foreach (var item in new[] { App, Service, Ingress })
            scene.Apply(item);
        scene.Wait(60);
        return scene;
    }
}
