using System.Net;

namespace Orrery.Providers.Http;

/// <summary>
/// Lets each request wait for its share of the request budget, and learns the budget from each reply.
/// </summary>
internal sealed class BudgetHandler(RequestBudget budget) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await budget.SpendAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
            budget.Exhausted(response.Headers);
        else
            budget.Learn(response.Headers);
        return response;
    }
}
