using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Yaml;

/// <summary>A node of the declaration as a value, without its positions.</summary>
internal static class NodeValue
{
    public static Value Of(Node node) => node switch
    {
        MappingNode map => Of(map),
        SequenceNode sequence => Value.ListOf(sequence.Items.Select(Of)),
        ScalarNode { ScalarKind: ScalarKind.Text } text => text.Text,
        ScalarNode scalar => YamlDocuments.PlainOf(scalar.Text),
        _ => throw new InvariantException($"{node.Kind} is no value"),
    };

    public static Value.Map Of(MappingNode map) => new(map.Entries.ToValueMap(e => e.Key, e => Of(e.Value)));

    public static Value OfPlain(string text) => YamlDocuments.PlainOf(text);
}
