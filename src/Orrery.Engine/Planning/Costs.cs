using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine.Planning;

/// <summary>What the platform costs per month, before and after a plan.</summary>
internal static class Costs
{
    /// <summary>
    /// Gross euros once the plan is real, or null where the price list does not name everything or cannot be had.
    /// </summary>
    public static Task<decimal?> AfterAsync(Plan plan, HandlerSet handlers, CancellationToken cancellation) =>
        // What is only used declares little of itself: what the cloud shows of it completes that.
        SumAsync(
            plan,
            handlers,
            static change => change is { After: { } after, Before: { } before } ? Over(before, after) : change.After,
            cancellation);

    /// <summary>The same for what is there now.</summary>
    public static Task<decimal?> BeforeAsync(Plan plan, HandlerSet handlers, CancellationToken cancellation) =>
        SumAsync(plan, handlers, static change => change.Before, cancellation);

    private static async Task<decimal?> SumAsync(
        Plan plan, HandlerSet handlers, Func<Change, Value.Map?> side, CancellationToken cancellation)
    {
        decimal total = 0;
        foreach (var change in plan.Changes)
        {
            if (change is { Before: null, After: null } || handlers.For(change.Address) is not IPriced priced)
                continue;
            if (side(change) is not { } desired)
                continue;

            try
            {
                if (await priced.PricePerMonthAsync(desired, cancellation) is not { } price)
                    return null;
                total += price;
            }
            catch (ProviderException)
            {
                // A price list that cannot be had hides the cost, not the plan.
                return null;
            }
        }

        return total;
    }

    private static Value.Map Over(Value.Map before, Value.Map after) => new(ValueMap.From(
        before.Fields.Where(field => !after.Fields.ContainsKey(field.Key)).Concat(after.Fields)));
}
