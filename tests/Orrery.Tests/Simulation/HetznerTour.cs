namespace Orrery.Tests.Simulation;

/// <summary>Calls every route of the simulated cloud at least once, each with success.</summary>
internal static class HetznerTour
{
    public static HetznerDriver Run()
    {
        var driver = new HetznerDriver();
        Catalog(driver);
        var key = driver.SshKey();
        Kind(driver, "ssh_keys", key, """{"name":"renamed","labels":{"a":"b"}}""");
        var (server, volume) = Servers(driver);
        Volumes(driver, server, volume);
        PrimaryIps(driver, server);
        FloatingIps(driver, server);
        Firewalls(driver, server);
        Power(driver, server);
        Ok(driver.Delete($"/ssh_keys/{key}"));
        Ok(driver.Delete($"/servers/{server}"));
        driver.Settle();
        return driver;
    }

    private static void Catalog(HetznerDriver driver)
    {
        foreach (var path in new[] { "locations", "datacenters", "server_types", "images" })
        {
            var first = Ok(driver.Get($"/{path}?per_page=50")).Ids(path)[0];
            Ok(driver.Get($"/{path}/{first}"));
        }

        const string NotSimulated = "certificates isos load_balancer_types load_balancers networks placement_groups";
        foreach (var path in NotSimulated.Split(' '))
            Ok(driver.Get($"/{path}")).Ids(path).ShouldBeEmpty();
        Ok(driver.Get("/pricing"));
    }

    private static (long Server, long Volume) Servers(HetznerDriver driver)
    {
        var firewall = driver.Firewall("first");
        var volume = driver.Volume("first");
        var address = driver.PrimaryIp("first");
        driver.Settle();
        var server = driver.Server(more: $$"""
            ,"labels":{"app":"cosmos"},"ssh_keys":["renamed"],"user_data":"#cloud-config\n","volumes":[{{volume}}],
            "firewalls":[{"firewall":{{firewall}}}],
            "public_net":{"enable_ipv4":true,"enable_ipv6":true,"ipv4":{{address}}}
            """);
        Ok(driver.Get("/servers/actions?status=running&sort=id:desc"));
        driver.Settle();
        Kind(driver, "servers", server, """{"name":"cosmos-1","labels":{}}""");
        Ok(driver.Get($"/servers?status=running&label_selector=!app&name=cosmos-1&sort=created:desc")).Ids("servers")
            .ShouldBe([server]);
        return (server, volume);
    }

    private static void Volumes(HetznerDriver driver, long server, long volume)
    {
        Act(driver, $"/volumes/{volume}/actions/detach");
        Act(driver, $"/volumes/{volume}/actions/attach", $$"""{"server":{{server}},"automount":false}""");
        Act(driver, $"/volumes/{volume}/actions/resize", """{"size":20}""");
        Act(driver, $"/volumes/{volume}/actions/change_protection", """{"delete":true}""");
        Kind(driver, "volumes", volume, """{"labels":{"keep":"yes"}}""");
        var other = driver.Volume("other", more: ""","format":"ext4" """);
        Ok(driver.Get("/volumes?status=creating")).Ids("volumes").ShouldBe([other]);
        driver.Settle();
        Ok(driver.Delete($"/volumes/{other}"));
        Ok(driver.Post("/volumes",
            $$"""{"name":"direct","size":10,"server":{{server}},"automount":true,"format":"xfs"}"""));
        driver.Settle();
    }

    private static void PrimaryIps(HetznerDriver driver, long server)
    {
        Act(driver, $"/servers/{server}/actions/poweroff");
        var old = driver.Get($"/servers/{server}").Json.GetProperty("server").GetProperty("public_net")
            .GetProperty("ipv4").GetProperty("id").GetInt64();
        Act(driver, $"/primary_ips/{old}/actions/unassign");
        Act(driver, $"/primary_ips/{old}/actions/assign", $$"""{"assignee_id":{{server}},"assignee_type":"server"}""");
        var reply = Ok(driver.Get($"/primary_ips/{old}")).Json.GetProperty("primary_ip").GetProperty("ip").GetString();
        Ok(driver.Get($"/primary_ips?ip={reply}")).Ids("primary_ips").ShouldBe([old]);
        Act(driver, $"/primary_ips/{old}/actions/change_dns_ptr", $$"""{"ip":"{{reply}}","dns_ptr":"a.example.org"}""");
        Act(driver, $"/primary_ips/{old}/actions/change_protection", """{"delete":true}""");
        Kind(driver, "primary_ips", old, """{"labels":{"a":"b"},"auto_delete":false}""");
        var other = driver.PrimaryIp("other");
        driver.Settle();
        Ok(driver.Delete($"/primary_ips/{other}"));
        Act(driver, $"/servers/{server}/actions/change_dns_ptr", $$"""{"ip":"{{reply}}","dns_ptr":null}""");
        Act(driver, $"/servers/{server}/actions/poweron");
    }

    private static void FloatingIps(HetznerDriver driver, long server)
    {
        var floating = driver.FloatingIp();
        var address =
            driver.Get($"/floating_ips/{floating}").Json.GetProperty("floating_ip").GetProperty("ip").GetString();
        Act(driver, $"/floating_ips/{floating}/actions/assign", $$"""{"server":{{server}}}""");
        Ok(driver.Get($"/servers/{server}")).Json.GetProperty("server").GetProperty("public_net")
            .GetProperty("floating_ips").GetArrayLength().ShouldBe(1);
        Act(driver, $"/floating_ips/{floating}/actions/unassign");
        Act(driver, $"/floating_ips/{floating}/actions/change_dns_ptr",
            $$"""{"ip":"{{address}}","dns_ptr":"b.example.org"}""");
        Act(driver, $"/floating_ips/{floating}/actions/change_protection", """{"delete":false}""");
        Kind(driver, "floating_ips", floating, """{"name":"back","description":"of the house"}""");
        Ok(driver.Delete($"/floating_ips/{floating}"));
        Ok(driver.Post("/floating_ips", $$"""{"type":"ipv6","server":{{server}},"description":"unnamed"}"""));
        driver.Settle();
    }

    private static void Firewalls(HetznerDriver driver, long server)
    {
        const string Rules = """
            "rules":[
            {"direction":"in","protocol":"tcp","port":"80-443","source_ips":["0.0.0.0/0","::/0"],"description":"web"},
            {"direction":"out","protocol":"icmp","destination_ips":["10.0.0.0/8"]}]
            """;
        var target = $$$"""{"type":"server","server":{"id":{{{server}}}}}""";
        const string Selector = """{"type":"label_selector","label_selector":{"selector":"app=cosmos"}}""";
        var firewall = driver.Firewall("rules", $$""","labels":{},"apply_to":[{{Selector}}],{{Rules}}""");
        driver.Settle();
        Act(driver, $"/firewalls/{firewall}/actions/apply_to_resources", $$"""{"apply_to":[{{target}}]}""");
        Act(driver, $"/firewalls/{firewall}/actions/set_rules", $$$"""{{{{Rules}}}}""");
        Kind(driver, "firewalls", firewall, """{"name":"other","labels":{"a":"b"}}""");
        Act(driver, $"/firewalls/{firewall}/actions/remove_from_resources",
            $$"""{"remove_from":[{{target}},{{Selector}}]}""");
        Ok(driver.Delete($"/firewalls/{firewall}"));
    }

    private static void Power(HetznerDriver driver, long server)
    {
        Act(driver, $"/servers/{server}/actions/reboot");
        Act(driver, $"/servers/{server}/actions/reset");
        Act(driver, $"/servers/{server}/actions/rebuild", """{"image":"debian-12","user_data":"#!/bin/sh\n"}""");
        Act(driver, $"/servers/{server}/actions/shutdown");
        Ok(driver.Get($"/servers/{server}")).Json.GetProperty("server").GetProperty("status").GetString()
            .ShouldBe("off");
        Act(driver, $"/servers/{server}/actions/poweron");
        Act(driver, $"/servers/{server}/actions/change_protection", """{"delete":true,"rebuild":true}""");
        Act(driver, $"/servers/{server}/actions/change_protection", """{"delete":false,"rebuild":false}""");
    }

    // Reading one, all and their actions, and a PUT.
    private static void Kind(HetznerDriver driver, string path, long id, string update)
    {
        Ok(driver.Get($"/{path}/{id}"));
        Ok(driver.Get($"/{path}?page=1&per_page=1"));
        Ok(driver.Put($"/{path}/{id}", update));
        if (path == "ssh_keys")
            return;
        Ok(driver.Get($"/{path}/actions?sort=command&sort=id:asc"));
        var actions = Ok(driver.Get($"/{path}/{id}/actions?status=success&status=error")).Ids("actions");
        Ok(driver.Get($"/{path}/{id}/actions/{actions[0]}"));
        Ok(driver.Get($"/{path}/actions/{actions[0]}"));
        Ok(driver.Get($"/actions/{actions[0]}"));
        Ok(driver.Get($"/actions?{string.Join('&', actions.Select(action => $"id={action}"))}"));
    }

    private static void Act(HetznerDriver driver, string path, string? json = null)
    {
        var before = driver.Post(path, json);
        before.Status.ShouldBe(201, $"{path}: {before.Text}");
        driver.Settle();
    }

    private static HetznerReply Ok(HetznerReply reply)
    {
        reply.Status.ShouldBeLessThan(300, reply.Reply.Body.IsEmpty ? "" : reply.Text);
        return reply;
    }
}
