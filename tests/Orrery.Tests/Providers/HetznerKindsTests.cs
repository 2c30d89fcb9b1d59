using Orrery.Engine.Ports;
using Orrery.Model.Values;
using static Orrery.Tests.Providers.HetznerScene;

namespace Orrery.Tests.Providers;

/// <summary>SSH keys, firewalls, volumes and addresses: which requests each change sends.</summary>
public class HetznerKindsTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBoOSVM5SutbZCs5GU2EWzu4AqH2JTeVFQpL5CLCAbhG";

    // ssh-keygen -E md5 -lf of the key above.
    private const string Fingerprint = "20:02:6d:4a:46:8a:74:fe:e3:fa:39:37:f0:f6:5d:80";

    [Fact]
    public void A_shared_key_is_found_by_its_fingerprint_whatever_its_name()
    {
        var wire = new ExpectedRequests((
            $"GET /v1/ssh_keys?fingerprint={Fingerprint}&sort=id:asc&page=1&per_page=50",
            new Reply(200, Page("ssh_keys", Json($$$"""
                {'id':3,'name':'laptop','fingerprint':'{{{Fingerprint}}}',
                'public_key':'{{{Key}}} me@laptop','labels':{} }
                """)))));
        var scene = new HetznerScene(wire);

        var found = scene.Time.Run(() => scene.Handler("ssh-key").FindExistingAsync(
            Create("ssh-key", ("publicKey", Key)), default));

        wire.AllCame();
        found!.Id.ShouldBe("3");
        found.Owner.ShouldBeNull();
        found.Properties.ShouldBe(Value.MapOf(("publicKey", Key)));
        found.Outputs.ShouldBe(Value.MapOf(("id", "3"), ("fingerprint", Fingerprint)));
    }

    [Fact]
    public void A_key_of_the_same_name_is_found_too()
    {
        var wire = new ExpectedRequests(
            ($"GET /v1/ssh_keys?fingerprint={Fingerprint}&sort=id:asc&page=1&per_page=50",
                new Reply(200, Page("ssh_keys", ""))),
            ("GET /v1/ssh_keys?name=cosmos-prod-cosmos-0-1&sort=id:asc&page=1&per_page=50",
                new Reply(200, Page("ssh_keys", Json("""
                    {'id':4,'name':'cosmos-prod-cosmos-0-1','fingerprint':'aa','public_key':'ssh-rsa B','labels':{} }
                    """)))));
        var scene = new HetznerScene(wire);

        var found = scene.Time.Run(() => scene.Handler("ssh-key").FindExistingAsync(
            Create("ssh-key", ("publicKey", Key)), default));

        wire.AllCame();
        found!.Id.ShouldBe("4");
    }

    [Theory]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 not base64!")]
    public void A_malformed_key_is_refused(string key)
    {
        var scene = new HetznerScene(new ExpectedRequests());

        Should.Throw<ProviderException>(() => scene.Time.Run(() => scene.Handler("ssh-key").FindExistingAsync(
            Create("ssh-key", ("publicKey", key)), default))).Code.ShouldBe(ProviderErrorCode.Invalid);
    }

    [Fact]
    public void A_volume_is_made_blank_with_its_owner_and_then_protected()
    {
        var retained = Labels("volume", Json(",'orrery.dev/retain':'true'"));
        var wire = new ExpectedRequests(
            ("POST /v1/volumes "
                + Json($"{{'name':'cosmos-prod-cosmos-0-1','size':50,'location':'fsn1','labels':{retained}}}"),
                new Reply(201, Json($$"""
                    {'volume':{{Volume(5, labels: retained, status: "creating")}},
                    'action':{{Action(1)}},'next_actions':[]}
                    """))),
            ("GET /v1/volumes/5", VolumeReply(Volume(5, labels: retained))),
            ("GET /v1/volumes/5", VolumeReply(Volume(5, labels: retained))),
            ("POST /v1/volumes/5/actions/change_protection {\"delete\":true}", new Reply(201, ActionReply(2))),
            ("GET /v1/volumes/5", VolumeReply(Volume(5, labels: retained, protect: true))));
        var scene = new HetznerScene(wire);
        var handler = scene.Handler("volume");

        var made = scene.Time.Run(() => handler.CreateAsync(
            Create("volume", ("size", 50), ("location", "fsn1"), ("deleteProtection", true)),
            scene.Operation("volume"), default));
        var ready = scene.Time.Run(() => handler.AwaitReadyAsync("5", scene.Operation("volume"), default));

        wire.AllCame();
        made.IsReady.ShouldBeFalse();
        made.Owner.ShouldBe(OwnerOf("volume"));
        ready.IsReady.ShouldBeTrue();
        ready.Properties.ShouldBe(Value.MapOf(("size", 50), ("location", "fsn1"), ("deleteProtection", true)));
        ready.Outputs.ShouldBe(Value.MapOf(("id", "5"), ("device", "/dev/disk/by-id/scsi-0HC_Volume_5")));
    }

    [Fact]
    public void A_volume_grows_in_place_and_keeps_the_labels_of_others()
    {
        var foreign = Labels("volume", Json(",'team':'blue'"));
        var wire = new ExpectedRequests(
            ("GET /v1/volumes/5", VolumeReply(Volume(5, labels: foreign))),
            ("POST /v1/volumes/5/actions/resize {\"size\":80}", new Reply(201, ActionReply(1))),
            (Json($"PUT /v1/volumes/5 {{'labels':{foreign[..^1]},'orrery.dev/retain':'true'") + "}}",
                VolumeReply(Volume(5))),
            ("POST /v1/volumes/5/actions/change_protection {\"delete\":true}", new Reply(201, ActionReply(2))),
            ("GET /v1/volumes/5", VolumeReply(Volume(5, protect: true))));
        var scene = new HetznerScene(wire);

        scene.Time.Run(() => scene.Handler("volume").UpdateAsync(
            Update("volume", ("size", 80), ("location", "fsn1"), ("deleteProtection", true)),
            scene.Operation("volume"), default));

        wire.AllCame();
    }

    [Fact]
    public void What_is_taken_over_gets_our_labels_and_keeps_those_of_others()
    {
        var ours = Labels("volume");
        var wire = new ExpectedRequests(
            ("GET /v1/volumes/5", VolumeReply(Volume(5, labels: Json("{'team':'blue'}")))),
            (Json($"PUT /v1/volumes/5 {{'labels':{{'team':'blue',{ours[1..]}") + "}", VolumeReply(Volume(5))),
            ("GET /v1/volumes/5", VolumeReply(Volume(5, labels: ours))));
        var scene = new HetznerScene(wire);

        var taken = scene.Time.Run(() => ((ITakesOver)scene.Handler("volume")).TakeOverAsync(
            "5", OwnerOf("volume"), Address("volume"), scene.Operation("volume"), default));

        wire.AllCame();
        taken.Owner.ShouldBe(OwnerOf("volume"));
    }

    [Theory]
    [InlineData("{'orrery.dev/platform':'another-00000000'}")]
    [InlineData("{'orrery.dev/platform':'cosmos-0a1b2c3d','orrery.dev/address':'0123'}")]
    public void What_carries_another_owner_is_not_taken_over(string labels)
    {
        var wire = new ExpectedRequests(("GET /v1/volumes/5", VolumeReply(Volume(5, labels: Json(labels)))));
        var scene = new HetznerScene(wire);

        var refusal = Should.Throw<ProviderException>(() => scene.Time.Run(
            () => ((ITakesOver)scene.Handler("volume")).TakeOverAsync(
                "5", OwnerOf("volume"), Address("volume"), scene.Operation("volume"), default)));

        wire.AllCame();
        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.ForeignId.ShouldBe("5");
    }

    [Fact]
    public void What_is_no_id_leads_nowhere()
    {
        var scene = new HetznerScene(new ExpectedRequests());
        scene.Time.Run(() => scene.Handler("volume").ReadAsync("cosmos-0", default)).ShouldBeNull();
    }

    [Fact]
    public void A_volume_never_shrinks()
    {
        var wire = new ExpectedRequests(("GET /v1/volumes/5", VolumeReply(Volume(5, labels: Labels("volume")))));
        var scene = new HetznerScene(wire);

        var refusal = Should.Throw<ProviderException>(() => scene.Time.Run(() => scene.Handler("volume").UpdateAsync(
            Update("volume", ("size", 20), ("location", "fsn1")), scene.Operation("volume"), default)));

        wire.AllCame();
        refusal.Message.ShouldBe(
            "the volume 'v5' has 50 GB and cannot shrink to 20 GB: declare a new volume and move the data");
    }

    [Fact]
    public void A_volume_leaves_its_server_before_it_is_deleted()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/volumes/5", VolumeReply(Volume(5, "9", Labels("volume")))),
            ("POST /v1/volumes/5/actions/detach", new Reply(201, ActionReply(1))),
            ("DELETE /v1/volumes/5", new Reply(204)));
        var scene = new HetznerScene(wire);

        scene.Time.Run(() => scene.Handler("volume").DeleteAsync(
            new DeleteRequest("5", OwnerOf("volume"), Value.Map.Empty), scene.Operation("volume"), default));

        wire.AllCame();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"orrery.dev/platform":"other","orrery.dev/address":"aa","orrery.dev/generation":"1"}""")]
    public void What_is_not_ours_is_not_deleted(string labels)
    {
        var wire = new ExpectedRequests(("GET /v1/volumes/5", VolumeReply(Volume(5, labels: labels))));
        var scene = new HetznerScene(wire);

        var refusal = Should.Throw<ProviderException>(() => scene.Time.Run(() => scene.Handler("volume").DeleteAsync(
            new DeleteRequest("5", OwnerOf("volume"), Value.Map.Empty), scene.Operation("volume"), default)));

        wire.AllCame();
        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.ForeignId.ShouldBe("5");
    }

    [Theory]
    [InlineData("ssh-key", "ssh_keys")]
    [InlineData("firewall", "firewalls")]
    [InlineData("volume", "volumes")]
    [InlineData("primary-ip", "primary_ips")]
    [InlineData("floating-ip", "floating_ips")]
    [InlineData("server", "servers")]
    [InlineData("volume-attachment", "volumes")]
    [InlineData("floating-ip-assignment", "floating_ips")]
    public void Deleting_what_is_gone_succeeds_and_reading_it_gives_nothing(string kind, string path)
    {
        var gone = ($"GET /v1/{path}/5", Reply.Error(404, "not_found"));
        var wire = new ExpectedRequests(gone, gone);
        var scene = new HetznerScene(wire);
        var handler = scene.Handler(kind);

        scene.Time.Run(() => handler.DeleteAsync(
            new DeleteRequest("5", OwnerOf(kind), Value.MapOf(("server", "9"))), scene.Operation(kind), default));
        scene.Time.Run(() => handler.ReadAsync("5", default)).ShouldBeNull();

        wire.AllCame();
    }

    [Fact]
    public void Firewall_rules_are_set_when_they_differ()
    {
        var ours = Labels("firewall");
        var firewall = new Reply(200, Json($$"""
            {'firewall':{'id':6,'name':'f','labels':{{ours}},'rules':[{'direction':'in','protocol':'tcp','port':'22',
            'source_ips':['::/0','0.0.0.0/0'],'destination_ips':[],'description':'ssh'}]} }
            """));
        var wire = new ExpectedRequests(
            ("GET /v1/firewalls/6", firewall),
            ("GET /v1/firewalls/6", firewall),
            ("GET /v1/firewalls/6", firewall),
            (Json("""
                POST /v1/firewalls/6/actions/set_rules {'rules':[{'direction':'in','protocol':'icmp',
                'source_ips':['0.0.0.0/0'],'description':'icmp'}]}
                """), new Reply(201, Json($$"""{'actions':[{{Action(1)}}]}"""))),
            ("GET /v1/firewalls/6", firewall));
        var scene = new HetznerScene(wire);
        var handler = scene.Handler("firewall");

        foreach (var rule in new[] { Rule("ssh", "tcp", "22", "0.0.0.0/0", "::/0"),
            Rule("icmp", "icmp", null, "0.0.0.0/0") })
        {
            scene.Time.Run(() => handler.UpdateAsync(
                new UpdateRequest("6", OwnerOf("firewall"), Value.Map.Empty,
                    Value.MapOf(("rules", Value.ListOf([rule])))),
                scene.Operation("firewall"), default));
        }

        wire.AllCame();
    }

    [Fact]
    public void A_primary_ip_is_made_in_its_location_and_outlives_its_server()
    {
        var wire = new ExpectedRequests((
            Json($$"""
                POST /v1/primary_ips {'name':'cosmos-prod-cosmos-0-1','type':'ipv4','assignee_type':'server',
                'location':'fsn1','auto_delete':false,'labels':{{Labels("primary-ip")}}}
                """),
            new Reply(201, Json($$"""
                {'primary_ip':{'id':70,'name':'p','ip':'203.0.113.7','type':'ipv4','location':{'name':'fsn1'},
                'assignee_id':null,'labels':{{Labels("primary-ip")}} } }
                """))));
        var scene = new HetznerScene(wire);

        var made = scene.Time.Run(() => scene.Handler("primary-ip").CreateAsync(
            Create("primary-ip", ("type", "ipv4"), ("location", "fsn1")), scene.Operation("primary-ip"), default));

        wire.AllCame();
        made.Outputs.ShouldBe(Value.MapOf(("id", "70"), ("ip", "203.0.113.7")));
    }

    [Fact]
    public void An_adopted_floating_ip_is_found_by_its_address_on_any_page_and_never_made()
    {
        var wire = new ExpectedRequests(
            ("GET /v1/floating_ips?sort=id:asc&page=1&per_page=50",
                new Reply(200, Page("floating_ips", FloatingIp(60, "198.51.100.1"), next: 2))),
            ("GET /v1/floating_ips?sort=id:asc&page=2&per_page=50",
                new Reply(200, Page("floating_ips", FloatingIp(61, "49.12.115.123")))));
        var scene = new HetznerScene(wire);
        var request = Create("floating-ip", ("ip", "49.12.115.123"));

        var found = scene.Time.Run(() => scene.Handler("floating-ip").FindExistingAsync(request, default));
        var refusal = Should.Throw<ProviderException>(() => scene.Time.Run(() =>
            scene.Handler("floating-ip").CreateAsync(
            request, scene.Operation("floating-ip"), default)));

        wire.AllCame();
        found!.Id.ShouldBe("61");
        refusal.Code.ShouldBe(ProviderErrorCode.NotFound);
    }

    [Fact]
    public void A_list_that_does_not_end_is_refused()
    {
        var time = new VirtualTime();
        var scene = new HetznerScene(new Answering(time, _ => new Reply(200, Page("servers", "", next: 1))), time);

        Should.Throw<ProviderException>(() => time.Run(() => scene.Handler("server").ListOwnedAsync("p", default)))
            .Message.ShouldBe("Hetzner Cloud gave a list without end for servers");
    }

    private static Value.Map Rule(string name, string protocol, string? port, params string[] from) =>
        Orrery.Providers.Hetzner.Kinds.FirewallHandler.Rule(name, protocol, port, from);

    private static Reply VolumeReply(string volume) => new(200, $$"""{"volume":{{volume}} }""");

    private static UpdateRequest Update(string kind, params ReadOnlySpan<(string, Value)> desired) =>
        new("5", OwnerOf(kind), Value.Map.Empty, Value.MapOf(desired));
}
