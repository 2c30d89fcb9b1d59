using System.Text.Json;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Rehearsal.Reports;

/// <summary>The report as the fields of one JSON object; their names are a contract.</summary>
public static class ReportJson
{
    /// <param name="wallSeconds">
    /// How long the rehearsal really took: the only figure that differs between equal runs.
    /// </param>
    public static void Write(Utf8JsonWriter json, RehearsalReport report, double wallSeconds)
    {
        json.WriteString("platform", report.Platform);
        json.WriteString("scenario", report.Scenario);
        json.WriteNumber("seed", report.Seed);
        json.WriteBoolean("simulated", true);
        json.WriteString("outcome", report.Outcome);
        json.WriteNumber("simulatedSeconds", Rounded(report.SimulatedSeconds));
        json.WriteNumber("wallSeconds", Rounded(wallSeconds));
        json.WriteStartArray("steps");
        foreach (var step in report.Steps)
            WriteStep(json, step);
        json.WriteEndArray();
        WriteRequests(json, report);
        json.WriteStartObject("faults");
        foreach (var (kind, count) in report.Faults)
            json.WriteNumber(kind, count);
        json.WriteEndObject();
        WriteClusters(json, report);
        WriteSeconds(json, "downtimeSeconds", report.DowntimeSeconds);
        WriteSeconds(json, "kubernetesDowntimeSeconds", report.KubernetesDowntimeSeconds);
        WriteCost(json, report);
        WriteTexts(json, "orphans", report.Orphans);
        WriteInvariants(json, report);
        WriteCrashes(json, report);
        if (report.Recovered is { } recovered)
            json.WriteBoolean("recovered", recovered);
        json.WriteString("repeat", report.Repeat);
    }

    private static void WriteStep(Utf8JsonWriter json, StepReport step)
    {
        json.WriteStartObject();
        json.WriteString("name", step.Name);
        json.WriteString("outcome", step.Outcome);
        json.WriteNumber("simulatedSeconds", Rounded(step.SimulatedSeconds));
        json.WriteNumber("criticalPathSeconds", Rounded(step.CriticalPathSeconds));
        json.WriteStartObject("changes");
        foreach (var (name, action) in Actions)
            json.WriteNumber(name, step.Plan?.Count(action) ?? 0);
        json.WriteEndObject();
        json.WriteStartArray("timeline");
        foreach (var entry in step.Timeline)
        {
            json.WriteStartObject();
            json.WriteString("address", entry.Address.Text);
            json.WriteString("action", entry.Action.ToString().ToLowerInvariant());
            json.WriteNumber("start", Rounded(entry.Start));
            json.WriteNumber("end", Rounded(entry.End));
            WriteTexts(json, "after", entry.After.Select(address => address.Text));
            if (entry.IsCritical)
                json.WriteBoolean("critical", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (step.Diagnostics.Count > 0)
            WriteTexts(
                json, "diagnostics", step.Diagnostics.Select(d => $"{d.Code} {d.Address}: {d.Summary}: {d.Detail}"));
        json.WriteEndObject();
    }

    private static (string Name, ChangeAction Action)[] Actions =>
    [
        ("create", ChangeAction.Create), ("update", ChangeAction.Update),
        ("replace", ChangeAction.Replace), ("delete", ChangeAction.Delete),
    ];

    private static void WriteRequests(Utf8JsonWriter json, RehearsalReport report)
    {
        json.WriteStartObject("requests");
        foreach (var (provider, count) in report.Requests)
        {
            json.WriteStartObject(provider);
            json.WriteNumber("total", count.Total);
            json.WriteNumber("mutating", count.Mutating);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteClusters(Utf8JsonWriter json, RehearsalReport report)
    {
        json.WriteStartArray("clusters");
        foreach (var cluster in report.Clusters)
        {
            json.WriteStartObject();
            json.WriteString("name", cluster.Name);
            json.WriteNumber("nodes", cluster.Nodes);
            json.WriteNumber("nodesReady", cluster.NodesReady);
            json.WriteStartArray("components");
            foreach (var component in cluster.Components)
            {
                json.WriteStartObject();
                json.WriteString("name", component.Name);
                json.WriteString("health", component.Health);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSeconds(Utf8JsonWriter json, string name, ValueMap<double> all)
    {
        json.WriteStartObject(name);
        foreach (var (strategy, seconds) in all)
            json.WriteNumber(strategy, Rounded(seconds));
        json.WriteEndObject();
    }

    private static void WriteCost(Utf8JsonWriter json, RehearsalReport report)
    {
        json.WriteStartObject("costPerMonth");
        json.WriteString("currency", "EUR");
        if (report.CostPerMonth is { } cost)
            json.WriteNumber("amount", decimal.Round(cost, 2, MidpointRounding.ToEven));
        else
            json.WriteNull("amount");
        json.WriteEndObject();
    }

    private static void WriteInvariants(Utf8JsonWriter json, RehearsalReport report)
    {
        json.WriteStartArray("invariants");
        foreach (var invariant in report.Invariants)
        {
            json.WriteStartObject();
            json.WriteString("name", invariant.Name);
            json.WriteBoolean("holds", invariant.Holds);
            json.WriteNumber("checked", invariant.Checked);
            if (invariant.Breaches.Count > 0)
                WriteTexts(json, "breaches", invariant.Breaches);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCrashes(Utf8JsonWriter json, RehearsalReport report)
    {
        if (report.Crashes is not { } crashes)
            return;
        json.WriteStartObject("crashes");
        json.WriteNumber("points", crashes.Points);
        json.WriteNumber("mutatingRequests", crashes.MutatingRequests);
        json.WriteNumber("journalWrites", crashes.JournalWrites);
        json.WriteNumber("converged", crashes.Converged);
        json.WriteNumber("orphans", crashes.Orphans);
        json.WriteNumber("duplicates", crashes.Duplicates);
        if (crashes.Failures.Count > 0)
            WriteTexts(json, "failures", crashes.Failures);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static decimal Rounded(double seconds) => decimal.Round((decimal)seconds, 3, MidpointRounding.ToEven);
}
