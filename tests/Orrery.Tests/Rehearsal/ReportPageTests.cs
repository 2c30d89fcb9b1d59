using System.Text;
using System.Xml.Linq;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Rehearsal.Reports;
using Orrery.Rehearsal.Reports.Html;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Rehearsal;

/// <summary>The report as a page: complete, harmless, and the same each time.</summary>
public class ReportPageTests
{
    private static readonly ResourceAddress Firewall = ResourceAddress.Of("prod", "hetzner/firewall", "nodes");
    private static readonly ResourceAddress Server = ResourceAddress.Of("prod", "hetzner/server", "cosmos-0");

    [Fact]
    public void Equal_reports_give_equal_bytes() =>
        ReportPage.Write(Report(2)).ShouldBe(ReportPage.Write(Report(2)));

    [Fact]
    public void It_needs_no_network_and_no_script()
    {
        var page = ReportPage.Write(Report(2));
        foreach (var wanted in new[] { "http:", "https:", "src=", "@import", "url(", "<script", "<link rel=\"style" })
            page.ShouldNotContain(wanted);
        page.ShouldContain("default-src 'none'");
        page.ShouldContain("prefers-color-scheme: dark");
    }

    [ProgramFact("chromium")]
    public async Task A_browser_shows_it_and_has_nothing_to_complain_about()
    {
        var folder = Directory.CreateTempSubdirectory("orrery-report-").FullName;
        try
        {
            var file = Path.Combine(folder, "report.html");
            await File.WriteAllTextAsync(file, ReportPage.Write(Report(2)));
            var command = $"chromium --headless --no-sandbox --disable-gpu --user-data-dir='{folder}/profile' "
                + $"--enable-logging=stderr --dump-dom 'file://{file}' 2>&1";
            var said = Encoding.UTF8.GetString(await ProgramRun.OutputAsync("sh", [], "-c", command));
            said.ShouldContain("Rehearsal of cosmos");
            said.ShouldContain("</svg>");
            said.ShouldNotContain("CONSOLE");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_bar_says_when_it_was_and_what_it_waited_for()
    {
        var rows = Body(Report(2)).Descendants("li").Select(row => Words(row.Value)).ToArray();
        rows.ShouldBe(
        [
            "create firewall nodes 1.5 s ★ prod/hetzner/firewall/nodes from 0.0 s to 1.5 s, on the critical path. It "
                + "waited for nothing.",
            "create server cosmos-0 30.0 s prod/hetzner/server/cosmos-0 from 1.5 s to 31.5 s. It waited for firewall "
                + "nodes.",
        ]);
        Body(Report(2)).Descendants("li").ShouldAllBe(row => row.Attribute("tabindex")!.Value == "0");
        var bars = Body(Report(2)).Descendants("li").Descendants("span").Select(bar => bar.Attribute("style")?.Value);
        bars.OfType<string>().Select(Words).ShouldBe(["left:0%;width:4.76%", "left:4.76%;width:95.24%"]);
    }

    [Fact]
    public void The_graph_draws_a_line_for_each_need_and_a_table_says_the_same()
    {
        var body = Body(Report(2));
        body.Descendants("path").Count().ShouldBe(1);
        body.Descendants("g").Select(box => Words(box.Element("title")!.Value)).ShouldBe([Firewall.Text, Server.Text]);
        body.Descendants("details").Single().Descendants("td").Select(cell => Words(cell.Value))
            .ShouldBe(["", "firewall nodes"]);
    }

    [Fact]
    public void A_graph_that_is_too_large_to_draw_is_a_table()
    {
        var body = Body(Report(61));
        body.Descendants("svg").ShouldBeEmpty();
        var table = body.Descendants("details").Single();
        table.Attribute("open").ShouldNotBeNull();
        table.Descendants("tbody").Single().Elements("tr").Count().ShouldBe(61);
    }

    [Fact]
    public void Whatever_went_wrong_stands_there()
    {
        var text = Words(Body(Report(2) with
        {
            Outcome = "failed",
            Orphans = ["volume 7"],
            Recovered = true,
            Faults = ValueMap.Of(("lost-reply", 3)),
            Invariants = [new InvariantReport("one-writer", false, 5, ["two wrote"])],
            Crashes = new CrashReport
            {
                Points = 9,
                Converged = 8,
                Orphans = 1,
                Duplicates = 2,
                MutatingRequests = 4,
                JournalWrites = 6,
                Failures = ["crash 5: something is there twice"],
            },
            DowntimeSeconds = ValueMap.Of(("in-place", 40.5), ("blue-green", 8.25)),
        }).Value);
        foreach (var expected in new[]
        {
            "failed", "Orphaned: volume 7", "The same command without faults then converged.", "lost-reply 3",
            "one-writer broken 5 two wrote", "killed at 9 moments and started again: 8 times", "in-place 40.5 s",
            "blue-green 8.25 s", "crash 5: something is there twice", "hetzner 12 4 3600 0.33 %",
        })
        {
            text.ShouldContain(expected);
        }
    }

    [Fact]
    public void Nothing_in_a_report_becomes_markup()
    {
        const string evil = "<script>alert('&')</script>\"";
        var step = Report(2).Steps[0] with
        {
            Name = evil,
            Outcome = evil,
            Diagnostics = [new DiagnosticCode("TEST001", evil, evil).At(null, evil)],
        };
        var page = ReportPage.Write(Report(2) with
        {
            Platform = evil,
            Scenario = evil,
            Repeat = evil,
            Outcome = evil,
            Orphans = [evil],
            Steps = [step],
            Invariants = [new InvariantReport(evil, false, 1, [evil])],
            Faults = ValueMap.Of((evil, 1)),
            DowntimeSeconds = ValueMap.Of((evil, 1.0)),
            Requests = ValueMap.Of((evil, new RequestCount(1, 1))),
        });
        page.ShouldNotContain("<script");
        page.ShouldNotContain("alert('");
    }

    private static RehearsalReport Report(int resources)
    {
        var changes = new List<Change> { Make(Firewall), Make(Server, Firewall) };
        for (var i = changes.Count; i < resources; i++)
            changes.Add(Make(ResourceAddress.Of("prod", "hetzner/server", $"more-{i}"), Firewall));
        return new RehearsalReport
        {
            Platform = "cosmos",
            Scenario = "up",
            Seed = 1,
            Outcome = "converged",
            SimulatedSeconds = 31.5,
            Steps =
            [
                new StepReport
                {
                    Name = "up",
                    Outcome = "converged",
                    SimulatedSeconds = 31.5,
                    CriticalPathSeconds = 30,
                    Plan = new Plan { PlatformId = "cosmos",
                    StateSerial = 0,
                    Changes = changes.ToValueList() },
                    Timeline =
                    [
                        new TimelineReport(Firewall, ChangeAction.Create, 0, 1.5, [], true),
                        new TimelineReport(Server, ChangeAction.Create, 1.5, 31.5, [Firewall], false),
                    ],
                },
            ],
            Requests = ValueMap.Of(("hetzner", new RequestCount(12, 4) { BudgetPerHour = 3600 })),
            Faults = ValueMap<int>.Empty,
            Clusters = [],
            DowntimeSeconds = ValueMap<double>.Empty,
            CostPerMonth = 12.72m,
            Orphans = [],
            Invariants = [new InvariantReport("one-writer", true, 5, [])],
            Repeat = "orrery rehearse examples/cosmos --scenario up",
        };
    }

    private static Change Make(ResourceAddress address, params ResourceAddress[] needs) => new()
    {
        Address = address,
        Action = ChangeAction.Create,
        After = Value.Map.Empty,
        Needs = needs.ToValueList(),
    };

    /// <summary>The body; it is also well-formed XML, so that nothing is left open.</summary>
    private static XElement Body(RehearsalReport report)
    {
        var page = ReportPage.Write(report);
        var start = page.IndexOf("<body>", StringComparison.Ordinal);
        var body = page[start..(page.IndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)];
        // Neighbours in a row are apart to the eye.
        body = body.Replace("</", " </", StringComparison.Ordinal);
        return XElement.Parse(body.Replace("<details open>", "<details open=\"\">", StringComparison.Ordinal));
    }

    private static string Words(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
