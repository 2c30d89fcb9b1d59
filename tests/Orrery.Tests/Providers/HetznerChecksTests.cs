using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using static Orrery.Tests.Providers.HetznerScene;

namespace Orrery.Tests.Providers;

/// <summary>What the account is asked before anything is made, and what things cost.</summary>
public class HetznerChecksTests
{
    private const string Sold = "{'name':'fsn1','deprecation':null},{'name':'nbg1','deprecation':null}";
    private const string Image =
        "{'id':1,'name':'ubuntu-24.04','architecture':'x86','status':'available','deprecated':null}";

    [Fact]
    public void A_sound_declaration_gives_no_diagnostics() => Check().ShouldBe([]);

    [Theory]
    [InlineData("HCLOUD002", "locations", "{'name':'hel1'}")]
    [InlineData("HCLOUD003", "server_types", "{'name':'cx43','architecture':'x86','locations':[" + Sold + "]}")]
    [InlineData("HCLOUD004", "server_types", "{'name':'cx33','architecture':'x86','locations':[{'name':'hel1'}]}")]
    [InlineData("HCLOUD004", "server_types",
        "{'name':'cx33','architecture':'x86','locations':[{'name':'fsn1',"
        + "'deprecation':{'unavailable_after':'2025-01-01T00:00:00Z'}}]}")]
    [InlineData("HCLOUD005", "server_types",
        "{'name':'cx33','architecture':'x86','locations':[{'name':'fsn1',"
        + "'deprecation':{'unavailable_after':'2026-03-01T00:00:00Z'}}]}")]
    [InlineData("HCLOUD006", "images", "")]
    [InlineData("HCLOUD007", "images",
        "{'id':1,'name':'ubuntu-24.04','architecture':'x86','status':'available','deprecated':'2025-12-01T00:00:00Z'}")]
    [InlineData("HCLOUD008", "floating_ips", "")]
    public void Each_wrong_assumption_has_its_code(string code, string collection, string items) =>
        Check(collection, items).ShouldBe([code]);

    [Fact]
    public void Alternatives_of_another_architecture_are_refused() =>
        Check(
            "server_types",
            "{'name':'cx33','architecture':'x86','locations':[" + Sold + "]},"
            + "{'name':'cax21','architecture':'arm','locations':[" + Sold + "]}",
            "cax21").ShouldBe(["HCLOUD009"]);

    [Fact]
    public void A_refused_token_is_one_diagnostic() => Check("locations", "", status: 401).ShouldBe(["HCLOUD001"]);

    [Theory]
    [InlineData("volume", 2.0)]
    [InlineData("server", 7.0)]
    [InlineData("primary-ip", 0.5)]
    [InlineData("floating-ip", 3.0)]
    public void Prices_are_gross_euros_per_month(string kind, double price)
    {
        var time = new VirtualTime();
        var wire = new Answering(time, _ => new Reply(200, Prices("EUR")));
        var priced = (IPriced)new HetznerScene(wire, time).Handler(kind);

        var first = time.Run(() => priced.PricePerMonthAsync(Desired, default));
        time.Run(() => priced.PricePerMonthAsync(Desired, default)).ShouldBe(first);

        first.ShouldBe((decimal)price);
        wire.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void Prices_in_another_currency_are_not_told()
    {
        var time = new VirtualTime();
        var scene = new HetznerScene(new Answering(time, _ => new Reply(200, Prices("USD"))), time);

        time.Run(() => ((IPriced)scene.Handler("server")).PricePerMonthAsync(Desired, default)).ShouldBeNull();
    }

    private static Value.Map Desired { get; } = Value.MapOf(
        ("type", "cx33"), ("location", "fsn1"), ("homeLocation", "fsn1"), ("size", 50));

    private static string[] Check(string? collection = null, string items = "", string? second = null, int status = 200)
    {
        var time = new VirtualTime();
        var wire = new Answering(time, sent =>
        {
            var asked = sent.PathAndQuery.Split('?')[0].Split('/')[^1];
            return asked == collection
                ? new Reply(status, Page(asked, items))
                : new Reply(200, Page(asked, asked switch
                {
                    "locations" => "{'name':'fsn1'}",
                    "server_types" => "{'name':'cx33','architecture':'x86','locations':[" + Sold + "]}",
                    "images" => Image,
                    _ => FloatingIp(61, "49.12.115.123"),
                }));
        });
        var platform = HetznerGraphTests.Cosmos(RebuildStrategy.InPlace, true);
        var cluster = platform.Clusters["prod"];
        var pool = cluster.NodePools["cosmos"] with { Types = second is null ? ["cx33"] : ["cx33", second] };
        var scene = new HetznerScene(wire, time);
        var found = time.Run(() =>
            scene.Provider.CheckAsync(platform, cluster with { NodePools = ValueMap.Of(("cosmos", pool)) }, default));
        wire.Sent.ShouldAllBe(sent => sent.Method == "GET");
        return [.. found.Select(diagnostic => diagnostic.Code)];
    }

    // The server costs 6.5 and the IPv4 address that comes with it 0.5.
    private static string Prices(string currency) => Json($$"""
        {'pricing':{'currency':'{{currency}}','volume':{'price_per_gb_month':{'net':'0.03','gross':'0.0400'} },
        'server_types':[{'name':'cx33','prices':[{'location':'fsn1','price_monthly':{'gross':'6.5000'} }]}],
        'primary_ips':[{'type':'ipv4','prices':[{'location':'fsn1','price_monthly':{'gross':'0.50'} }]},
        {'type':'cx33','prices':[{'location':'fsn1','price_monthly':{'gross':'0.50'} }]}],
        'floating_ips':[{'type':'cx33','prices':[{'location':'fsn1','price_monthly':{'gross':'3.00'} }]}]} }
        """);
}
