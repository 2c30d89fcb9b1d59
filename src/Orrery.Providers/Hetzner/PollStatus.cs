using Orrery.Engine.Ports;

namespace Orrery.Providers.Hetzner;

/// <summary>A state to wait for where no action tells of it.</summary>
/// <param name="Read">Looks at the thing.</param>
/// <param name="Holds">Says whether it is as wanted.</param>
/// <param name="Seen">What is waited for and what was seen, for people.</param>
internal sealed record Awaited<T>(Func<Task<T>> Read, Func<T, bool> Holds, Func<T, WaitState> Seen);

/// <summary>Looks at one thing again and again, ever more seldom.</summary>
internal static class PollStatus
{
    /// <summary>Returns the thing as soon as it is as wanted; ends otherwise only by the token.</summary>
    public static async Task<T> UntilAsync<T>(
        TimeProvider time, Awaited<T> awaited, OperationContext operation, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        WaitState? told = null;
        while (true)
        {
            var current = await awaited.Read();
            if (awaited.Holds(current))
                return current;
            var seen = awaited.Seen(current);
            if (seen != told)
                operation.Waiting(told = seen);
            await Task.Delay(PollInterval.After(time.GetElapsedTime(since)), time, cancellation);
        }
    }
}
