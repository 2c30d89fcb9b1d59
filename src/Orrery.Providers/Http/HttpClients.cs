using Orrery.Engine.Ports;

namespace Orrery.Providers.Http;

/// <summary>
/// The only place that makes HTTP clients, so that every request of every provider passes the same chain.
/// </summary>
internal static class HttpClients
{
    public static HttpClient Create(ProviderEnvironment environment, HttpVendor vendor) =>
        Over(Assemble(environment, vendor), vendor.BaseAddress);

    /// <summary>A client over a chain that others use too: upgraded connections need the chain itself.</summary>
    public static HttpClient Over(HttpMessageHandler chain, Uri baseAddress)
    {
        // The default timeout is real time; each attempt has its own on the given clock.
#pragma warning disable RS0030 // This is the one factory that the ban points to.
        return new HttpClient(chain, disposeHandler: false)
        {
            BaseAddress = baseAddress,
            Timeout = Timeout.InfiniteTimeSpan,
        };
#pragma warning restore RS0030
    }

    /// <summary>The chain, outermost first. The order matters; each line says why it stands where it does.</summary>
    public static HttpMessageHandler Assemble(ProviderEnvironment environment, HttpVendor vendor) => Chain(
        environment.Transport,

        // Outermost: each repetition passes budget, guard and timeout anew.
        new RetryHandler(environment.Time, environment.Random),

        // Inside the repetition, which decides by our error codes; outside all else, so that whatever went wrong has
        // one.
        new ErrorHandler(vendor),

        // Before the guard: waiting for the budget may outlast the lease.
        new BudgetHandler(new RequestBudget(environment.Time, environment.Random)),

        // Right before each send that changes things. Nothing after it waits, except for the reply.
        new WriterGuardHandler(environment.Guard),

        // Around one attempt with the whole of its reply.
        new AttemptTimeoutHandler(environment.Time),

        // What really went over the wire, also the attempts that are repeated.
        new RecordHandler(vendor.Provider, environment.Recorded),

        // Innermost: nothing above ever holds a request that carries the token.
        new AuthorizationHandler(vendor));

    private static HttpMessageHandler Chain(
        HttpMessageHandler transport, params ReadOnlySpan<DelegatingHandler> outermostFirst)
    {
        var inner = transport;
        for (var i = outermostFirst.Length - 1; i >= 0; i--)
        {
            outermostFirst[i].InnerHandler = inner;
            inner = outermostFirst[i];
        }

        return inner;
    }
}
