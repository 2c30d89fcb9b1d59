using System.Net;
using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.Catalog.Networks;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Programs;

/// <summary>
/// PowerDNS, which answers for the platform's domain and changes its records by its API. The zone is made once with
/// what it begins with; from then on it is people's and programs'. https://doc.powerdns.com/authoritative/
/// </summary>
internal static class PowerDns
{
    public const string Name = "powerdns";

    /// <summary>The Service with the API, at <see cref="ApiPort"/>.</summary>
    public const string Api = "powerdns-api";

    public const int ApiPort = 8081;

    /// <summary>The Secret, in the namespace, with what the API asks for.</summary>
    public const string ApiKeySecret = "powerdns-api-key";

    public const string ApiKey = "api-key";

    private const string TransferSecret = "powerdns-transfer-key";
    private const string UpdateSecret = "powerdns-update-key";
    private const string KeyFolder = "/run/orrery";

    // https://github.com/PowerDNS/pdns/blob/master/Dockerfile-auth: its user, and where its database is.
    private const string Image = "docker.io/powerdns/pdns-auth-49:4.9.14";
    private const int User = 953;
    private const string Database = "/var/lib/powerdns/pdns.sqlite3";

    private const int Dns = 53;
    private const int Unprivileged = 5300;

    public static CatalogComponent? Of(Setting setting)
    {
        if (setting.Component(Name) is not { } component)
            return null;
        var space = component.Namespace ?? Name;
        var transfers = setting.Cluster.Edge?.Dns;
        var updates = ClusterIssuers.UsesPowerDns(setting.Platform, setting.Cluster);
        var program = new OwnProgram
        {
            Name = Name,
            Namespace = space,
            Image = component.Version is { } version ? $"docker.io/powerdns/pdns-auth-49:{version}" : Image,
            User = User,
            Before = ["/bin/sh", $"{OwnProgram.FilesFolder}/prepare.sh"],
            Command = ["/usr/local/sbin/pdns_server", $"--config-dir={OwnProgram.FilesFolder}", "--disable-syslog"],
            Variables = ValueMap.Of(
            [
                ("API_KEY", (ApiKeySecret, ApiKey)),
                .. transfers is null ? [] : ((string, (string, string))[])[("TRANSFER_KEY", (TransferSecret, "key"))],
                .. updates ? ((string, (string, string))[])[("UPDATE_KEY", (UpdateSecret, "key"))] : [],
            ]),
            Files = ValueMap.From(FilesOf(setting, transfers)),
            Scratch = [KeyFolder],
            Data = ("/var/lib/powerdns", "1Gi"),
            Services =
            [
                new OwnService(
                    Name, [new OwnPort("dns", Dns, Unprivileged), new OwnPort("dns-udp", Dns, Unprivileged, true)],
                    PoolAddresses.Of(setting.Cluster, ClusterEdge.DnsPool)),
                new OwnService(Api, [new OwnPort("api", ApiPort, ApiPort)]),
            ],
        };
        return new CatalogComponent
        {
            Name = Name,
            Namespace = space,
            By = DeliveredBy.GitOps,
            Objects = program.Objects,
            Secrets =
            [
                ComponentSecret.Of(ApiKeySecret, (ApiKey, new SecretSource.Password("powerdns-api"))),
                .. transfers is null ? [] : (ComponentSecret[])
                    [ComponentSecret.Of(TransferSecret, ("key", new SecretSource.TransferKey()))],
                .. updates ? (ComponentSecret[])
                    [ComponentSecret.Of(UpdateSecret, ("key", new SecretSource.UpdateKey()))] : [],
            ],
            Requires = StorageCharts.ClaimsOf(setting),
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> FilesOf(Setting setting, SecondaryDns? transfers)
    {
        yield return KeyValuePair.Create("pdns.conf", Configuration);
        var (zone, name) = (setting.Platform.Domain, setting.Cluster.Name);
        yield return KeyValuePair.Create("prepare.sh", PowerDnsFiles.Prepare(
            zone, transfers is null ? null : name,
            ClusterIssuers.UsesPowerDns(setting.Platform, setting.Cluster) ? name : null));
        if (zone is not null)
            yield return KeyValuePair.Create(PowerDnsFiles.Zone, PowerDnsFiles.ZoneOf(setting, zone));
    }

    /// <summary>
    /// Whoever has the key of transfers gets the zone, and whoever has the key of changes changes it, and nobody else:
    /// no address is enough. https://doc.powerdns.com/authoritative/dnsupdate.html
    /// </summary>
    private static string Configuration => $"""
        launch=gsqlite3
        gsqlite3-database={Database}
        gsqlite3-pragma-foreign-keys=yes
        local-port={Unprivileged}
        primary=yes
        allow-axfr-ips=
        dnsupdate=yes
        allow-dnsupdate-from=
        api=yes
        webserver=yes
        webserver-address=0.0.0.0
        webserver-allow-from=0.0.0.0/0,::/0
        webserver-port={ApiPort}
        include-dir={KeyFolder}
        security-poll-suffix=

        """;
}

/// <summary>What PowerDNS begins with. Pure.</summary>
internal static class PowerDnsFiles
{
    public const string Zone = "zone.txt";

    /// <summary>
    /// Runs before each start, with the keys in its environment: no key stands on a command line, and the server's own
    /// start script, which writes its key to the log, is not used.
    /// </summary>
    /// <param name="zone">Null where it answers for none.</param>
    /// <param name="transfers">Whose key signs transfers; null where there are none.</param>
    /// <param name="updates">Whose key signs changes; null where there are none.</param>
    public static string Prepare(string? zone, string? transfers, string? updates) => $$"""
        set -eu
        umask 077
        files={{OwnProgram.FilesFolder}}
        data=/var/lib/powerdns/pdns.sqlite3
        schema=/usr/local/share/doc/pdns/schema.sqlite3.sql
        printf 'api-key=%s\n' "$API_KEY" > /run/orrery/api-key.conf
        if [ "$(sqlite3 "$data" "SELECT count(*) FROM sqlite_master WHERE name = 'domains'")" = 0 ]; then
            { echo 'BEGIN;'; cat "$schema"; echo 'COMMIT;'; } | sqlite3 "$data"
        fi

        """ + (zone is null ? "" : $"""
        if [ "$(sqlite3 "$data" "SELECT count(*) FROM domains WHERE name = '{zone}'")" = 0 ]; then
            pdnsutil --config-dir="$files" load-zone {zone} "$files/{Zone}"
        fi
        pdnsutil --config-dir="$files" set-kind {zone} primary
        pdnsutil --config-dir="$files" set-meta {zone} SOA-EDIT-API DEFAULT

        """) + (zone is null || transfers is null ? "" : $"""
        {Key(SecondaryDns.KeyNameOf(transfers), "$TRANSFER_KEY")}
        pdnsutil --config-dir="$files" set-meta {zone} TSIG-ALLOW-AXFR {SecondaryDns.KeyNameOf(transfers)}

        """) + (zone is null || updates is null ? "" : $"""
        {Key(SecondaryDns.UpdateKeyNameOf(updates), "$UPDATE_KEY")}
        pdnsutil --config-dir="$files" set-meta {zone} TSIG-ALLOW-DNSUPDATE {SecondaryDns.UpdateKeyNameOf(updates)}
        pdnsutil --config-dir="$files" set-meta {zone} ALLOW-DNSUPDATE-FROM 0.0.0.0/0 ::/0
        pdnsutil --config-dir="$files" set-meta {zone} SOA-EDIT-DNSUPDATE DEFAULT
        pdnsutil --config-dir="$files" set-meta {zone} NOTIFY-DNSUPDATE 1

        """);

    private static string Key(string name, string variable) => $"""
        sqlite3 "$data" <<SQL
        INSERT OR IGNORE INTO tsigkeys (name, algorithm, secret) VALUES ('{name}', 'hmac-sha256', '{variable}');
        UPDATE tsigkeys SET secret = '{variable}' WHERE name = '{name}';
        SQL
        """;

    /// <summary>
    /// All names lead to the machine in front of the cluster, which answers for the zone too; without one, to the
    /// ingress, and we answer ourselves.
    /// </summary>
    public static string ZoneOf(Setting setting, string zone)
    {
        var network = setting.Cluster.Network;
        var front = setting.Cluster.Edge is { } edge ? edge.Ssh[(edge.Ssh.IndexOf('@', StringComparison.Ordinal) + 1)..]
            : null;
        var isName = front is not null && !IPAddress.TryParse(front, out _);
        var server = isName ? front : $"ns.{zone}";
        var mail = (setting.Platform.Acme?.Email ?? $"hostmaster@{zone}").Split('@');
        var lines = new List<string>
        {
            $"$ORIGIN {zone}.",
            // Whatever is not there yet is asked for again after five minutes.
            $"@ 3600 IN SOA {server}. {mail[0].Replace(".", "\\.")}.{mail[^1]}. 1 10800 3600 604800 300",
            $"@ 3600 IN NS {server}.",
        };
        if (isName)
            lines.Add($"* 300 IN CNAME {front}.");
        if (!isName && (front ?? network.FirstOf(ClusterEdge.DnsPool)) is { } answering)
            lines.Add($"ns 300 IN {TypeOf(answering)} {answering}");
        if (!isName && (front ?? network.FirstOf(ClusterEdge.IngressPool)) is { } ingress)
            lines.Add($"* 300 IN {TypeOf(ingress)} {ingress}");
        return string.Join('\n', lines) + "\n";
    }

    private static string TypeOf(string address) => address.Contains(':', StringComparison.Ordinal) ? "AAAA" : "A";
}
