using System.Globalization;
using System.Security.Cryptography;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation;

public sealed class HetznerWorldTests
{
    [Fact]
    public void The_same_calls_give_the_same_bytes()
    {
        Digest(HetznerTour.Run()).ShouldBe(Digest(HetznerTour.Run()));
    }

    [Fact]
    public void Identifiers_and_addresses_do_not_depend_on_the_order_of_creation()
    {
        var (one, other) = (new HetznerDriver(), new HetznerDriver());
        one.Server("a");
        one.Wait(7);
        one.Volume("v");
        one.Server("b");
        other.Server("b");
        other.Server("a");
        other.Volume("v");
        Identities(one).ShouldBe(Identities(other));
    }

    [Fact]
    public void A_name_that_is_made_again_gets_another_identifier()
    {
        var driver = new HetznerDriver();
        var first = driver.FloatingIp();
        driver.Delete($"/floating_ips/{first}").Status.ShouldBe(204);
        driver.FloatingIp().ShouldNotBe(first);
    }

    [Fact]
    public void Another_seed_gives_other_identifiers()
    {
        new HetznerDriver(new HetznerWorldOptions { Seed = 2 }).FloatingIp()
            .ShouldNotBe(new HetznerDriver().FloatingIp());
    }

    [Fact]
    public void A_server_goes_from_initializing_over_starting_to_running()
    {
        var driver = new HetznerDriver();
        var made = driver.Post("/servers", """{"name":"cosmos-0","server_type":"cx33","image":"ubuntu-24.04"}""");
        var server = made.Json.GetProperty("server").GetProperty("id").GetInt64();
        made.Json.GetProperty("next_actions")[0].GetProperty("command").GetString().ShouldBe("start_server");
        made.Json.GetProperty("root_password").GetString().ShouldNotBeNullOrEmpty();
        var seen = new List<string>();
        for (var second = 0; second < 60; second++)
        {
            var status = Server(driver, server).GetProperty("status").GetString()!;
            if (seen.LastOrDefault() != status)
                seen.Add(status);
            driver.Wait(1);
        }

        seen.ShouldBe(["initializing", "starting", "running"]);
        driver.Get($"/actions/{made.ActionId}").Json.GetProperty("action").GetProperty("status").GetString()
            .ShouldBe("success");
    }

    [Fact]
    public void Nobody_else_changes_a_server_while_an_action_runs_on_it()
    {
        var driver = new HetznerDriver();
        var server = driver.Server();
        Server(driver, server).GetProperty("locked").GetBoolean().ShouldBeTrue();
        driver.Post($"/servers/{server}/actions/poweroff").Code.ShouldBe("locked");
        driver.Settle();
        Server(driver, server).GetProperty("locked").GetBoolean().ShouldBeFalse();
        driver.Post($"/servers/{server}/actions/poweroff").Status.ShouldBe(201);
        driver.Post($"/servers/{server}/actions/poweron").Code.ShouldBe("locked");
    }

    [Fact]
    public void With_the_server_go_the_addresses_that_were_made_with_it_and_nothing_else()
    {
        var driver = new HetznerDriver();
        var address = driver.PrimaryIp();
        var (volume, floating, firewall) = (driver.Volume(), driver.FloatingIp(), driver.Firewall());
        driver.Settle();
        var server = driver.Server(more: $$$"""
            ,"public_net":{"ipv4":{{{address}}}},"volumes":[{{{volume}}}],"firewalls":[{"firewall":{{{firewall}}}}]
            """);
        driver.Settle();
        driver.Post($"/floating_ips/{floating}/actions/assign", $$"""{"server":{{server}}}""").Status.ShouldBe(201);
        driver.Settle();
        driver.World.Inventory().Count(item => item.Kind == "primary_ips").ShouldBe(2);
        driver.Delete($"/servers/{server}").Status.ShouldBe(200);
        driver.Settle();
        driver.World.Inventory().Select(item => (item.Kind, item.Id, item.Server)).ShouldBe(
        [
            ("firewalls", firewall, null), ("floating_ips", floating, null), ("primary_ips", address, null),
            ("volumes", volume, null),
        ]);
        driver.Delete($"/firewalls/{firewall}").Status.ShouldBe(204);
    }

    [Fact]
    public void The_request_budget_stands_in_the_headers_and_refills_by_one_each_second()
    {
        var driver = new HetznerDriver();
        for (var i = 0; i < 3600; i++)
            driver.Get("/servers").Status.ShouldBe(200);
        var refused = driver.Get("/servers");
        (refused.Status, refused.Code).ShouldBe((429, "rate_limit_exceeded"));
        Header(refused, "ratelimit-limit").ShouldBe(3600);
        Header(refused, "ratelimit-remaining").ShouldBe(0);
        var epoch = new HetznerWorldOptions().Epoch.ToUnixTimeSeconds();
        Header(refused, "ratelimit-reset").ShouldBe(epoch + 3600);
        driver.Wait(2);
        Header(driver.Get("/servers"), "ratelimit-remaining").ShouldBe(1);
        driver.Get("/servers").Status.ShouldBe(200);
        driver.Get("/servers").Status.ShouldBe(429);
    }

    [Fact]
    public void Others_use_the_same_budget()
    {
        var driver = new HetznerDriver(new HetznerWorldOptions { OthersRequestsPerHour = 1800 });
        for (var i = 0; i < 3600; i++)
            driver.Get("/locations/1");
        driver.Wait(10);
        Header(driver.Get("/locations/1"), "ratelimit-remaining").ShouldBe(4);
    }

    [Fact]
    public void A_refused_token_costs_a_request_as_well()
    {
        var driver = new HetznerDriver { Token = "wrong" };
        Header(driver.Get("/servers"), "ratelimit-remaining").ShouldBe(3599);
    }

    [Theory]
    [InlineData(WorldFault.ActionFails, "error", 0)]
    [InlineData(null, "success", 1)]
    public void A_failed_action_leaves_nothing_behind(WorldFault? fault, string status, int volumes)
    {
        var driver = new HetznerDriver { Fault = fault };
        var reply = driver.Post("/volumes", """{"name":"data","size":10,"location":"fsn1"}""");
        reply.Reply.Injected.ShouldBe(fault is not null);
        driver.Settle();
        var action = driver.Get($"/actions/{reply.ActionId}").Json.GetProperty("action");
        action.GetProperty("status").GetString().ShouldBe(status);
        driver.World.Inventory().Count.ShouldBe(volumes);
    }

    [Fact]
    public void A_slow_action_takes_ten_times_as_long()
    {
        var driver = new HetznerDriver { Fault = WorldFault.ActionSlow };
        var reply = driver.Post("/volumes", """{"name":"data","size":10,"location":"fsn1"}""");
        driver.Wait(20);
        driver.Get($"/actions/{reply.ActionId}").Json.GetProperty("action").GetProperty("status").GetString()
            .ShouldBe("running");
        driver.Wait(20);
        driver.Get($"/actions/{reply.ActionId}").Json.GetProperty("action").GetProperty("status").GetString()
            .ShouldBe("success");
    }

    [Fact]
    public void An_error_after_the_effect_hides_what_happened()
    {
        var driver = new HetznerDriver { Fault = WorldFault.ErrorAfter };
        var reply = driver.Post("/volumes", """{"name":"data","size":10,"location":"fsn1"}""");
        (reply.Status, reply.Reply.Injected).ShouldBe((500, true));
        driver.World.Inventory().Single().Name.ShouldBe("data");
    }

    [Theory]
    [InlineData("GET", "/servers", WorldFault.ErrorAfter)]
    [InlineData("GET", "/servers", WorldFault.Locked)]
    [InlineData("GET", "/servers", WorldFault.ActionFails)]
    [InlineData("GET", "/pricing", WorldFault.StaleList)]
    [InlineData("GET", "/servers", WorldFault.ResourceUnavailable)]
    public void A_fault_that_makes_no_sense_for_a_request_is_not_played(string method, string path, WorldFault fault)
    {
        var driver = new HetznerDriver { Fault = fault };
        var reply = driver.Send(method, path);
        (reply.Status, reply.Reply.Injected).ShouldBe((200, false));
    }

    [Fact]
    public void The_service_log_knows_for_whom_the_work_was()
    {
        const string Tag = "prod/hetzner/server/cosmos-0";
        var driver = new HetznerDriver { Tag = Tag };
        driver.Server();
        driver.Tag = null;
        driver.Settle();
        var log = driver.World.Service;
        log.Select(record => (record.Tag, record.What)).ShouldBe(
        [
            (Tag, "POST /v1/servers"), (Tag, "create_server"), (Tag, "start_server"),
        ]);
        log[2].Start.ShouldBe(log[1].End);
        (log[2].End - log[1].Start).TotalSeconds.ShouldBeInRange(25, 31);
    }

    [Fact]
    public void What_is_preset_is_there_and_known_as_such()
    {
        var driver = new HetznerDriver(new HetznerWorldOptions
        {
            SshKeys = [new PresetSshKey { Name = "mine", PublicKey = HetznerDriver.Key }],
            FloatingIps = [new PresetFloatingIp { Name = "front", Address = "192.0.2.7" }],
            Servers = [new PresetServer { Name = "foreign" }],
            Volumes = [new PresetVolume { Name = "archive", Contents = "old" }],
        });
        driver.World.Inventory().ShouldAllBe(item => item.Preset);
        driver.World.Inventory().Select(item => item.Kind)
            .ShouldBe(["floating_ips", "primary_ips", "servers", "ssh_keys", "volumes"]);
        driver.Get("/floating_ips?name=front").Json.GetProperty("floating_ips")[0].GetProperty("ip").GetString()
            .ShouldBe("192.0.2.7");
        var volume = driver.World.Inventory().Single(item => item.Kind == "volumes");
        driver.World.ContentsOf(volume.Id).ShouldBe(new VolumeContents("ext4", 1, "old"));
    }

    [Fact]
    public void What_there_is_has_its_price()
    {
        var driver = new HetznerDriver();
        driver.Server();
        driver.Volume();
        driver.FloatingIp();
        // A cx33, its IPv4 address, ten gigabytes and a floating IP.
        driver.World.Inventory().Sum(item => item.MonthlyCost).ShouldBe(4.99m + 0.50m + 0.44m + 3.00m);
    }

    private static System.Text.Json.JsonElement Server(HetznerDriver driver, long id) =>
        driver.Get($"/servers/{id}").Json.GetProperty("server");

    private static long Header(HetznerReply reply, string name) =>
        long.Parse(reply.Reply.Headers[name], CultureInfo.InvariantCulture);

    private static List<(string, long, string, string?)> Identities(HetznerDriver driver) =>
        [.. driver.World.Inventory().Select(item => (item.Kind, item.Id, item.Name, item.PublicAddress))];

    private static string Digest(HetznerDriver driver)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, reply) in driver.Said)
            hash.AppendData(reply.Body.Span);
        return Convert.ToHexString(hash.GetHashAndReset()) + driver.World.Service.Sum(record => record.End.Ticks);
    }
}
