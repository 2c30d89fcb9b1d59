using System.Text.Json;
using Orrery.Cli.Terminal.Plans;
using Orrery.Engine.Runs;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>What a run did, for other programs.</summary>
internal static class RunJson
{
    public static void Write(Utf8JsonWriter json, string platform, string verb, RunReport report)
    {
        json.WriteString("platform", platform);
        json.WriteString("verb", verb);
        json.WriteString("outcome", report.Outcome switch
        {
            RunOutcome.Converged => "converged",
            RunOutcome.Declined => "declined",
            RunOutcome.Interrupted => "interrupted",
            _ => "failed",
        });
        if (report.Plan is { } plan)
            PlanJson.WriteCounts(json, "changes", plan);
        json.WriteStartArray("timeline");
        foreach (var entry in report.Timeline)
        {
            json.WriteStartObject();
            json.WriteString("address", entry.Address.Text);
            json.WriteString("action", PlanJson.ActionOf(entry.Action));
            json.WriteNumber("start", Seconds(entry.Start));
            json.WriteNumber("end", Seconds(entry.End));
            json.WriteStartArray("after");
            foreach (var before in entry.After)
                json.WriteStringValue(before.Text);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        DiagnosticJson.Write(json, report.Diagnostics);
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3, MidpointRounding.AwayFromZero);
}
