using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Schema;

/// <summary>Named, repeatable things: a map from their names.</summary>
internal sealed class MapShape<T>(Shape<T> item, TextForm<string> name) : Shape<ValueList<Named<T>>>
{
    public override string Title => $"a map by name; each: {item.Title}";

    public override string Reference => $"map by name: {item.Reference}";

    public override IEnumerable<ObjectShape> Objects => item.Objects;

    public override void Check(Node node, Problems problems)
    {
        if (node.IsEmpty)
            return;
        if (node is not MappingNode map)
        {
            problems.Add(
                SpecCodes.WrongShape,
                node is ScalarNode ? node.Mark : node.Label,
                $"A map by name is expected here; this is {node.Kind}.",
                "write each name as a key: { name: { ... } }");
            return;
        }

        foreach (var entry in map.Entries)
        {
            if (!name.Parse(entry.Key, out _))
                problems.Add(
                    name.Code,
                    entry.KeyMark,
                    $"{Sentences.Quote(entry.Key)} is not {name.Title}.",
                    $"write it like {name.Example}");
            item.Check(entry.Value, problems);
        }
    }

    public override void CheckComplete(Node node, Problems problems)
    {
        foreach (var entry in (node as MappingNode)?.Entries ?? [])
            item.CheckComplete(entry.Value, problems);
    }

    public override bool TryRead(Node node, [MaybeNullWhen(false)] out ValueList<Named<T>> value)
    {
        var items = new List<Named<T>>();
        foreach (var entry in (node as MappingNode)?.Entries ?? [])
        {
            if (item.TryRead(entry.Value, out var read))
                items.Add(new Named<T>(entry.Key, entry.KeyMark, read));
        }

        value = items.ToValueList();
        return node is MappingNode || node.IsEmpty;
    }

    public override Node Merge(Node basis, Node patch) => Merging.ByKey(basis, patch, _ => item);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("type");
        writer.WriteStringValue("object");
        writer.WriteStringValue("null");
        writer.WriteEndArray();
        if (name.Pattern is not null)
        {
            writer.WriteStartObject("propertyNames");
            writer.WriteString("pattern", name.Pattern);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("additionalProperties");
        item.WriteSchema(writer);
        writer.WriteEndObject();
    }
}
