namespace Orrery.Tests;

/// <summary>
/// How far a test that draws or tries goes: a little in the fast suite, further where <c>ORRERY_EXPLORE=1</c>, as CI
/// does for the tests of the category <see cref="Category"/>.
/// </summary>
internal static class Exploring
{
    public const string Category = "Exploration";

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("ORRERY_EXPLORE") == "1";

    public static int Times(int usually, int explored) => IsLong ? explored : usually;

    /// <summary>
    /// So many seconds of simulated time after each other a machine is lost; <c>ORRERY_LOSS_SECONDS=10</c> sets another
    /// number.
    /// </summary>
    public static int LossSeconds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("ORRERY_LOSS_SECONDS"), out var step) ? step : Times(480, 30);

    /// <summary>How many damaged files are tried; <c>ORRERY_FUZZ=1000000</c> sets another number.</summary>
    public static int Damaged { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("ORRERY_FUZZ"), out var cases) ? cases : Times(2_000, 20_000);
}
