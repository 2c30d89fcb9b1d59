using System.Text.Json;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation;

public sealed class HetznerListTests
{
    [Theory]
    [InlineData("", 1, 25, 25, null, 2, 3)]
    [InlineData("?page=2", 2, 25, 25, 1, 3, 3)]
    [InlineData("?page=3", 3, 25, 10, 2, null, 3)]
    [InlineData("?page=4", 4, 25, 0, 3, null, 3)]
    [InlineData("?per_page=50", 1, 50, 50, null, 2, 2)]
    [InlineData("?per_page=500", 1, 50, 50, null, 2, 2)]
    public void Lists_come_in_pages(string query, int page, int perPage, int count, int? previous, int? next, int last)
    {
        var driver = new HetznerDriver();
        for (var i = 0; i < 60; i++)
            driver.FloatingIp($"address-{i}");
        var reply = driver.Get("/floating_ips" + query);
        reply.Ids("floating_ips").Count.ShouldBe(count);
        var pagination = reply.Json.GetProperty("meta").GetProperty("pagination");
        Number(pagination, "page").ShouldBe(page);
        Number(pagination, "per_page").ShouldBe(perPage);
        Number(pagination, "previous_page").ShouldBe(previous);
        Number(pagination, "next_page").ShouldBe(next);
        Number(pagination, "last_page").ShouldBe(last);
        Number(pagination, "total_entries").ShouldBe(60);
    }

    [Fact]
    public void The_link_header_stays_in_the_simulated_cloud()
    {
        var driver = new HetznerDriver();
        for (var i = 0; i < 3; i++)
            driver.FloatingIp($"address-{i}");
        driver.Get("/floating_ips?page=2&per_page=1").Reply.Headers["link"].ShouldBe(
            "</v1/floating_ips?page=1&per_page=1>; rel=\"prev\", </v1/floating_ips?page=3&per_page=1>; rel=\"next\", "
            + "</v1/floating_ips?page=3&per_page=1>; rel=\"last\"");
    }

    [Theory]
    [InlineData("env=production", "a")]
    [InlineData("env==production", "a")]
    [InlineData("env!=production", "b,c,d")]
    [InlineData("env", "a,b")]
    [InlineData("!env", "c,d")]
    [InlineData("env in (production,staging)", "a,b")]
    [InlineData("env notin (production, other)", "b,c,d")]
    [InlineData("env in (production,staging),tier=web", "b")]
    [InlineData("example.org/owner=x_1.y", "d")]
    [InlineData("tier=", "c")]
    public void Label_selectors_choose(string selector, string expected)
    {
        var driver = new HetznerDriver();
        var names = new Dictionary<long, string>
        {
            [driver.FloatingIp("a", ""","labels":{"env":"production"}""")] = "a",
            [driver.FloatingIp("b", ""","labels":{"env":"staging","tier":"web"}""")] = "b",
            [driver.FloatingIp("c", ""","labels":{"tier":""}""")] = "c",
            [driver.FloatingIp("d", ""","labels":{"example.org/owner":"x_1.y"}""")] = "d",
        };
        var found = driver.Get($"/floating_ips?label_selector={Uri.EscapeDataString(selector)}").Ids("floating_ips");
        string.Join(',', found.Select(id => names[id]).Order()).ShouldBe(expected);
    }

    [Fact]
    public void A_stale_list_lacks_what_is_new_and_shows_what_is_gone()
    {
        var driver = new HetznerDriver();
        var old = driver.FloatingIp("old");
        var gone = driver.FloatingIp("gone");
        driver.Settle();
        var made = driver.FloatingIp("new");
        driver.Delete($"/floating_ips/{gone}").Status.ShouldBe(204);
        driver.Fault = WorldFault.StaleList;
        var stale = driver.Get("/floating_ips");
        stale.Reply.Injected.ShouldBeTrue();
        stale.Ids("floating_ips").ShouldBe(new[] { old, gone }.Order());
        driver.Get("/floating_ips").Ids("floating_ips").ShouldBe(new[] { old, made }.Order());
        driver.Get($"/floating_ips/{made}").Status.ShouldBe(200);
    }

    [Fact]
    public void A_stale_list_of_what_is_long_settled_is_no_fault()
    {
        var driver = new HetznerDriver();
        driver.FloatingIp();
        driver.Settle();
        driver.Fault = WorldFault.StaleList;
        driver.Get("/floating_ips").Reply.Injected.ShouldBeFalse();
    }

    private static int? Number(JsonElement pagination, string name) =>
        pagination.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;
}
