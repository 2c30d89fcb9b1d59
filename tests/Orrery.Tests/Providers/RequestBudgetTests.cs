using System.Net.Http.Headers;
using Orrery.Providers.Http;

namespace Orrery.Tests.Providers;

/// <summary>The project's request budget, which the cluster's own controllers live on too.</summary>
public class RequestBudgetTests
{
    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(3600, 3000, 100, 0, 0)]     // Plenty: at once.
    [InlineData(3600, 100, 101, 195, 205)]  // The last tenth: one each two seconds.
    [InlineData(3600, 0, 11, 18, 22)]       // Nothing left: no burst either.
    [InlineData(7200, 0, 11, 9, 11)]        // Twice the limit comes back twice as fast.
    public void What_is_left_decides_the_speed(int limit, int remaining, int requests, int secondsMin, int secondsMax)
    {
        var budget = Budget();
        budget.Learn(Headers(limit, remaining));

        Spend(budget, requests);

        _time.Now.TotalSeconds.ShouldBeInRange(secondsMin, secondsMax);
    }

    [Fact]
    public void A_vendor_without_headers_is_not_slowed_down()
    {
        var budget = Budget();
        budget.Learn(Headers());

        Spend(budget, 10_000);

        _time.Now.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_refusal_stops_everybody_longer_each_time_and_never_ends_in_a_burst()
    {
        var budget = Budget();
        var starts = new List<double>();
        foreach (var _ in Enumerable.Range(0, 8))
        {
            budget.Exhausted(Headers(3600, 0));
            Spend(budget, 1);
            starts.Add(_time.Now.TotalSeconds);
        }

        var pauses = starts.Zip(starts.Prepend(0), (later, earlier) => later - earlier).ToArray();
        pauses.ShouldBe([2.5, 5, 10, 20, 40, 60, 60, 60], tolerance: 2.1);

        Spend(budget, 11);
        (_time.Now.TotalSeconds - starts[^1]).ShouldBeInRange(18, 22);
    }

    [Fact]
    public void The_end_of_a_refusal_is_not_later_than_the_cloud_says()
    {
        var budget = Budget();
        var headers = Headers(60, 0);
        headers.Add("RateLimit-Reset", (_time.GetUtcNow().ToUnixTimeSeconds() + 7).ToString());
        budget.Exhausted(headers);

        Spend(budget, 1);

        _time.Now.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void What_comes_back_is_spent_again_at_full_speed()
    {
        var budget = Budget();
        budget.Learn(Headers(3600, 0));
        _time.Run(() => Task.Delay(TimeSpan.FromMinutes(20), _time));
        var before = _time.Now;

        Spend(budget, 800);

        _time.Now.ShouldBe(before);
    }

    private RequestBudget Budget() => new(_time, new HetznerScene(new ExpectedRequests(), _time));

    private void Spend(RequestBudget budget, int requests) => _time.Run(async () =>
    {
        for (var i = 0; i < requests; i++)
            await budget.SpendAsync(default);
    });

    private static HttpResponseHeaders Headers(int? limit = null, int? remaining = null)
    {
        var headers = new HttpResponseMessage().Headers;
        if (limit is not null)
            headers.Add("RateLimit-Limit", limit.ToString());
        if (remaining is not null)
            headers.Add("RateLimit-Remaining", remaining.ToString());
        return headers;
    }
}
