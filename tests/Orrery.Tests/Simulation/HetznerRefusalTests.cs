using System.Text.Json;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation;

public sealed class HetznerRefusalTests
{
    private const string Gre = """{"direction":"in","protocol":"gre","source_ips":["::/0"]}""";

    private static readonly string LongText = new('x', 32 * 1024 + 1);

    /// <summary>
    /// Each prepares a project and names the request that is refused, with which status and code, and why.
    /// </summary>
    private static readonly Row[] Rows =
    [
        // Requests
        new("no token", d => { d.Token = null; return Get("/servers"); }, 401, "unauthorized"),
        new("wrong token", d => { d.Token = "wrong"; return Get("/servers"); }, 401, "unauthorized"),
        new("no body", _ => Post("/servers", ""), 400, "json_error"),
        new("broken JSON", _ => Post("/servers", "{"), 400, "json_error"),
        new("JSON that is no object", _ => Post("/servers", "[]"), 400, "json_error"),
        new("unknown id", _ => Get("/servers/1"), 404, "not_found"),
        new("page zero", _ => Get("/servers?page=0"), 422, "invalid_input", "page"),
        new("page that is no number", _ => Get("/servers?per_page=many"), 422, "invalid_input", "per_page"),
        new("unknown sort field", _ => Get("/servers?sort=colour"), 422, "invalid_input", "sort"),
        new("broken label selector", _ => Get("/servers?label_selector=a%20b"), 422, "invalid_input", "label_selector"),
        new("all actions", _ => Get("/actions"), 410, "deprecated_api_endpoint"),
        new("unknown action", _ => Get("/actions/1"), 404, "not_found"),
        // Servers
        new("server without anything", _ => Post("/servers", "{}"), 422, "invalid_input", "name"),
        new("server name that is no hostname", _ => Server("""{"name":"a_b"}"""), 422, "invalid_input", "name"),
        new("server name that is no text", _ => Server("""{"name":5}"""), 422, "invalid_input", "name"),
        new("server name twice", d => { d.Server(); return Server("{}"); }, 409, "uniqueness_error", "name"),
        new("unknown server type", _ => Server("""{"server_type":"zx1"}"""), 422, "invalid_input", "server_type"),
        new("deprecated server type", _ => Server("""{"server_type":"cpx31"}"""), 422, "invalid_input", "server_type"),
        new("type not sold there", _ => Server("""{"location":"ash"}"""), 422, "invalid_input", "location"),
        new("unknown location", _ => Server("""{"location":"moon"}"""), 422, "invalid_input", "location"),
        new("location and datacenter", _ => Server("""{"datacenter":"fsn1-dc14"}"""),
            422, "invalid_input", "datacenter"),
        new("unknown image", _ => Server("""{"image":"plan9"}"""), 422, "invalid_input", "image"),
        new("image of another architecture", _ => Server("""{"image":"161547270"}"""), 422, "invalid_input", "image"),
        new("too much user data", _ => Server($$"""{"user_data":"{{LongText}}"}"""), 422, "invalid_input", "user_data"),
        new("unknown SSH key", _ => Server("""{"ssh_keys":["nobody"]}"""), 422, "invalid_input", "ssh_keys"),
        new("unknown firewall", _ => Server("""{"firewalls":[{"firewall":1}]}"""), 422, "invalid_input", "firewalls"),
        new("unknown network", _ => Server("""{"networks":[1]}"""), 422, "invalid_input", "networks"),
        new("automount without volumes", _ => Server("""{"automount":true}"""), 422, "invalid_input", "automount"),
        new("volume of another location", d => Server($$"""{"volumes":[{{d.Volume(location: "hel1")}}]}"""),
            422, "invalid_input", "volumes"),
        new("label with a slash in its value", _ => Server("""{"labels":{"a":"b/c"}}"""),
            422, "invalid_input", "labels"),
        new("label with a reserved prefix", _ => Server("""{"labels":{"hetzner.cloud/a":""}}"""),
            422, "invalid_input", "labels"),
        new("unknown primary IP", _ => Server("""{"public_net":{"ipv4":1}}"""),
            422, "invalid_input", "public_net.ipv4"),
        new("primary IP of another version", d => Server($$$"""{"public_net":{"ipv6":{{{d.PrimaryIp()}}}}}"""),
            412, "primary_ip_version_mismatch"),
        new("primary IP of another location",
            d => Server($$$"""{"public_net":{"ipv4":{{{d.PrimaryIp(location: "hel1")}}}}}"""),
            422, "primary_ip_datacenter_mismatch"),
        new("primary IP that is taken", d =>
        {
            var net = $$$""" "public_net":{"ipv4":{{{d.PrimaryIp()}}}} """;
            d.Server("first", "," + net);
            return Server($$"""{{{net}}}""");
        }, 422, "primary_ip_assigned"),
        new("no capacity", d => Server("""{"server_type":"cx43"}"""), 412, "resource_unavailable"),
        new("too many servers", d => { d.Server("a"); d.Server("b"); d.Server("c"); return Server("{}"); },
            403, "resource_limit_exceeded"),
        new("delete while it is made", d => Delete($"/servers/{d.Server()}"), 423, "locked"),
        new("delete a protected server", d => Delete($"/servers/{Protected(d, "servers", d.Server())}"),
            423, "protected"),
        new("rebuild a protected server",
            d => Post($"/servers/{Protected(d, "servers", d.Server())}/actions/rebuild", """{"image":"debian-12"}"""),
            423, "protected"),
        new("protection of one half", d =>
            Post($"/servers/{d.Server()}/actions/change_protection", """{"delete":true}"""),
            422, "invalid_input", "rebuild"),
        new("reverse name of another's address",
            d => Post($"/servers/{d.Server()}/actions/change_dns_ptr", """{"ip":"192.0.2.1","dns_ptr":"a.b"}"""),
            422, "invalid_input", "ip"),
        // Volumes
        new("volume without anything", _ => Post("/volumes", "{}"), 422, "invalid_input", "name"),
        new("volume too small", _ => Volume("""{"size":9}"""), 422, "invalid_input", "size"),
        new("volume too large", _ => Volume("""{"size":10241}"""), 422, "invalid_input", "size"),
        new("volume of half a gigabyte", _ => Volume("""{"size":10.5}"""), 422, "invalid_input", "size"),
        new("volume nowhere", _ => Post("/volumes", """{"name":"data","size":10}"""), 422, "invalid_input", "location"),
        new("volume with a strange file system", _ => Volume("""{"format":"zfs"}"""), 422, "invalid_input", "format"),
        new("volume for nobody", _ => Volume("""{"server":1}"""), 422, "invalid_input", "server"),
        new("volume with a bad name", _ => Volume("""{"name":"-data"}"""), 422, "invalid_input", "name"),
        new("volume name twice", d => { d.Volume(); return Volume("{}"); }, 409, "uniqueness_error", "name"),
        new("rename to a taken name", d => Put($"/volumes/{Two(d)}", """{"name":"data"}"""),
            409, "uniqueness_error", "name"),
        new("attach while it is made", d =>
        {
            var server = Settled(d, d.Server());
            return Post($"/volumes/{d.Volume()}/actions/attach", $$"""{"server":{{server}}}""");
        }, 423, "locked"),
        new("attach to nothing", d => Post($"/volumes/{d.Volume()}/actions/attach", "{}"),
            422, "invalid_input", "server"),
        new("attach to an unknown server", d => Post($"/volumes/{d.Volume()}/actions/attach", """{"server":1}"""),
            404, "not_found"),
        new("attach to another location", d =>
            Post($"/volumes/{Settled(d, d.Volume(location: "hel1"))}/actions/attach",
                $$"""{"server":{{Settled(d, d.Server())}}}"""), 422, "invalid_input", "server"),
        new("attach twice", d =>
        {
            var (server, volume) = d.ServerWithVolume();
            return Post($"/volumes/{volume}/actions/attach", $$"""{"server":{{server}}}""");
        }, 422, "volume_already_attached"),
        new("attach while it is detached", d =>
        {
            var (server, volume) = d.ServerWithVolume();
            d.Post($"/volumes/{volume}/actions/detach").Status.ShouldBe(201);
            return Post($"/volumes/{volume}/actions/attach", $$"""{"server":{{server}}}""");
        }, 423, "locked"),
        new("detach what is not attached", d => Post($"/volumes/{Settled(d, d.Volume())}/actions/detach", "{}"),
            422, "service_error"),
        new("delete an attached volume", d => Delete($"/volumes/{d.ServerWithVolume().Volume}"), 422, "service_error"),
        new("delete a protected volume", d => Delete($"/volumes/{Protected(d, "volumes", d.Volume())}"),
            423, "protected"),
        new("shrink a volume", d => Post($"/volumes/{Settled(d, d.Volume())}/actions/resize", """{"size":10}"""),
            422, "invalid_input", "size"),
        // Primary IPs
        new("primary IP without anything", _ => Post("/primary_ips", "{}"), 422, "invalid_input", "name"),
        new("primary IP of a third kind", _ => PrimaryIp("""{"type":"ipv5"}"""), 422, "invalid_input", "type"),
        new("primary IP for a router", _ => PrimaryIp("""{"assignee_type":"router"}"""),
            422, "invalid_input", "assignee_type"),
        new("primary IP name twice", d => { d.PrimaryIp(); return PrimaryIp("{}"); }, 409, "uniqueness_error", "name"),
        new("primary IP for a running server", d =>
        {
            var server = Settled(d, d.Server(more: ""","public_net":{"enable_ipv4":false}"""));
            return Post($"/primary_ips/{d.PrimaryIp()}/actions/assign", Assignee(server));
        }, 422, "server_not_stopped"),
        new("second primary IP", d =>
        {
            var server = Settled(d, d.Server(more: ""","start_after_create":false"""));
            return Post($"/primary_ips/{d.PrimaryIp()}/actions/assign", Assignee(server));
        }, 422, "server_has_ipv4"),
        new("delete an assigned primary IP", d =>
        {
            var address = d.PrimaryIp();
            Settled(d, d.Server(more: $$$""","public_net":{"ipv4":{{{address}}}}"""));
            return Delete($"/primary_ips/{address}");
        }, 422, "must_be_unassigned"),
        new("assign an assigned primary IP", d =>
        {
            var address = d.PrimaryIp();
            var server = Settled(d, d.Server(more: $$$""","public_net":{"ipv4":{{{address}}}}"""));
            return Post($"/primary_ips/{address}/actions/assign", Assignee(server));
        }, 422, "primary_ip_already_assigned"),
        new("unassign a free primary IP", d => Post($"/primary_ips/{d.PrimaryIp()}/actions/unassign"),
            422, "service_error"),
        new("protect what is deleted by itself", d =>
            Post($"/primary_ips/{d.PrimaryIp(more: ""","auto_delete":true""")}/actions/change_protection",
                """{"delete":true}"""), 422, "invalid_input", "delete"),
        // Floating IPs
        new("floating IP without a home", _ => Post("/floating_ips", """{"type":"ipv4"}"""),
            422, "invalid_input", "home_location"),
        new("floating IP name twice", d =>
        {
            d.FloatingIp();
            return Post("/floating_ips", """{"name":"front","type":"ipv4","home_location":"fsn1"}""");
        }, 409, "uniqueness_error", "name"),
        new("assign a floating IP twice", d =>
        {
            var (address, server) = FloatingOnServer(d);
            return Post($"/floating_ips/{address}/actions/assign", $$"""{"server":{{server}}}""");
        }, 422, "floating_ip_assigned"),
        new("delete an assigned floating IP", d => Delete($"/floating_ips/{FloatingOnServer(d).Address}"),
            422, "must_be_unassigned"),
        new("delete a protected floating IP",
            d => Delete($"/floating_ips/{Protected(d, "floating_ips", d.FloatingIp())}"), 423, "protected"),
        // Firewalls
        new("firewall without a name", _ => Post("/firewalls", "{}"), 422, "invalid_input", "name"),
        new("firewall name twice", d => { d.Firewall(); return Post("/firewalls", """{"name":"wall"}"""); },
            409, "uniqueness_error", "name"),
        new("rule without sources", _ => Rule("""{"direction":"in","protocol":"icmp"}"""),
            422, "invalid_input", "rules[0].source_ips"),
        new("rule with host bits",
            _ => Rule("""{"direction":"in","protocol":"icmp","source_ips":["10.0.0.1/8"]}"""),
            422, "invalid_input", "rules[0].source_ips"),
        new("rule without a port", _ => Rule("""{"direction":"in","protocol":"tcp","source_ips":["10.0.0.0/8"]}"""),
            422, "invalid_input", "rules[0].port"),
        new("rule with a port too many",
            _ => Rule("""{"direction":"in","protocol":"icmp","port":"1","source_ips":["10.0.0.0/8"]}"""),
            422, "invalid_input", "rules[0].port"),
        new("rule with a strange range",
            _ => Rule("""{"direction":"in","protocol":"tcp","port":"90-80","source_ips":["10.0.0.0/8"]}"""),
            422, "invalid_input", "rules[0].port"),
        new("fifty-one rules", _ => Post("/firewalls", $$"""
            {"name":"wall","rules":[{{string.Join(',', Enumerable.Repeat(Gre, 51))}}]}
            """), 422, "invalid_input", "rules"),
        new("firewall for an unknown server", _ =>
            Post("/firewalls", $$"""{"name":"wall","apply_to":[{{Target(1)}}]}"""),
            422, "firewall_resource_not_found"),
        new("apply to an unknown server",
            d => Post($"/firewalls/{d.Firewall()}/actions/apply_to_resources", $$"""{"apply_to":[{{Target(1)}}]}"""),
            404, "firewall_resource_not_found"),
        new("apply twice", d =>
        {
            var (firewall, server) = FirewallOnServer(d);
            return Post($"/firewalls/{firewall}/actions/apply_to_resources", $$"""{"apply_to":[{{Target(server)}}]}""");
        }, 422, "firewall_already_applied"),
        new("delete a firewall in use", d => Delete($"/firewalls/{FirewallOnServer(d).Firewall}"),
            422, "resource_in_use"),
        new("server in a firewall twice", d =>
        {
            var target = Target(d.Server());
            return Post("/firewalls", $$"""{"name":"wall","apply_to":[{{target}},{{target}}]}""");
        }, 422, "server_already_added"),
        new("remove what a selector applied", d =>
        {
            var server = Settled(d, d.Server(more: ""","labels":{"app":"web"}"""));
            var firewall = d.Firewall(more:
                ""","apply_to":[{"type":"label_selector","label_selector":{"selector":"app=web"}}]""");
            return Post($"/firewalls/{firewall}/actions/remove_from_resources",
                $$"""{"remove_from":[{{Target(server)}}]}""");
        }, 422, "firewall_managed_by_label_selector"),
        // SSH keys
        new("SSH key that is none", _ => Post("/ssh_keys", """{"name":"a","public_key":"ssh-rsa !"}"""),
            422, "invalid_input", "public_key"),
        new("SSH key name twice", d => { d.SshKey(); return Key("key", HetznerDriver.OtherKey); },
            409, "uniqueness_error", "name"),
        new("SSH key twice", d => { d.SshKey(); return Key("other", HetznerDriver.Key); },
            409, "uniqueness_error", "public_key"),
        // What the world is told to do
        new("told to be limited", d => { d.Fault = WorldFault.RateLimited; return Get("/servers"); },
            429, "rate_limit_exceeded"),
        new("told to fail before", d => { d.Fault = WorldFault.ErrorBefore; return Volume("{}"); },
            500, "server_error"),
        new("told to fail after", d => { d.Fault = WorldFault.ErrorAfter; return Volume("{}"); }, 500, "server_error"),
        new("told to have no machines", d => { d.Fault = WorldFault.ResourceUnavailable; return Server("{}"); },
            412, "resource_unavailable"),
        new("told to be locked", d =>
        {
            var request = Delete($"/volumes/{Settled(d, d.Volume())}");
            d.Fault = WorldFault.Locked;
            return request;
        }, 423, "locked"),
    ];

    public static TheoryData<string> Names => [.. Rows.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_simulated_cloud_refuses(string name)
    {
        var row = Rows.Single(row => row.Name == name);
        var driver = Driver();
        var request = row.Prepare(driver);
        var before = driver.World.Inventory();
        var reply = driver.Send(request.Method, request.Path, request.Json);
        (reply.Status, reply.Code).ShouldBe((row.Status, row.Code), reply.Text);
        if (row.Field is not null)
            FieldsOf(reply).ShouldContain(row.Field, reply.Text);
        if (name != "told to fail after")
            driver.World.Inventory().ShouldBe(before);
    }

    [ContractTheory]
    [MemberData(nameof(Names))]
    public void A_refusal_keeps_to_the_contract(string name)
    {
        var row = Rows.Single(row => row.Name == name);
        var driver = Driver();
        var request = row.Prepare(driver);
        driver.Send(request.Method, request.Path, request.Json, wrongOnPurpose: true);
        var contract = OpenApiContract.Hetzner();
        foreach (var (sent, reply) in driver.Said)
            contract.Check(sent, reply);
        contract.Report.ShouldBeClean();
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("GET", "/servers/cosmos-0", 404, "not_found")]
    [InlineData("PATCH", "/servers", 405, "method_not_allowed")]
    [InlineData("POST", "/networks", 405, "method_not_allowed")]
    public void There_are_no_other_routes(string method, string path, int status, string code)
    {
        var reply = new HetznerDriver().Send(method, path);
        (reply.Status, reply.Code).ShouldBe((status, code));
    }

    private static HetznerDriver Driver() => new(new HetznerWorldOptions
    {
        Limits = new HetznerLimits { Servers = 3 },
        Shortages = [new CapacityShortage { ServerType = "cx43", Location = "fsn1" }],
    });

    private static List<string?> FieldsOf(HetznerReply reply) =>
        [.. reply.Json.GetProperty("error").GetProperty("details").GetProperty("fields").EnumerateArray()
            .Select(field => field.GetProperty("name").GetString())];

    private static Wanted Get(string path) => new("GET", path, null);

    private static Wanted Delete(string path) => new("DELETE", path, null);

    private static Wanted Put(string path, string json) => new("PUT", path, json);

    private static Wanted Post(string path, string? json = null) => new("POST", path, json is "" ? null : json);

    private static Wanted Server(string changed) => Post("/servers", Merge(
        """{"name":"cosmos-0","server_type":"cx33","image":"ubuntu-24.04","location":"fsn1"}""", changed));

    private static Wanted Volume(string changed) =>
        Post("/volumes", Merge("""{"name":"data","size":10,"location":"fsn1"}""", changed));

    private static Wanted PrimaryIp(string changed) => Post("/primary_ips",
        Merge("""{"name":"address","type":"ipv4","assignee_type":"server","location":"fsn1"}""", changed));

    private static Wanted Rule(string rule) => Post("/firewalls", $$"""{"name":"wall","rules":[{{rule}}]}""");

    private static Wanted Key(string name, string key) =>
        Post("/ssh_keys", $$"""{"name":"{{name}}","public_key":"{{key}}"}""");

    private static string Target(long server) => $$$"""{"type":"server","server":{"id":{{{server}}}}}""";

    private static string Assignee(long server) => $$"""{"assignee_id":{{server}},"assignee_type":"server"}""";

    private static string Merge(string json, string changed)
    {
        using var first = JsonDocument.Parse(json);
        using var second = JsonDocument.Parse(changed);
        var merged = first.RootElement.EnumerateObject().Concat(second.RootElement.EnumerateObject())
            .GroupBy(property => property.Name)
            .Select(same => $"\"{same.Key}\":{same.Last().Value.GetRawText()}");
        return $"{{{string.Join(',', merged)}}}";
    }

    private static long Settled(HetznerDriver driver, long id)
    {
        driver.Settle();
        return id;
    }

    private static long Protected(HetznerDriver driver, string path, long id)
    {
        driver.Settle();
        var json = path == "servers" ? """{"delete":true,"rebuild":true}""" : """{"delete":true}""";
        driver.Post($"/{path}/{id}/actions/change_protection", json).Status.ShouldBe(201);
        return id;
    }

    private static long Two(HetznerDriver driver)
    {
        driver.Volume();
        return driver.Volume("other");
    }

    private static (long Address, long Server) FloatingOnServer(HetznerDriver driver)
    {
        var server = driver.Server();
        var address = driver.FloatingIp();
        driver.Settle();
        driver.Post($"/floating_ips/{address}/actions/assign", $$"""{"server":{{server}}}""").Status.ShouldBe(201);
        driver.Settle();
        return (address, server);
    }

    private static (long Firewall, long Server) FirewallOnServer(HetznerDriver driver)
    {
        var firewall = driver.Firewall();
        driver.Settle();
        var server = driver.Server(more: $$$""","firewalls":[{"firewall":{{{firewall}}}}]""");
        driver.Settle();
        return (firewall, server);
    }

    private sealed record Wanted(string Method, string Path, string? Json);

    private sealed record Row(
        string Name, Func<HetznerDriver, Wanted> Prepare, int Status, string Code, string? Field = null);
}
