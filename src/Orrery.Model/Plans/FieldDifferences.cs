using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Model.Plans;

/// <summary>Which fields of a resource are not as desired, and whether that needs a new one.</summary>
public sealed record FieldDifferences(ValueList<string> Fields, ValueList<string> Reasons, bool Replaces)
{
    private const int ShownLength = 60;

    public bool Any => Fields.Count > 0;

    /// <param name="observed">The fields as the cloud shows them.</param>
    /// <param name="recorded">
    /// What was asked for last; tells of write-only fields. Null where nothing is recorded.
    /// </param>
    public static FieldDifferences Between(
        ResourceKind kind, Value.Map observed, Value.Map? recorded, Value.Map desired)
    {
        List<string>? fields = null;
        List<string>? reasons = null;
        var replaces = false;
        foreach (var (name, wanted) in desired.Fields)
        {
            Invariant.Check(kind.Fields.TryGetValue(name, out var rule), $"{kind.Type} has no field '{name}'");
            if (rule.Change == FieldChange.CreateOnly || IsSame(rule, name, observed, recorded, wanted))
                continue;
            var forces = rule.Change == FieldChange.Replaces;
            replaces |= forces;
            (fields ??= []).Add(name);
            (reasons ??= []).Add(Reason(rule, name, observed[name], wanted, forces));
        }

        return fields is null
            ? new FieldDifferences([], [], false)
            : new FieldDifferences(fields.ToValueList(), (reasons ?? []).ToValueList(), replaces);
    }

    /// <summary>What stands in the state for a field that must not, or need not, be kept.</summary>
    public static Value Digest(Value value) =>
        $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Plain(value))))}";

    /// <summary>Inputs as the state keeps them: write-only fields as digests.</summary>
    public static Value.Map ForRecord(ResourceKind kind, Value.Map inputs) =>
        new(inputs.Fields.Map((name, value) => kind.Fields[name].WriteOnly ? Digest(value) : value));

    /// <summary>A text is itself; all else is written so that different values never look the same.</summary>
    private static string Plain(Value value) => value switch
    {
        Value.Sensitive sensitive => Plain(sensitive.Of),
        Value.Text text => text.Of,
        Value.Null => "",
        _ => Nested(value),
    };

    private static string Nested(Value value) => value switch
    {
        Value.Sensitive sensitive => Nested(sensitive.Of),
        Value.Text text => $"{text.Of.Length}:{text.Of}",
        Value.List list => $"[{string.Join(",", list.Items.Select(Nested))}]",
        Value.Map map =>
            $"{{{string.Join(",", map.Fields.Select(field => $"{Nested(field.Key)}={Nested(field.Value)}"))}}}",
        _ => Show(value),
    };

    private static bool IsSame(FieldRule rule, string name, Value.Map observed, Value.Map? recorded, Value wanted)
    {
        if (rule.WriteOnly)
        {
            // Nothing recorded means the state was lost: what was sent then cannot be known, and guessing would
            // replace.
            return recorded is null || !recorded.Fields.ContainsKey(name)
                || (wanted.IsKnown && recorded[name].Equals(Digest(wanted)));
        }

        if (observed[name].Equals(wanted))
            return true;
        return rule.Unordered && Sorted(observed[name]).SequenceEqual(Sorted(wanted), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Sorted(Value value) =>
        value is Value.List list ? list.Items.Select(Show).Order(StringComparer.Ordinal) : [Show(value)];

    private static string Reason(FieldRule rule, string name, Value before, Value after, bool forces)
    {
        var what = rule.WriteOnly
            ? $"{name} changes"
            : $"{name}: {Shorten(Show(before))} becomes {Shorten(Show(after))}";
        return forces ? $"{what} (cannot be changed in place)" : what;
    }

    private static string Shorten(string text) => text.Length <= ShownLength ? text : $"{text[..ShownLength]}…";

    private static string Show(Value value) => value switch
    {
        Value.Null => "nothing",
        Value.Text text => $"\"{text.Of}\"",
        Value.Number number => number.Of.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Value.Bool boolean => boolean.Is ? "true" : "false",
        Value.List list => $"[{string.Join(", ", list.Items.Select(Show))}]",
        Value.Map map => $"{{{string.Join(", ", map.Fields.Select(field => $"{field.Key}: {Show(field.Value)}"))}}}",
        _ => value.ToString() ?? "",
    };
}
