using System.Globalization;

namespace Orrery.Cli.Terminal;

/// <summary>Numbers as people say them.</summary>
internal static class Words
{
    /// <summary><c>1 warning</c>, <c>2 warnings</c>.</summary>
    public static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    /// <summary><c>0.4s</c>, <c>12s</c>, <c>2m 05s</c>, <c>1h 02m</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0}s"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalSeconds):0}s"),
        { TotalHours: < 1 } => $"{time.Minutes}m {time.Seconds:00}s",
        _ => $"{(int)time.TotalHours}h {time.Minutes:00}m",
    };

    public static string Money(decimal euros) => string.Create(CultureInfo.InvariantCulture, $"{euros:0.00} EUR");
}
