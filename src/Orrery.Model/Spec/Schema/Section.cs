using System.Diagnostics.CodeAnalysis;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Schema;

/// <summary>
/// A mapping of the declaration, read by its fields. What is malformed reads as absent: it was reported.
/// </summary>
internal sealed class Section(MappingNode node)
{
    public MappingNode Node => node;

    /// <summary>Where the mapping stands: its key.</summary>
    public Mark Label => node.Label;

    public bool Has(Field field) => node.Find(field.Name) is not null;

    /// <summary>The place of the field's value, or of the whole section where the field is not written.</summary>
    public Mark MarkOf(Field field) => node.Find(field.Name) switch
    {
        null => node.Label,
        ScalarNode { IsEmpty: false } scalar => scalar.Mark,
        var value => value.Label,
    };

    /// <summary>What is written, or else the default.</summary>
    public bool TryGet<T>(Field<T> field, [MaybeNullWhen(false)] out T value)
    {
        if (node.Find(field.Name) is { } written)
            return field.TryRead(written, out value);
        value = field.Default is null ? default : field.DefaultValue();
        return field.Default is not null;
    }

    /// <summary>The value of a field that is required or has a default, in a declaration without errors.</summary>
    public T Get<T>(Field<T> field)
    {
        if (TryGet(field, out var value))
            return value;
        throw new Values.InvariantException($"the field '{field.Name}' was read without being checked");
    }

    /// <summary>The value of a reference type, or null where it is not written.</summary>
    public T? Find<T>(Field<T> field)
        where T : class => TryGet(field, out var value) ? value : null;

    /// <summary>The section under a field; an empty one where it is not written.</summary>
    public Section Under(Field<Section> field) => Find(field) ?? new Section(new MappingNode(Label, Label, []));
}

/// <summary>An entry of a map by name, with the place of the name.</summary>
internal sealed record Named<T>(string Name, Mark Mark, T Value);
