using System.Globalization;
using Orrery.Model.Values;

namespace Orrery.Cli.Terminal.Plans;

/// <summary>A property's value in one short piece of text; sensitive ones are never shown.</summary>
internal static class ValueText
{
    private const int LengthMax = 60;

    public static string Of(Value value) => Shorten(Show(value));

    private static string Show(Value value) => value switch
    {
        Value.Null => "-",
        Value.Text text => text.Of,
        Value.Number number => number.Of.ToString(CultureInfo.InvariantCulture),
        Value.Bool boolean => boolean.Is ? "yes" : "no",
        Value.List list => string.Join(", ", list.Items.Select(Show)),
        // Things that stand in lists have names; the rest of them would only hide the list.
        Value.Map map when map["name"] is Value.Text name => name.Of,
        Value.Map map => string.Join(", ", map.Fields.Select(field => $"{field.Key} {Show(field.Value)}")),
        Value.Unknown unknown => unknown.From.Resource.Name,
        _ => "(sensitive)",
    };

    private static string Shorten(string text) => text.Length <= LengthMax ? text : $"{text[..LengthMax]}…";
}
