using System.Globalization;
using System.Text;
using Orrery.Model.Plans;
using Orrery.Rehearsal.Reports;

namespace Orrery.Cli.Terminal.Rehearsals;

/// <summary>
/// A rehearsal's report for people: each step's timeline with its critical path, then what it all came to.
/// </summary>
internal static class RehearsalText
{

    public static string Of(RehearsalReport report, double wallSeconds, Paint paint)
    {
        var text = new StringBuilder();
        text.Append(
            $"{paint.Bold($"Rehearsal of {report.Platform}")}, seed {report.Seed}: everything here is simulated\n");
        foreach (var step in report.Steps)
            AddStep(text, step, paint);
        text.Append('\n');
        AddFigures(text, report);
        AddCrashes(text, report, paint);
        AddInvariants(text, report, paint);
        var simulated = Words.Duration(TimeSpan.FromSeconds(report.SimulatedSeconds));
        var end = report.IsGood
            ? paint.Green(report.Outcome)
            : paint.Red(report.IsGood ? report.Outcome : Worst(report));
        text.Append(CultureInfo.InvariantCulture, $"\n{end}: {simulated} simulated, played in {wallSeconds:0.0}s\n");
        return text.ToString();
    }

    private static string Worst(RehearsalReport report) => report switch
    {
        { Outcome: not "converged" } => report.Outcome,
        { Orphans.Count: > 0 } => "something was orphaned",
        { Crashes.IsGood: false } => "a crash was not survived",
        _ => "a promise was broken",
    };

    private static void AddStep(StringBuilder text, StepReport step, Paint paint)
    {
        var took = Words.Duration(TimeSpan.FromSeconds(step.SimulatedSeconds));
        var name = step.Outcome == "converged" ? paint.Bold(step.Name) : paint.Red(step.Name);
        text.Append($"\n{name}  {took}");
        if (step.CriticalPathSeconds > 0)
            text.Append($", critical path {Words.Duration(TimeSpan.FromSeconds(step.CriticalPathSeconds))}");
        text.Append($"  {paint.Faint(Changes(step.Plan))}\n");
        foreach (var line in TimelineText.Of(step, paint))
            text.Append("  ").Append(line).Append('\n');
        foreach (var diagnostic in step.Diagnostics)
        {
            var where = diagnostic.Address is { } address ? $" {address}:" : "";
            text.Append($"  {paint.Red(step.Outcome)}{where} {diagnostic.Summary} [{diagnostic.Code}]\n");
            text.Append($"         {diagnostic.Detail}\n");
        }
    }

    private static string Changes(Plan? plan)
    {
        if (plan is null)
            return "no plan";
        if (plan.IsEmpty)
            return "nothing to change";
        (int Count, string What)[] counts =
        [
            (plan.Count(ChangeAction.Create), "to create"), (plan.Count(ChangeAction.Update), "to update"),
            (plan.Count(ChangeAction.Replace), "to replace"), (plan.Count(ChangeAction.Delete), "to delete"),
        ];
        return string.Join(", ", counts.Where(count => count.Count > 0).Select(count => $"{count.Count} {count.What}"));
    }

    private static void AddFigures(StringBuilder text, RehearsalReport report)
    {
        foreach (var (provider, count) in report.Requests)
            text.Append($"requests    {provider} {count.Total}, {count.Mutating} of them changes"
                + (count.BudgetPerHour is { } budget ? $" (budget {budget} an hour)\n" : "\n"));
        if (report.CostPerMonth is { } cost)
            text.Append($"cost        {Words.Money(cost)} a month while it is up\n");
        foreach (var (strategy, seconds) in report.DowntimeSeconds)
            text.Append(CultureInfo.InvariantCulture, $"downtime    {seconds:0.0}s during the {strategy} rebuild")
                .Append(report.KubernetesDowntimeSeconds.TryGetValue(strategy, out var kubernetes)
                    && kubernetes < seconds
                    ? string.Create(CultureInfo.InvariantCulture, $", {kubernetes:0.0}s of it without Kubernetes\n")
                    : "\n");
        if (report.Faults.Count > 0)
            text.Append(
                $"faults      {string.Join(", ", report.Faults.Select(fault => $"{fault.Key} {fault.Value}"))}\n");
        if (report.Recovered is { } recovered)
            text.Append($"afterwards  the same command without faults {(recovered ? "converged" : "failed too")}\n");
        foreach (var orphan in report.Orphans)
            text.Append($"orphan      {orphan}\n");
    }

    private static void AddCrashes(StringBuilder text, RehearsalReport report, Paint paint)
    {
        if (report.Crashes is not { } crashes)
            return;
        text.Append($"crashes     {crashes.Converged} of {crashes.Points} survived: {crashes.Orphans} orphans, ");
        text.Append($"{crashes.Duplicates} duplicates ({crashes.MutatingRequests} changes, {crashes.JournalWrites} "
            + $"journal writes)\n");
        foreach (var failure in crashes.Failures)
            text.Append($"            {paint.Red(failure)}\n");
    }

    private static void AddInvariants(StringBuilder text, RehearsalReport report, Paint paint)
    {
        text.Append("promises\n");
        foreach (var invariant in report.Invariants)
        {
            var mark = !invariant.Holds ? paint.Red("broken")
                : invariant.Checked > 0 ? paint.Green("holds ")
                : paint.Faint("-     ");
            var tally = invariant.Checked > 0 ? $"{invariant.Checked} checked" : "nothing to check yet";
            text.Append($"  {mark}  {invariant.Name,-30} {paint.Faint(tally)}\n");
            foreach (var breach in invariant.Breaches)
                text.Append($"            {breach}\n");
        }
    }
}
