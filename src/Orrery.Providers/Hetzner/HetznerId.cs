using System.Globalization;
using Orrery.Model.Values;

namespace Orrery.Providers.Hetzner;

/// <summary>Hetzner's ids: whole numbers on the wire, text everywhere else.</summary>
internal static class HetznerId
{
    public static string Of(long id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a user gives as an id may be anything.</summary>
    public static bool IsId(string? id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    public static long Parse(string? id)
    {
        Invariant.Check(
            long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number),
            $"'{id}' is no Hetzner id");
        return number;
    }

    public static long Parse(Value id) => Parse(id.AsText());

    /// <summary>Null where there is no id.</summary>
    public static Value ValueOf(long? id) => id is { } number ? Of(number) : Value.Null.Instance;

    /// <summary>A list of ids in the order of their numbers, so that equal sets look equal.</summary>
    public static Value.List ListOf(IEnumerable<long> ids) => Value.ListOf(ids.Order().Select(id => (Value)Of(id)));
}
