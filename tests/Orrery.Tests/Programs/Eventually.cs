namespace Orrery.Tests.Programs;

/// <summary>Waits for what other processes do, of which nobody tells us.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(Limit, what);
            await Task.Delay(Interval, TimeProvider.System);
        }
    }
}
