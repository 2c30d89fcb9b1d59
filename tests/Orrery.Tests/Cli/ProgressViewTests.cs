using Orrery.Cli.Terminal.Runs;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Tests.Providers;

namespace Orrery.Tests.Cli;

public sealed class ProgressViewTests
{
    private static readonly ResourceAddress Server = ResourceAddress.Of("prod", "hetzner/server", "cosmos-0");
    private static readonly ResourceAddress Volume = ResourceAddress.Of("prod", "hetzner/volume", "data");
    private static readonly ResourceAddress Link = ResourceAddress.Of("prod", "hetzner/volume-attachment", "data");

    [Fact]
    public void What_waits_says_for_whom_and_what_runs_says_for_what()
    {
        var progress = Begun();
        progress.On(new RunEvent.Started(Server, ChangeAction.Create));
        progress.On(new RunEvent.Waiting(Server, new WaitState("create_server", "running, 40 %")));
        Lines(progress).ShouldBe([
            $"Running {Server} waits for create_server (running, 40 %) 0.0s",
            $"Pending {Link} after server/cosmos-0 and 1 more ",
            $"Pending {Volume} next ",
        ]);
        ProgressView.Headline(progress).ShouldBe("0 of 3 done, 1 running  0.0s");
    }

    [Fact]
    public void A_failure_is_named_and_so_is_what_was_not_begun()
    {
        var progress = Begun();
        progress.On(new RunEvent.Started(Server, ChangeAction.Create));
        var broken = new Diagnostic { Code = "APPLY004", Summary = "the cloud has none left" };
        progress.On(new RunEvent.Failed(Server, broken));
        progress.On(new RunEvent.Skipped(Link, "it needs what failed"));
        Lines(progress).ShouldBe([
            $"Failed {Server} failed: the cloud has none left 0.0s",
            $"Skipped {Link} not begun: it needs what failed ",
            $"Pending {Volume} next ",
        ]);
    }

    [Fact]
    public void A_replacement_is_done_after_both_halves()
    {
        var progress = new RunProgress(new VirtualTime());
        progress.On(new RunEvent.Planned(Plan(Change(Server, ChangeAction.Replace))));
        progress.On(new RunEvent.Started(Server, ChangeAction.Delete));
        progress.On(new RunEvent.Finished(Server, ChangeAction.Delete));
        progress.Count(ChangePhase.Done).ShouldBe(0);
        Lines(progress).ShouldBe([$"Pending {Server} deleted, half done "]);
        progress.On(new RunEvent.Started(Server, ChangeAction.Create));
        progress.On(new RunEvent.Finished(Server, ChangeAction.Create));
        Lines(progress).ShouldBe([$"Done {Server} replaced 0.0s"]);
    }

    [Fact]
    public void Where_not_all_fits_what_runs_is_shown_first()
    {
        var progress = Begun();
        progress.On(new RunEvent.Started(Volume, ChangeAction.Create));
        ProgressView.Lines(progress, linesMax: 2).Select(line => line.Address).ShouldBe([Volume.Text, "and 2 more"]);
    }

    private static RunProgress Begun()
    {
        var progress = new RunProgress(new VirtualTime());
        progress.On(new RunEvent.Planned(Plan(
            Change(Server, ChangeAction.Create),
            Change(Volume, ChangeAction.Create),
            Change(Link, ChangeAction.Create) with { Needs = [Server, Volume] })));
        return progress;
    }

    private static Change Change(ResourceAddress address, ChangeAction action) =>
        new() { Address = address, Action = action };

    private static Plan Plan(params Change[] changes) =>
        new() { PlatformId = "cosmos-12345678", StateSerial = 0, Changes = changes.ToValueList() };

    private static IEnumerable<string> Lines(RunProgress progress) => ProgressView.Lines(progress, linesMax: 20)
        .Select(line => $"{line.Phase} {line.Address} {line.Text} {line.Time}");
}
