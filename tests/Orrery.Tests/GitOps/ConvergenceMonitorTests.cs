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
        var failed = new DeliveryState(
            "a", false, ["Degraded", "Synced", "Succeeded"], "pod is crash-looping");
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
        DeliveryState.OfApplication(application).ShouldBe(new DeliveryState(
            "a", false, ["Progressing", "OutOfSync", "Failed"], "no such chart; one resource failed"));
        DeliveryState.OfApplication(Value.MapOf(("metadata", Value.MapOf(("name", "b"))))).ShouldBe(New("b"));
    }

    // Generation seen, revision applied, condition, moment of it, whether it is ready, what is said.
    [Theory]
    [InlineData(2, "main@sha1:b", "True", "12:00", true, "Ready True, Succeeded")]
    [InlineData(1, "main@sha1:b", "True", "12:00", false, "Ready True, Succeeded, of an earlier generation")]
    [InlineData(2, "main@sha1:a", "True", "12:00", false, "Ready True, Succeeded, of another revision than its source")]
    [InlineData(2, "main@sha1:b", "Unknown", "12:00", false, "Ready Unknown, Succeeded")]
    [InlineData(2, "main@sha1:b", "True", "10:59", false, "Ready True, Succeeded")]
    public void A_Kustomization_is_ready_for_what_is_wanted_now(
        int seen, string applied, string condition, string moment, bool isReady, string said)
    {
        var item = (Value.Map)YamlDocuments.Read(
            $$"""
            kind: Kustomization
            metadata: { name: web, namespace: flux-system, generation: 2 }
            status:
              observedGeneration: {{seen}}
              lastAppliedRevision: {{applied}}
              conditions:
                - { type: Reconciling, status: "True" }
                - type: Ready
                  status: "{{condition}}"
                  reason: Succeeded
                  message: Applied
                  lastTransitionTime: "2026-01-01T{{moment}}:00Z"
            """)[0];
        var state = DeliveryState.OfFlux(item, "main@sha1:b", "2026-01-01T11:00:00Z");
        (state.Name, state.IsReady, string.Join(", ", state.Words), state.Message)
            .ShouldBe(("Kustomization flux-system/web", isReady, said, "Applied"));
        DeliveryState.OfFlux(item, null).IsReady.ShouldBeFalse();
    }

    [Theory]
    [InlineData("HelmRelease")]
    [InlineData("GitRepository")]
    public void What_has_no_source_is_ready_by_its_generation_alone(string kind)
    {
        var item = (Value.Map)YamlDocuments.Read(
            $$"""
            kind: {{kind}}
            metadata: { name: web, namespace: shop, generation: 1 }
            spec: { suspend: true }
            status: { observedGeneration: 1, conditions: [ { type: Ready, status: "True", reason: Done } ] }
            """)[0];
        var state = DeliveryState.OfFlux(item, null, "2026-01-01T11:00:00Z");
        (state.Name, state.IsReady).ShouldBe(($"{kind} shop/web", true));
        state.Words.ShouldBe(["Ready True", "Done", "suspended"]);
    }

    [Theory]
    [InlineData("oci", true)]
    [InlineData("default", false)]
    public void A_repository_of_charts_of_which_Flux_says_nothing_is_ready(string type, bool isReady)
    {
        var item = (Value.Map)YamlDocuments.Read(
            "kind: HelmRepository\nmetadata: { name: a, namespace: b, generation: 1 }\n"
            + $"spec: {{ type: {type} }}\n")[0];
        DeliveryState.OfFlux(item, null).IsReady.ShouldBe(isReady);
    }

    private static ConvergenceMonitor Monitor(params string[] expected) => new(expected, Limit, TimeSpan.Zero);

    private static TimeSpan Minute(int minutes) => TimeSpan.FromMinutes(minutes);

    private static DeliveryState Ready(string name) => new(name, true, ["Healthy", "Synced", "Succeeded"], "");

    private static DeliveryState New(string name) => new(name, false, [], "");
}
