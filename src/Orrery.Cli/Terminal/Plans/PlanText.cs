using System.Text;
using Orrery.Engine.Runs;
using Orrery.Model.Plans;
using Orrery.Model.Resources;

namespace Orrery.Cli.Terminal.Plans;

/// <summary>A plan for people: what is made, what changes and why, what is never deleted, and what it costs.</summary>
internal sealed class PlanText(string platform, PlannedRun planned, Paint paint)
{
    /// <summary>Under the address, a little to the right.</summary>
    private const int Indent = 14;

    private readonly StringBuilder _text = new();

    /// <summary>The same plan gives the same text.</summary>
    public static string Of(string platform, PlannedRun planned, Paint paint) =>
        new PlanText(platform, planned, paint).Write();

    /// <summary>For example <c>14 to create, 0 to update, 0 to replace, 0 to delete</c>.</summary>
    public static string Counts(Plan plan) =>
        $"{plan.Count(ChangeAction.Create)} to create, {plan.Count(ChangeAction.Update)} to update, "
        + $"{plan.Count(ChangeAction.Replace)} to replace, {plan.Count(ChangeAction.Delete)} to delete";

    private string Write()
    {
        var changes = planned.Plan.Changes;
        foreach (var cluster in changes.Where(IsShown).GroupBy(change => change.Address.Cluster))
            AppendCluster(cluster.Key, [.. cluster]);
        AppendKept([.. changes.Where(IsNeverDeleted)]);
        AppendCost();
        AppendSummary();
        return _text.ToString();
    }

    private static bool IsShown(Change change) =>
        change.Action != ChangeAction.None || change.IsMissing || change.IsBlocked || change.Deposed.Count > 0;

    private static bool IsNeverDeleted(Change change) =>
        change.Lifecycle.Protect || change.Lifecycle.Ownership != Ownership.Owned;

    private void AppendCluster(string cluster, Change[] changes)
    {
        _text.Append(paint.Bold($"{platform}, cluster {cluster}")).Append('\n');
        var width = changes.Max(change => change.Address.Text.Length);
        foreach (var change in changes)
        {
            var (symbol, word) = SymbolOf(change);
            _text.Append(Coloured(change, $"{symbol,3} {word,-7}")).Append(' ');
            _text.Append($"{change.Address.Text.PadRight(width)}  {Highlights.Of(change)}".TrimEnd()).Append('\n');
            if (change.Action != ChangeAction.Create || change.Generation > 1)
                AppendReasons(change);
        }

        _text.Append('\n');
    }

    private void AppendReasons(Change change)
    {
        foreach (var reason in change.Reasons)
            _text.Append(' ', Indent).Append(paint.Faint(reason)).Append('\n');
        foreach (var older in change.Deposed)
        {
            var text = $"the replaced one (generation {older.Generation}, id {older.Id}) is deleted";
            _text.Append(' ', Indent).Append(paint.Faint(text)).Append('\n');
        }
    }

    private void AppendKept(Change[] kept)
    {
        if (kept.Length == 0)
            return;
        _text.Append(paint.Bold("Never deleted, whatever the declaration says")).Append('\n');
        var width = kept.Max(change => change.Address.Text.Length);
        foreach (var change in kept)
        {
            _text.Append($"    {change.Address.Text.PadRight(width)}  {WhyKept(change)}\n");
        }

        _text.Append('\n');
    }

    private static string WhyKept(Change change) => change.Lifecycle switch
    {
        { Ownership: Ownership.Adopted } => "yours: used, never made nor deleted",
        { Ownership: Ownership.Shared } => "shared: used where it exists, never deleted then",
        _ => "protected: it holds data",
    };

    private void AppendCost()
    {
        if (planned.IsOffline)
        {
            _text.Append(paint.Bold("Offline: ")).Append(
                "planned from the recorded state; no cloud was asked, so neither its changes nor the cost are known\n");
        }
        else if (planned.CostPerMonth is { } cost)
        {
            var before = planned.CostPerMonthBefore is { } now && now != cost ? $", {Words.Money(now)} now" : "";
            _text.Append(paint.Bold("Cost: ")).Append($"{Words.Money(cost)} per month with VAT{before}\n");
        }
        else if (planned.Plan.Changes.Any(change => change.After is not null))
        {
            _text.Append(paint.Bold("Cost: ")).Append("not known, since the price list does not name everything\n");
        }
    }

    private void AppendSummary()
    {
        var plan = planned.Plan;
        if (plan.IsEmpty && !plan.Changes.Any(IsShown))
        {
            var limit = planned.IsOffline ? ", as far as the state knows" : "";
            _text.Append($"{platform} is as declared{limit}: nothing to do\n");
            return;
        }

        var same = plan.Changes.Count(change => !IsShown(change));
        _text.Append(paint.Bold("Plan: ")).Append($"{Counts(plan)}; {same} unchanged\n");
    }

    private static (string Symbol, string Word) SymbolOf(Change change) => change switch
    {
        { IsMissing: true } => ("!", "missing"),
        { IsBlocked: true } => ("!", "kept"),
        { Action: ChangeAction.Create } => ("+", "create"),
        { Action: ChangeAction.Update } => ("~", "update"),
        { Action: ChangeAction.Replace } => ("-/+", "replace"),
        { Action: ChangeAction.Delete } => ("-", "delete"),
        _ => ("-", "tidy"),
    };

    private string Coloured(Change change, string text) => change switch
    {
        { IsMissing: true } => paint.Red(text),
        { IsBlocked: true } => paint.Yellow(text),
        { Action: ChangeAction.Create } => paint.Green(text),
        { Action: ChangeAction.Update } => paint.Yellow(text),
        { Action: ChangeAction.Replace } => paint.Yellow(text),
        _ => paint.Red(text),
    };
}
