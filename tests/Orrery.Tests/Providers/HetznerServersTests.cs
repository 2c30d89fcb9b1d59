using Orrery.Engine.Ports;
using Orrery.Model.Values;
using static Orrery.Tests.Providers.HetznerScene;

namespace Orrery.Tests.Providers;

/// <summary>Servers and what is linked to them: which requests each change sends.</summary>
public class HetznerServersTests
{
    [Fact]
    public void A_server_is_made_in_one_request_and_waited_for()
    {
        var wire = new ExpectedRequests(
            (CreateLine("cx33", Labels("server")), Made(Labels("server"))),
            ("GET /v1/servers/9", ServerReply(Server(9, labels: Labels("server")))));
        var scene = new HetznerScene(wire);
        var handler = scene.Handler("server");

        var made = scene.Time.Run(() => handler.CreateAsync(Desired("cx33"), scene.Operation("server"), default));
        var ready = scene.Time.Run(() => handler.AwaitReadyAsync("9", scene.Operation("server"), default));

        wire.AllCame();
        made.IsReady.ShouldBeFalse();
        ready.IsReady.ShouldBeTrue();
        ready.Owner.ShouldBe(OwnerOf("server"));
        ready.Properties.Fields.ContainsKey("userData").ShouldBeFalse();
        ready.Outputs.ShouldBe(Value.MapOf(
            ("id", "9"), ("ipv4", "203.0.113.7"), ("ipv6", "2001:db8::/64"), ("type", "cx33")));
    }

    [Fact]
    public void Where_a_type_is_sold_out_the_next_is_taken_and_the_server_still_is_what_was_wanted()
    {
        var labels = Labels("server", Json(",'orrery.dev/instead-of':'cx33'"));
        var wire = new ExpectedRequests(
            (CreateLine("cx33", Labels("server")), Reply.Error(412, "resource_unavailable")),
            (CreateLine("cpx32", labels), Made(labels, "cpx32")));
        var scene = new HetznerScene(wire);

        var made = scene.Time.Run(() => scene.Handler("server").CreateAsync(
            Desired("cx33", "cpx32", "cx43"), scene.Operation("server"), default));

        wire.AllCame();
        made.Properties["type"].ShouldBe("cx33");
        made.Outputs["type"].ShouldBe("cpx32");
        scene.Waited.ShouldContain(state => state.Condition == "a server of type cpx32");
    }

    [Fact]
    public void Where_every_type_is_sold_out_the_last_refusal_is_told()
    {
        var labels = Labels("server", Json(",'orrery.dev/instead-of':'cx33'"));
        var wire = new ExpectedRequests(
            (CreateLine("cx33", Labels("server")), Reply.Error(412, "resource_unavailable")),
            (CreateLine("cx43", labels), Reply.Error(412, "resource_unavailable")));
        var scene = new HetznerScene(wire);

        Should.Throw<ProviderException>(() => scene.Time.Run(() => scene.Handler("server").CreateAsync(
            Desired("cx33", "cx43"), scene.Operation("server"), default)))
                .Code.ShouldBe(ProviderErrorCode.CapacityUnavailable);

        wire.AllCame();
    }

    [Fact]
    public void After_a_crash_the_cloud_is_asked_what_still_runs_and_a_server_that_is_off_is_started()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/servers/9", ServerReply(Server(9, "initializing"))),
            ("GET /v1/servers/9/actions?status=running", new Reply(200, """{"actions":[]}""")),
            ("GET /v1/servers/9", ServerReply(Server(9, "starting"))),
            ("GET /v1/servers/9", ServerReply(Server(9, "off"))),
            ("POST /v1/servers/9/actions/poweron", new Reply(201, ActionReply(3))),
            ("GET /v1/servers/9", ServerReply(Server(9))));
        var scene = new HetznerScene(wire);

        var ready = scene.Time.Run(() =>
            scene.Handler("server").AwaitReadyAsync("9", scene.Operation("server"), default));

        wire.AllCame();
        ready.IsReady.ShouldBeTrue();
        scene.Waited.ShouldBe([new WaitState("the server is running or off", "starting")]);
    }

    [Fact]
    public void User_data_over_32_KiB_is_refused_before_it_is_sent()
    {
        var scene = new HetznerScene(new ExpectedRequests());
        var request = Create("server", ("type", "cx33"), ("userData", new Value.Sensitive(new string('x', 32769))));

        Should.Throw<ProviderException>(() => scene.Time.Run(() => scene.Handler("server").CreateAsync(
            request, scene.Operation("server"), default))).Message
            .ShouldBe("the user data of the server takes 32769 bytes and Hetzner accepts 32768");
    }

    [Fact]
    public void New_firewalls_protect_before_old_ones_go()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/servers/9", ServerReply(Server(
                9, labels: Labels("server"), firewalls: Json("{'id':1},{'id':2}")))),
            (Json("POST /v1/firewalls/3/actions/apply_to_resources {'apply_to':[{'type':'server','server':{'id':9}}]}"),
                new Reply(201, """{"actions":[]}""")),
            (Json("POST /v1/firewalls/1/actions/remove_from_resources "
                + "{'remove_from':[{'type':'server','server':{'id':9}}]}"),
                new Reply(201, """{"actions":[]}""")),
            ("GET /v1/servers/9", ServerReply(Server(9))));
        var scene = new HetznerScene(wire);

        scene.Time.Run(() => scene.Handler("server").UpdateAsync(
            new UpdateRequest("9", OwnerOf("server"), Value.Map.Empty,
                Value.MapOf(("firewalls", Value.ListOf(["2", "3"])))),
            scene.Operation("server"), default));

        wire.AllCame();
    }

    [Fact]
    public void A_server_is_deleted_and_its_action_waited_for()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/servers/9", ServerReply(Server(9, labels: Labels("server")))),
            ("DELETE /v1/servers/9", new Reply(200, ActionReply(8, "running"))),
            ("GET /v1/actions?id=8", new Reply(200, $$"""{"actions":[{{Action(8)}}]}""")));
        var scene = new HetznerScene(wire) { };

        scene.Time.Run(() => scene.Handler("server").DeleteAsync(
            new DeleteRequest("9", OwnerOf("server"), Value.Map.Empty), scene.Operation("server"), default));

        wire.AllCame();
        scene.Waited.ShouldBe([new WaitState("do_it", "running, 100 %"), new WaitState("do_it", "success, 100 %")]);
    }

    [Fact]
    public void A_shutdown_asks_the_system_and_looks_until_it_is_off()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/servers/9", ServerReply(Server(9))),
            ("POST /v1/servers/9/actions/shutdown", new Reply(201, ActionReply(1))),
            ("GET /v1/servers/9", ServerReply(Server(9))),
            ("GET /v1/servers/9", ServerReply(Server(9, "off"))));
        var scene = new HetznerScene(wire);

        scene.Time.Run(() => ((IPerformsSteps)scene.Handler("server")).PerformAsync(
            "shutdown", "9", scene.Operation("server"), default));

        wire.AllCame();
        scene.Waited.ShouldBe([new WaitState("the server is off", "running")]);
    }

    [Fact]
    public void A_system_that_does_not_stop_is_switched_off_after_ninety_seconds()
    {
        var off = false;
        TimeSpan? cut = null;
        var time = new VirtualTime();
        var wire = new Answering(time, sent =>
        {
            off |= sent.PathAndQuery.EndsWith("/poweroff", StringComparison.Ordinal);
            cut ??= off ? sent.At : null;
            return sent.Method == "POST" ? new Reply(201, ActionReply(1))
                : ServerReply(Server(9, off ? "off" : "running"));
        });
        var scene = new HetznerScene(wire, time);

        time.Run(() => ((IPerformsSteps)scene.Handler("server")).PerformAsync(
            "shutdown", "9", scene.Operation("server"), default));

        cut!.Value.TotalSeconds.ShouldBeInRange(90, 96);
        wire.Sent.Where(sent => sent.Method == "POST").Select(sent => sent.PathAndQuery).ShouldBe(
            ["/v1/servers/9/actions/shutdown", "/v1/servers/9/actions/poweroff"]);
    }

    [Fact]
    public void A_volume_is_attached_once_and_never_mounted_by_the_cloud()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/volumes/5", VolumeReply(Volume(5))),
            ("POST /v1/volumes/5/actions/attach {\"server\":9,\"automount\":false}", new Reply(201, ActionReply(1))),
            ("GET /v1/volumes/5", VolumeReply(Volume(5, "9"))),
            ("GET /v1/volumes/5", VolumeReply(Volume(5, "9"))));
        var scene = new HetznerScene(wire);
        var handler = scene.Handler("volume-attachment");
        var request = Create("volume-attachment", ("volume", "5"), ("server", "9"));

        scene.Time.Run(() => handler.CreateAsync(request, scene.Operation("volume-attachment"), default));
        var ready = scene.Time.Run(() => handler.AwaitReadyAsync("5", scene.Operation("volume-attachment"), default));
        scene.Time.Run(() =>
            handler.CreateAsync(request, scene.Operation("volume-attachment"), default)).IsReady.ShouldBeTrue();

        wire.AllCame();
        ((IIdentifiedByInputs)handler).IdOf(request.Desired).ShouldBe("5");
        ready.Properties.ShouldBe(request.Desired);
        ready.Outputs.ShouldBe(Value.MapOf(("id", "5"), ("device", "/dev/disk/by-id/scsi-0HC_Volume_5")));
    }

    [Fact]
    public void A_volume_at_another_server_is_a_conflict()
    {
        var scene = new HetznerScene(new ExpectedRequests(("GET /v1/volumes/5", VolumeReply(Volume(5, "8")))));

        Should.Throw<ProviderException>(() => scene.Time.Run(() => scene.Handler("volume-attachment").CreateAsync(
            Create("volume-attachment", ("volume", "5"), ("server", "9")),
            scene.Operation("volume-attachment"), default)))
            .Code.ShouldBe(ProviderErrorCode.Conflict);
    }

    [Fact]
    public void What_moved_on_is_not_detached()
    {
        var wire = new ExpectedRequests(("GET /v1/volumes/5", VolumeReply(Volume(5, "8"))));
        var scene = new HetznerScene(wire);

        scene.Time.Run(() => scene.Handler("volume-attachment").DeleteAsync(
            new DeleteRequest("5", null, Value.MapOf(("server", "9"))), scene.Operation("volume-attachment"), default));

        wire.AllCame();
    }

    [Fact]
    public void A_floating_ip_moves_from_the_server_that_it_was_at()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/floating_ips/61", FloatingReply("8")),
            ("POST /v1/floating_ips/61/actions/assign {\"server\":9}", new Reply(201, ActionReply(1))),
            ("GET /v1/floating_ips/61", FloatingReply("9")));
        var scene = new HetznerScene(wire);

        scene.Time.Run(() => Move(scene, before: "8")).Properties["server"].ShouldBe("9");

        wire.AllCame();
    }

    [Fact]
    public void A_floating_ip_leaves_the_old_server_first_where_the_cloud_insists()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/floating_ips/61", FloatingReply("8")),
            ("POST /v1/floating_ips/61/actions/assign {\"server\":9}", Reply.Error(422, "floating_ip_assigned")),
            ("POST /v1/floating_ips/61/actions/unassign", new Reply(201, ActionReply(1))),
            ("POST /v1/floating_ips/61/actions/assign {\"server\":9}", new Reply(201, ActionReply(2))),
            ("GET /v1/floating_ips/61", FloatingReply("9")));
        var scene = new HetznerScene(wire);

        scene.Time.Run(() => Move(scene, before: "8"));

        wire.AllCame();
    }

    [Fact]
    public void A_floating_ip_that_somebody_else_moved_stays_there()
    {
        var scene = new HetznerScene(new ExpectedRequests(("GET /v1/floating_ips/61", FloatingReply("7"))));

        Should.Throw<ProviderException>(() => scene.Time.Run(() => Move(scene, before: "8")))
            .Code.ShouldBe(ProviderErrorCode.Conflict);
    }

    [Fact]
    public void Links_are_listed_by_what_they_hang_on()
    {
        const string Query = "label_selector=orrery.dev/platform==cosmos-0a1b2c3d&sort=id:asc&page=1&per_page=50";
        var wire = new ExpectedRequests(
            ($"GET /v1/volumes?{Query}", new Reply(200, Page("volumes", $"{Volume(4)},{Volume(5, "9")}"))),
            ($"GET /v1/servers?{Query}", new Reply(200, Page("servers", $"{Server(8)},{Server(9)}"))));
        var scene = new HetznerScene(wire);

        var attachments = scene.Time.Run(() =>
            scene.Handler("volume-attachment").ListOwnedAsync("cosmos-0a1b2c3d", default));
        var assignments = scene.Time.Run(() =>
            scene.Handler("floating-ip-assignment").ListOwnedAsync("cosmos-0a1b2c3d", default));

        wire.AllCame();
        attachments.ShouldHaveSingleItem().Properties.ShouldBe(Value.MapOf(("volume", "5"), ("server", "9")));
        assignments.ShouldHaveSingleItem().Properties.ShouldBe(Value.MapOf(("floatingIp", "61"), ("server", "9")));
    }

    private static Task<Observed> Move(HetznerScene scene, string before) =>
        scene.Handler("floating-ip-assignment").UpdateAsync(
            new UpdateRequest(
                "61", null, Value.MapOf(("floatingIp", "61"), ("server", before)),
                Value.MapOf(("floatingIp", "61"), ("server", "9"))),
            scene.Operation("floating-ip-assignment"),
            default);

    private static CreateRequest Desired(string type, params string[] alternatives) => Create(
        "server",
        ("type", type),
        ("typeAlternatives", Value.ListOf(alternatives.Select(alternative => (Value)alternative))),
        ("image", "ubuntu-24.04"),
        ("location", "fsn1"),
        ("sshKeys", Value.ListOf(["3"])),
        ("firewalls", Value.ListOf(["6"])),
        ("primaryIpv4", "70"),
        ("publicIpv6", true),
        ("userData", new Value.Sensitive("#cloud-config")));

    private static string CreateLine(string type, string labels) => Json($$"""
        POST /v1/servers {'name':'cosmos-prod-cosmos-0-1','server_type':'{{type}}','image':'ubuntu-24.04',
        'location':'fsn1','labels':{{labels}},'ssh_keys':['3'],'firewalls':[{'firewall':6}],
        'public_net':{'enable_ipv4':true,'enable_ipv6':true,'ipv4':70},'user_data':'#cloud-config',
        'start_after_create':true}
        """);

    private static Reply Made(string labels, string type = "cx33") => new(201, Json($$"""
        {'server':{{Server(9, "initializing", labels, type)}},'action':{{Action(1)}},'next_actions':[{{Action(2)}}],
        'root_password':null}
        """));

    private static Reply ServerReply(string server) => new(200, $$"""{"server":{{server}} }""");

    private static Reply VolumeReply(string volume) => new(200, $$"""{"volume":{{volume}} }""");

    private static Reply FloatingReply(string server) =>
        new(200, $$"""{"floating_ip":{{FloatingIp(61, "49.12.115.123", server)}} }""");
}
