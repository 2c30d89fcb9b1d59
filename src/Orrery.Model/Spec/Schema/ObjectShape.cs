using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Schema;

/// <summary>A map of declared fields.</summary>
/// <param name="name">Unique among the shapes: the name in the JSON Schema and on the reference page.</param>
/// <param name="title">With its article, for messages: <c>a node pool</c>.</param>
internal class ObjectShape(string name, string title, params Field[] fields) : Shape<Section>
{
    public string Name => name;

    public override string Title => title;

    public IReadOnlyList<Field> Fields => fields;

    public override string Reference =>
        $"[{title}](#{name.ToLowerInvariant().Replace(".", "", StringComparison.Ordinal)})";

    public override IEnumerable<ObjectShape> Objects => [this];

    /// <summary>What stands under keys that are not declared fields, where such keys are allowed.</summary>
    public virtual Shape? Others => null;

    public IEnumerable<ObjectShape> OthersObjects => Others?.Objects ?? [];

    public override void Check(Node node, Problems problems)
    {
        if (node.IsEmpty)
            return;
        if (node is not MappingNode map)
        {
            problems.Add(
                SpecCodes.WrongShape,
                node is ScalarNode ? node.Mark : node.Label,
                $"{Sentences.Capital(title)} is expected here, with its fields as a map; this is {node.Kind}.");
            return;
        }

        foreach (var entry in map.Entries)
        {
            if (Find(entry.Key) is not { } field)
            {
                Unknown(entry, problems);
                continue;
            }

            if (field.NotYet is not null)
                problems.AddOnce(field.NotYet, entry.KeyMark, field.NotYet.Explanation);
            field.Shape.Check(entry.Value, problems);
        }
    }

    /// <summary>Whether the map is a patch, in which nothing can be missing.</summary>
    public bool IsPatch { get; init; }

    public override void CheckComplete(Node node, Problems problems)
    {
        if (IsPatch)
            return;
        CheckPresent(node, problems);
        foreach (var entry in (node as MappingNode)?.Entries ?? [])
            Find(entry.Key)?.Shape.CheckComplete(entry.Value, problems);
    }

    /// <summary>Reports required fields that are missing here, and nothing deeper.</summary>
    public void CheckPresent(Node node, Problems problems)
    {
        if (node is not MappingNode && !node.IsEmpty)
            return;
        foreach (var field in fields)
        {
            if (field.Required && (node as MappingNode)?.Find(field.Name) is null)
                Missing(field, node, problems);
        }
    }

    public override bool TryRead(Node node, [MaybeNullWhen(false)] out Section value)
    {
        value = node as MappingNode is { } map ? new Section(map) : null;
        if (node.IsEmpty)
            value = new Section(new MappingNode(node.Mark, node.Label, []));
        return value is not null;
    }

    public override Node Merge(Node basis, Node patch) => Merging.ByKey(basis, patch, key => Find(key)?.Shape);

    public override void WriteSchema(Utf8JsonWriter writer) => writer.WriteString("$ref", $"#/$defs/{name}");

    protected Field? Find(string key) => Array.Find(fields, field => field.Name == key);

    protected virtual void Unknown(Entry entry, Problems problems)
    {
        var names = Array.ConvertAll(fields, field => field.Name);
        var suggestion = Suggestion.Sentence(entry.Key, names);
        problems.Add(
            SpecCodes.UnknownField,
            entry.KeyMark,
            $"{Sentences.Capital(title)} has no field {Sentences.Quote(entry.Key)}.{suggestion}",
            suggestion.Length > 0 || names.Length == 0 ? [] : [$"its fields are {Sentences.List(names)}"]);
    }

    private void Missing(Field field, Node node, Problems problems) => problems.Add(
        SpecCodes.MissingField,
        node.Label,
        $"{Sentences.Capital(title)} needs `{field.Name}`: {Sentences.Lower(field.Description)}",
        field.Example is null ? [] : [$"for example `{field.Name}: {field.Example}`"]);
}

/// <summary>A map with exactly one of the declared keys: which one is the choice.</summary>
internal sealed class ChoiceShape(string name, string title, params Field[] alternatives)
    : ObjectShape(name, title, alternatives)
{
    public override void Check(Node node, Problems problems)
    {
        if (node is MappingNode { Entries.Count: 1 })
        {
            base.Check(node, problems);
            return;
        }

        var names = Sentences.List([.. Fields.Select(field => field.Name)]);
        var found = node is MappingNode map ? $"a map with {map.Entries.Count} keys" : node.Kind;
        problems.Add(
            SpecCodes.NotOneChoice,
            node is ScalarNode { IsEmpty: false } ? node.Mark : node.Label,
            $"{Sentences.Capital(Title)} is a map with exactly one key; this is {found}.",
            $"choose one of {names}");
    }

    public override void CheckComplete(Node node, Problems problems)
    {
        if (node is MappingNode { Entries.Count: 1 })
            base.CheckComplete(node, problems);
    }

    public override bool TryRead(Node node, [MaybeNullWhen(false)] out Section value)
    {
        value = node is MappingNode { Entries.Count: 1 } map ? new Section(map) : null;
        return value is not null;
    }

    public override Node Merge(Node basis, Node patch) => patch;
}
