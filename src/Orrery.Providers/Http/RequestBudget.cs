using System.Globalization;
using System.Net.Http.Headers;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Http;

/// <summary>
/// A token bucket that follows the vendor's own. Hetzner allows 3600 requests per hour and project, given back at one
/// per second (https://docs.hetzner.cloud/#description/rate-limiting), and the cluster's cloud controller, CSI driver
/// and autoscaler live on the same budget. So the last tenth is spent at half the speed at which it comes back, and
/// after a refusal requests come one by one, never in a burst. Where a vendor sends no such headers, nothing waits.
/// </summary>
internal sealed class RequestBudget(TimeProvider time, IRandomSource random)
{
    /// <summary>Below this part of the limit we slow down.</summary>
    private const double ReservePart = 0.1;

    /// <summary>The part of what comes back that is ours while we are slow; the rest is the cluster's.</summary>
    private const double OurPart = 0.5;

    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private double _limit = double.PositiveInfinity;
    private double _tokens = double.PositiveInfinity;

    // Since the bucket began: a jump of the wall clock must not make anybody wait.
    private readonly long _began = time.GetTimestamp();
    private TimeSpan _tokensAsOf;
    private TimeSpan _nextStart;
    private int _refusalsInARow;

    private TimeSpan Now => time.GetElapsedTime(_began);

    private double RefillPerSecond => double.IsFinite(_limit) ? _limit / 3600 : 1;

    /// <summary>Returns when one request may be sent.</summary>
    public async Task SpendAsync(CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = Now;
            Refill(now);
            var start = _nextStart > now ? _nextStart : now;
            _tokens -= 1;
            if (_tokens < _limit * ReservePart || _refusalsInARow > 0)
                _nextStart = start + SlowSpacing();
            wait = start - now;
        }

        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellation);
    }

    /// <summary>What a reply says of the budget.</summary>
    public void Learn(HttpResponseHeaders headers)
    {
        lock (_gate)
        {
            _refusalsInARow = 0;
            Read(headers);
            if (!double.IsFinite(_limit))
                _tokens = _limit;
        }
    }

    /// <summary>
    /// A 429. Hetzner's reset header names the moment when the budget is <em>full</em> again, up to an hour away,
    /// while a token comes back each second; so we wait at most until then, and before that in growing pauses.
    /// </summary>
    public void Exhausted(HttpResponseHeaders headers)
    {
        lock (_gate)
        {
            var now = Now;
            Read(headers);
            if (!double.IsFinite(_limit) && headers.RetryAfter?.Delta is { } moment && moment < PauseMax)
            {
                // A server without a budget knows itself when to come back: a Kubernetes API that has just begun to
                // serve a kind says one second.
                if (now + moment > _nextStart)
                    _nextStart = now + moment;
                return;
            }

            _tokens = Math.Min(_tokens, 0);
            _tokensAsOf = now;
            var pause = SlowSpacing() * Math.Pow(2, Math.Min(_refusalsInARow, 10)) * (1 + (random.NextDouble() / 2));
            _refusalsInARow++;
            var until = now + (pause < PauseMax ? pause : PauseMax);
            if (Reset(headers) is { } reset && reset > TimeSpan.Zero && now + reset < until)
                until = now + reset;
            if (headers.RetryAfter?.Delta is { } asked && asked < PauseMax && now + asked > until)
                until = now + asked;
            if (until > _nextStart)
                _nextStart = until;
        }
    }

    private TimeSpan SlowSpacing() => TimeSpan.FromSeconds(1 / (RefillPerSecond * OurPart));

    private void Read(HttpResponseHeaders headers)
    {
        if (Number(headers, "Limit") is not { } limit
            || Number(headers, "Remaining") is not { } remaining
            || limit <= 0)
        {
            return;
        }

        _limit = limit;
        _tokens = remaining;
        _tokensAsOf = Now;
    }

    private void Refill(TimeSpan now)
    {
        if (now > _tokensAsOf && double.IsFinite(_tokens))
            _tokens = Math.Min(_limit, _tokens + ((now - _tokensAsOf).TotalSeconds * RefillPerSecond));
        _tokensAsOf = now;
    }

    private TimeSpan? Reset(HttpResponseHeaders headers) =>
        Number(headers, "Reset") is { } seconds and > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) - time.GetUtcNow()
            : null;

    // Hetzner's headers, then GitHub's:
    // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    private static long? Number(HttpResponseHeaders headers, string name) =>
        (headers.TryGetValues($"RateLimit-{name}", out var values)
            || headers.TryGetValues($"X-RateLimit-{name}", out values))
        && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
