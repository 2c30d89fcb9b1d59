using System.Text;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation;

public sealed class FaultPlanTests
{
    private static readonly WorldRequest[] Requests =
    [
        Request("GET", "/v1/servers"), Request("GET", "/v1/actions/1"), Request("POST", "/v1/servers", "{}"),
        Request("POST", "/v1/volumes/1/actions/attach", "{}"), Request("DELETE", "/v1/servers/1"),
        Request("PUT", "/v1/servers/1", "{}"), Request("POST", "/v1/ssh_keys", "{}"),
    ];

    [Fact]
    public void The_names_of_the_kinds_are_fixed()
    {
        FaultKinds.All.ShouldBe(Enum.GetValues<FaultKind>());
        string.Join(' ', FaultKinds.All.Select(FaultKinds.NameOf)).ShouldBe(
            "http-429 http-500-before http-500-after lost-request lost-reply late-request reset slow-reply stale-list "
            + "resource-unavailable locked action-failed action-slow");
    }

    [Theory]
    [InlineData(FaultProfile.None)]
    [InlineData(FaultProfile.Light)]
    [InlineData(FaultProfile.Storm)]
    public void The_same_attempt_of_the_same_request_meets_the_same(FaultProfile profile)
    {
        foreach (var request in Requests)
        {
            for (var attempt = 1; attempt < 50; attempt++)
                Plan(profile, 7).For(request, attempt)
                    .ShouldBe(Plan(profile, 7).For(request with { Tag = "other" }, attempt));
        }
    }

    [Fact]
    public void Without_faults_there_is_only_latency()
    {
        foreach (var request in Requests)
        {
            var fault = Plan(FaultProfile.None, 1).For(request, 1);
            fault.Kind.ShouldBeNull();
            fault.LatencyOut.ShouldBeGreaterThan(TimeSpan.Zero);
            fault.LatencyBack.ShouldBeGreaterThan(TimeSpan.Zero);
            fault.Delay.ShouldBe(TimeSpan.Zero);
        }
    }

    [Theory]
    [InlineData(FaultProfile.Light, 2)]
    [InlineData(FaultProfile.Storm, 4)]
    public void Trying_again_wins_in_the_end(FaultProfile profile, int consecutiveMax)
    {
        var longest = 0;
        foreach (var request in Requests)
        {
            for (var seed = 1UL; seed <= 50; seed++)
            {
                var row = 0;
                for (var attempt = 1; attempt < 60; attempt++)
                {
                    row = Plan(profile, seed).For(request, attempt).Kind is null ? 0 : row + 1;
                    longest = Math.Max(longest, row);
                }
            }
        }

        longest.ShouldBe(consecutiveMax);
    }

    [Fact]
    public void A_storm_has_every_kind()
    {
        var seen = from seed in Enumerable.Range(1, 20)
                   from request in Requests
                   from attempt in Enumerable.Range(1, 20)
                   select Plan(FaultProfile.Storm, (ulong)seed).For(request, attempt).Kind;
        seen.OfType<FaultKind>().Distinct().Order().ShouldBe(FaultKinds.All);
    }

    [Theory]
    [InlineData(FaultProfile.Light, 0.02, 0.05)]
    [InlineData(FaultProfile.Storm, 0.15, 0.25)]
    public void About_the_planned_share_goes_wrong(FaultProfile profile, double least, double most)
    {
        var faults = (from seed in Enumerable.Range(1, 200)
                      from request in Requests
                      from attempt in Enumerable.Range(1, 10)
                      select Plan(profile, (ulong)seed).For(request, attempt)).ToList();
        (faults.Count(fault => fault.Kind is not null) / (double)faults.Count).ShouldBeInRange(least, most);
    }

    private static FaultPlan Plan(FaultProfile profile, ulong seed) => new(seed, profile, HetznerFaults.Applicable);

    private static WorldRequest Request(string method, string path, string body = "") =>
        new() { Method = method, Path = path, Body = Encoding.UTF8.GetBytes(body) };
}
