using Orrery.Engine.Ports;

namespace Orrery.Engine.Applying;

/// <summary>How often and how long the engine tries again what the cloud refused for a passing reason.</summary>
internal sealed class Retrying(TimeProvider time, IRandomSource random)
{
    /// <summary>
    /// With the delays below about two minutes: longer than a cloud's usual hiccup, shorter than a deadline.
    /// </summary>
    public const int AttemptsMax = 16;

    private static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Exponential with full jitter in its upper half, so that many waiting changes do not come back together.
    /// </summary>
    public TimeSpan DelayAfter(int attempt)
    {
        var ceiling = Math.Min(DelayMax.TotalMilliseconds, DelayMin.TotalMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(ceiling * (0.5 + (random.NextDouble() / 2)));
    }

    /// <summary>
    /// Repeats an operation that is safe to repeat while the cloud's refusals are passing ones.
    /// </summary>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> operation, Action<string, TimeSpan> retrying, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await operation(cancellation);
            }
            catch (ProviderException refusal) when (refusal.IsTransient && attempt < AttemptsMax)
            {
                var delay = DelayAfter(attempt);
                retrying(refusal.Message, delay);
                await Task.Delay(delay, time, cancellation);
            }
        }
    }
}
