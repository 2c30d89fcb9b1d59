using Orrery.Engine.Ports;
using Polly;
using Polly.Retry;

namespace Orrery.Providers.Http;

/// <summary>
/// Repeats what may safely be repeated, with growing, jittered pauses. GET, PUT and DELETE have the same effect twice
/// as once. A POST is repeated only when it certainly did nothing: refused as locked or over the budget, or never
/// sent. A POST whose outcome is unknown goes up, and whoever sent it looks what became of it.
/// </summary>
internal sealed class RetryHandler : DelegatingHandler
{
    /// <summary>With the pauses below about half a minute: longer than the clouds' usual hiccups.</summary>
    private const int RepetitionsMax = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(20);

    private readonly ResiliencePipeline<HttpResponseMessage> _repeatable;
    private readonly ResiliencePipeline<HttpResponseMessage> _onlyIfNothingHappened;

    public RetryHandler(TimeProvider time, IRandomSource random)
    {
        _repeatable = Pipeline(time, random, static refusal => refusal.IsTransient);
        _onlyIfNothingHappened = Pipeline(time, random, CertainlyDidNothing);
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(HttpRequests.Once, out var isOnce) && isOnce)
            return await base.SendAsync(request, cancellationToken);
        var pipeline = request.IsRepeatable() ? _repeatable : _onlyIfNothingHappened;
        return await pipeline.ExecuteAsync(
            static async (attempt, cancellation) => await attempt.Send(attempt.Request, cancellation),
            (Request: request,
             Send: (Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>)base.SendAsync),
            cancellationToken);
    }

    private static bool CertainlyDidNothing(ProviderException refusal) => refusal switch
    {
        { IsTransient: true, MayHaveHappened: false } => true,
        { IsTransient: true, InnerException: HttpRequestException failure } => failure.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError,
        _ => false,
    };

    private static ResiliencePipeline<HttpResponseMessage> Pipeline(
        TimeProvider time, IRandomSource random, Func<ProviderException, bool> passes)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        return builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = RepetitionsMax,
            BackoffType = DelayBackoffType.Exponential,
            Delay = FirstPause,
            MaxDelay = PauseMax,
            UseJitter = true,
            Randomizer = random.NextDouble,
            ShouldHandle = arguments =>
                ValueTask.FromResult(arguments.Outcome.Exception is ProviderException refusal && passes(refusal)),
        }).Build();
    }
}
