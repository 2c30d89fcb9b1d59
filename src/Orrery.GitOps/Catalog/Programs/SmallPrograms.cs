using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.Catalog.Networks;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Programs;

/// <summary>Programs of ours that are told little.</summary>
internal static class SmallPrograms
{
    private const int Dns = 53;
    private const int Unprivileged = 5300;
    private const int Nobody = 65534;

    // The service of a cluster's DNS has the tenth address of the services' network, of kubeadm as of Talos.
    private const string ClusterDns = "10.96.0.10";

    /// <summary>Names of the house, and of the world without what nobody wants: https://adguard.com/kb/.</summary>
    public static CatalogComponent? OfAdGuard(Setting setting) =>
        Of(setting, "adguard-home", (component, space) => new()
        {
            Name = component.Name,
            Namespace = space,
            Image = $"docker.io/adguard/adguardhome:{component.Version ?? "v0.107.77"}",
            User = Nobody,
            // It writes into its configuration what people change on its page.
            Before =
        [
            "/bin/sh", "-c",
            $"[ -e /data/AdGuardHome.yaml ] || cp {OwnProgram.FilesFolder}/AdGuardHome.yaml /data/AdGuardHome.yaml",
        ],
            Command =
        [
            "/opt/adguardhome/AdGuardHome", "--config", "/data/AdGuardHome.yaml", "--work-dir", "/data",
            "--no-check-update",
        ],
            Files = ValueMap.Of(("AdGuardHome.yaml", AdGuardConfiguration(setting))),
            Data = ("/data", "1Gi"),
            Services =
        [
            new OwnService(
                component.Name,
                [new OwnPort("dns", Dns, Unprivileged), new OwnPort("dns-udp", Dns, Unprivileged, true)],
                PoolAddresses.Of(setting.Cluster, ClusterEdge.DnsPool))
            {
                NodeAddress = PoolAddresses.NodeOf(setting.Cluster),
            },
            new OwnService($"{component.Name}-page", [new OwnPort("page", 80, 3000)]),
        ],
        });

    /// <summary>Asks the servers of the root itself: https://unbound.docs.nlnetlabs.nl/.</summary>
    public static CatalogComponent? OfUnbound(Setting setting) => Of(setting, "unbound", (component, space) => new()
    {
        Name = component.Name,
        Namespace = space,
        Image = $"docker.io/mvance/unbound:{component.Version ?? "1.22.0"}",
        User = Nobody,
        Command = ["/opt/unbound/sbin/unbound", "-d", "-c", $"{OwnProgram.FilesFolder}/unbound.conf"],
        Files = ValueMap.Of(("unbound.conf", UnboundConfiguration)),
        Services =
        [
            new OwnService(
                component.Name,
                [new OwnPort("dns", Dns, Unprivileged), new OwnPort("dns-udp", Dns, Unprivileged, true)]),
        ],
    });

    /// <summary>Queues, which things reach by MQTT: https://www.rabbitmq.com/docs/mqtt.</summary>
    public static CatalogComponent? OfRabbitMq(Setting setting)
    {
        const string Secret = "rabbitmq-user";
        var hasMqtt = setting.Component("rabbitmq")?.Option("mqtt")?.AsBool() == true;
        return Of(setting, "rabbitmq", (component, space) => new()
        {
            Name = component.Name,
            Namespace = space,
            Image = $"docker.io/library/rabbitmq:{component.Version ?? "4.2.1-management"}",
            User = 999,
            Settings = ValueMap.Of(
                ("RABBITMQ_ENABLED_PLUGINS_FILE", $"{OwnProgram.FilesFolder}/enabled_plugins"),
                // Its data are found by the node's name: the same for each pod.
                ("RABBITMQ_NODENAME", "rabbit@localhost")),
            Variables = ValueMap.Of(
                ("RABBITMQ_DEFAULT_PASS", (Secret, "password")), ("RABBITMQ_DEFAULT_USER", (Secret, "username"))),
            Files = ValueMap.Of(("enabled_plugins", hasMqtt
                ? "[rabbitmq_management,rabbitmq_mqtt,rabbitmq_prometheus].\n"
                : "[rabbitmq_management,rabbitmq_prometheus].\n")),
            Data = ("/var/lib/rabbitmq", "10Gi"),
            Services =
            [
                new OwnService(component.Name, [new OwnPort("amqp", 5672, 5672), new OwnPort("page", 15672, 15672)]),
                .. hasMqtt
                    ? (OwnService[])
                    [
                        new OwnService(
                            "mqtt", [new OwnPort("mqtt", 1883, 1883)], PoolAddresses.Of(setting.Cluster, "mqtt")),
                    ]
                    : [],
            ],
        }) is not { } made ? null : made with
        {
            Secrets =
            [
                ComponentSecret.Of(
                    Secret, ("password", new SecretSource.Password("rabbitmq")),
                    ("username", new SecretSource.Plain("orrery"))),
            ],
        };
    }

    /// <summary>Says who asked, and so that everything in front of it works.</summary>
    public static CatalogComponent? OfTestApp(Setting setting) => Of(setting, "test-app", (component, space) => new()
    {
        Name = component.Name,
        Namespace = space,
        Image = $"docker.io/traefik/whoami:{component.Version ?? "v1.11.0"}",
        User = Nobody,
        Command = ["/whoami", "--port", "8080"],
        Services = [new OwnService(component.Name, [new OwnPort("http", 80, 8080)])],
        Web = Web.Of(setting, "test"),
    });

    private static CatalogComponent? Of(Setting setting, string name, Func<Component, string, OwnProgram> make)
    {
        if (setting.Component(name) is not { } component)
            return null;
        var program = make(component, component.Namespace ?? name);
        return new CatalogComponent
        {
            Name = name,
            Namespace = program.Namespace,
            By = DeliveredBy.GitOps,
            Objects = program.Objects,
            Requires =
            [
                .. program.Data is null ? [] : StorageCharts.ClaimsOf(setting),
                .. Web.Needs(program.Web),
            ],
        };
    }

    private static string AdGuardConfiguration(Setting setting)
    {
        var upstream = setting.Component("unbound") is { } unbound
            ? $"unbound.{unbound.Namespace ?? "unbound"}.svc.cluster.local"
            : "https://dns.quad9.net/dns-query";
        return $"""
            http:
              address: 0.0.0.0:3000
            dns:
              bind_hosts:
              - 0.0.0.0
              port: {Unprivileged}
              upstream_dns:
              - {upstream}
              bootstrap_dns:
              - {ClusterDns}
            schema_version: 29

            """;
    }

    /// <summary>Whoever is in the cluster or its networks may ask.</summary>
    private static string UnboundConfiguration => $"""
        server:
            interface: 0.0.0.0
            port: {Unprivileged}
            access-control: 10.0.0.0/8 allow
            access-control: 172.16.0.0/12 allow
            access-control: 192.168.0.0/16 allow
            username: ""
            chroot: ""
            pidfile: ""
            directory: "{OwnProgram.FilesFolder}"
            do-daemonize: no
            use-syslog: no
            logfile: ""

        """;
}
