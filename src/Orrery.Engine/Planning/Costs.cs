using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Resources;

namespace Orrery.Engine.Planning;

/// <summary>What the platform costs per month once a plan is real.</summary>
internal static class Costs
{
    /// <summary>Gross euros, or null where the price list does not name everything or cannot be had.</summary>
    public static async Task<decimal?> PerMonthAsync(Plan plan, HandlerSet handlers, CancellationToken cancellation)
    {
        decimal total = 0;
        foreach (var change in plan.Changes)
        {
            // What is adopted is paid for already, whatever we do.
            if (change.After is null || change.Lifecycle.Ownership == Ownership.Adopted
                || handlers.For(change.Address) is not IPriced priced)
            {
                continue;
            }

            try
            {
                if (await priced.PricePerMonthAsync(change.After, cancellation) is not { } price)
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
}
