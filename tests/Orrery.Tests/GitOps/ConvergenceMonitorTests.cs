using Orrery.GitOps.Delivery;
using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.Tests.GitOps;

public sealed class ConvergenceMonitorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(12);

    [Fact]
    public void All_ready_at_two_looks_is_converged()
    {
        var monitor = Monitor("root", "a");
        monitor.Look(Minute(1), [Ready("root")]).ShouldBe(new Convergence.Progressing(1, 2));
        monitor.Look(Minute(2), [Ready("root"), Ready("a")]).ShouldBe(new Convergence.Progressing(2, 2));
        monitor.Look(Minute(3), [Ready("root"), Ready("a")]).ShouldBeOfType<Convergence.Converged>();
    }

    [Fact]
    public void One_that_came_since_the_last_look_begins_the_count_anew()
    {
        var monitor = Monitor("a");
        monitor.Look(Minute(1), [Ready("a")]);
        monitor.Look(Minute(2), [Ready("a"), Ready("b")]).ShouldBeOfType<Convergence.Progressing>();
        monitor.Look(Minute(3), [Ready("a"), Ready("b")]).ShouldBeOfType<Convergence.Converged>();
    }

    [Fact]
    public void However_long_it_takes_it_goes_on_while_something_comes_nearer()
    {
        string[] names = [.. Enumerable.Range(0, 30).Select(i => $"app-{i}")];
        var monitor = Monitor(names);
        for (var i = 0; i < names.Length; i++)
            monitor.Look(Minute(11 * i), [.. names[..i].Select(Ready)]).ShouldBeOfType<Convergence.Progressing>();
    }

    [Fact]
    public void One_that_goes_back_and_forth_is_no_progress_and_is_named()
    {
        var monitor = Monitor("a", "b", "c");
        var failed = new ApplicationState("a", "Degraded", "Synced", "Succeeded", "pod is crash-looping");
        Convergence last = new Convergence.Converged();
        for (var minute = 1; minute <= 14; minute++)
            last = monitor.Look(Minute(minute), [minute % 2 == 0 ? Ready("b") : New("b"), failed]);
        last.ShouldBeOfType<Convergence.Stalled>().Diagnosis.ShouldBe(
            ["c: not there", "a: Degraded, Synced, Succeeded: pod is crash-looping"]);
    }

    [Fact]
    public void An_application_is_read_from_its_object()
    {
        var application = (Value.Map)YamlDocuments.Read(
            """
            metadata: { name: a }
            status:
              health: { status: Progressing }
              sync: { status: OutOfSync }
              conditions: [ { type: SyncError, message: no such chart } ]
              operationState: { phase: Failed, message: one resource failed }
            """)[0];
        ApplicationState.Of(application).ShouldBe(new ApplicationState(
            "a", "Progressing", "OutOfSync", "Failed", "no such chart; one resource failed"));
        ApplicationState.Of(Value.MapOf(("metadata", Value.MapOf(("name", "b"))))).ShouldBe(New("b"));
    }

    private static ConvergenceMonitor Monitor(params string[] expected) => new(expected, Limit, TimeSpan.Zero);

    private static TimeSpan Minute(int minutes) => TimeSpan.FromMinutes(minutes);

    private static ApplicationState Ready(string name) => new(name, "Healthy", "Synced", "Succeeded", "");

    private static ApplicationState New(string name) => new(name, "", "", "", "");
}
