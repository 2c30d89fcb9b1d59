using System.Globalization;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Rehearsal.Reports.Html;

/// <summary>How the page says things.</summary>
internal static class PageWords
{
    /// <summary><c>8.8 s</c>, <c>1 min 45 s</c>, <c>31 d 2 h</c>.</summary>
    public static string Duration(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        { TotalHours: < 1 } time => $"{time.Minutes} min {time.Seconds:00} s",
        { TotalDays: < 1 } time => $"{time.Hours} h {time.Minutes:00} min",
        var time => $"{time.Days} d {time.Hours} h",
    };

    /// <summary>The same without needless decimals: <c>0.5 s</c>, <c>10 s</c>, <c>2 min</c>.</summary>
    public static string Tick(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
    };

    /// <summary><c>server cosmos-0</c> of <c>prod/hetzner/server/cosmos-0</c>.</summary>
    public static string Name(ResourceAddress address) => $"{Kind(address)} {address.Name}";

    /// <summary><c>server</c> of <c>prod/hetzner/server/cosmos-0</c>.</summary>
    public static string Kind(ResourceAddress address) =>
        address.Type[(address.Type.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public static string Names(IEnumerable<ResourceAddress> addresses) => string.Join(", ", addresses.Select(Name));

    public static string Verb(ChangeAction action) => action switch
    {
        ChangeAction.Create => "create",
        ChangeAction.Update => "update",
        ChangeAction.Replace => "replace",
        ChangeAction.Delete => "delete",
        _ => "look",
    };

    /// <summary><c>6 to create, 1 to delete</c>, or that there is nothing.</summary>
    public static string Changes(Plan? plan)
    {
        if (plan is null)
            return "no plan";
        var counts = Enum.GetValues<ChangeAction>()
            .Where(action => action != ChangeAction.None && plan.Count(action) > 0)
            .Select(action => $"{plan.Count(action)} to {Verb(action)}").ToArray();
        return counts.Length > 0 ? string.Join(", ", counts) : "nothing to change";
    }
}
