using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Rehearsals;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Rehearsal.Reports;

namespace Orrery.Tests.Cli;

/// <summary>A rehearsal's timeline as a person sees it, at its end and on the way.</summary>
public sealed class TimelineTextTests
{
    private static readonly ResourceAddress Firewall = ResourceAddress.Of("prod", "hetzner/firewall", "nodes");
    private static readonly ResourceAddress Server = ResourceAddress.Of("prod", "hetzner/server", "cosmos-0");

    private static StepReport Step => new()
    {
        Name = "up",
        Outcome = "converged",
        SimulatedSeconds = 40,
        CriticalPathSeconds = 38,
        Plan = null,
        Timeline =
        [
            new TimelineReport(Firewall, ChangeAction.Create, 0, 10, [], true),
            new TimelineReport(Server, ChangeAction.Create, 10, 40, [Firewall], true),
        ],
    };

    [Fact]
    public void At_the_end_each_bar_stands_where_its_time_was() =>
        TimelineText.Of(Step, new Paint(false)).ShouldBe([
            "create  prod firewall nodes   ━━━━━━━━━━                                  10s *",
            "create  prod server cosmos-0            ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━    30s *",
        ]);

    [Fact]
    public void On_the_way_it_says_what_runs_and_what_the_rest_waits_for() =>
        TimelineText.Until(Step, 4, new Paint(false)).ShouldBe([
            "create  prod firewall nodes   ━━━━                                       4.0s …",
            "        prod server cosmos-0  waits for prod firewall nodes",
        ]);
}
