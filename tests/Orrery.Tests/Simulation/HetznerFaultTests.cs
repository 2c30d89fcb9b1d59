using Orrery.Simulation.Faults;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation;

public sealed class HetznerFaultTests
{
    private const string Volume = """{"name":"new","size":10,"location":"fsn1"}""";
    private const string Server = """{"name":"new","server_type":"cx33","image":"ubuntu-24.04","location":"fsn1"}""";

    public static TheoryData<string, string, string?> Requests => new()
    {
        { "GET", "/servers", null },
        { "GET", "/volumes", null },
        { "GET", "/servers/{server}", null },
        { "POST", "/ssh_keys", $$"""{"name":"new","public_key":"{{HetznerDriver.Key}}"}""" },
        { "POST", "/volumes", Volume },
        { "POST", "/servers", Server },
        { "PUT", "/servers/{server}", """{"labels":{"a":"b"}}""" },
        { "DELETE", "/servers/{server}", null },
        { "DELETE", "/volumes/{volume}", null },
        { "POST", "/volumes/{volume}/actions/attach", """{"server":{server}}""" },
        { "POST", "/servers/{server}/actions/shutdown", null },
        { "POST", "/volumes/{volume}/actions/change_protection", """{"delete":true}""" },
        { "POST", "/floating_ips", """{"name":"new","type":"ipv4","home_location":"fsn1"}""" },
        { "POST", "/firewalls", """{"name":"new"}""" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void What_is_applicable_is_really_played(string method, string path, string? body)
    {
        var kinds = HetznerFaults.Applicable(new WorldRequest { Method = method, Path = "/v1" + path });
        kinds.ShouldBeUnique();
        foreach (var kind in kinds)
        {
            if (FaultKinds.PlayedByWorld(kind) is not { } fault)
                continue;
            var driver = new HetznerDriver();
            var (server, volume) = Things(driver);
            driver.Fault = fault;
            var reply = driver.Send(method, Fill(path), body is null ? null : Fill(body));
            reply.Reply.Injected.ShouldBeTrue(kind.ToString());

            string Fill(string text) => text
                .Replace("{server}", $"{server}", StringComparison.Ordinal)
                .Replace("{volume}", $"{volume}", StringComparison.Ordinal);
        }
    }

    // Settled ones to change, and fresh ones that a stale list does not show.
    private static (long Server, long Volume) Things(HetznerDriver driver)
    {
        var (server, volume) = (driver.Server(), driver.Volume());
        driver.Settle();
        driver.Server("fresh");
        driver.Volume("fresh");
        return (server, volume);
    }
}
