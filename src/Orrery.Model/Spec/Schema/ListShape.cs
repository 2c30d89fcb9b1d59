using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Schema;

/// <summary>A list of equal items, none twice.</summary>
internal sealed class ListShape<T>(Shape<T> item, int minimum = 0) : Shape<ValueList<T>>
{
    public override string Title => $"a list; each item: {item.Title}";

    public override string Reference => $"list: {item.Reference}";

    public override IEnumerable<ObjectShape> Objects => item.Objects;

    public override void Check(Node node, Problems problems)
    {
        if (node is not SequenceNode list)
        {
            var hint = node.IsEmpty ? "an empty list is written []" : "write it in brackets: [a, b]";
            problems.Add(
                SpecCodes.WrongShape,
                node is ScalarNode { IsEmpty: false } ? node.Mark : node.Label,
                $"A list is expected here; this is {node.Kind}.",
                hint);
            return;
        }

        if (list.Items.Count < minimum)
            problems.Add(
                SpecCodes.TooFewItems,
                node.Label,
                $"The list has {list.Items.Count} items and needs at least {minimum}.");
        var seen = new HashSet<string>();
        foreach (var entry in list.Items)
        {
            item.Check(entry, problems);
            if (entry is ScalarNode scalar && !seen.Add(scalar.Text))
                problems.Add(
                    SpecCodes.RepeatedItem,
                    entry.Mark,
                    $"{Sentences.Quote(scalar)} stands twice in this list.",
                    "remove one of them");
        }
    }

    public override bool TryRead(Node node, [MaybeNullWhen(false)] out ValueList<T> value)
    {
        value = null;
        if (node is not SequenceNode list)
            return false;
        var items = new List<T>(list.Items.Count);
        foreach (var entry in list.Items)
        {
            if (item.TryRead(entry, out var read))
                items.Add(read);
        }

        value = items.ToValueList();
        return true;
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "array");
        if (minimum > 0)
            writer.WriteNumber("minItems", minimum);
        writer.WriteBoolean("uniqueItems", true);
        writer.WriteStartObject("items");
        item.WriteSchema(writer);
        writer.WriteEndObject();
    }
}
