using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Schema;

/// <summary>A map that Orrery passes on as it is: the values of a chart.</summary>
internal sealed class FreeShape : Shape<MappingNode>
{
    public override string Title => "a map, passed on as written";

    public override void Check(Node node, Problems problems)
    {
        if (node is not MappingNode && !node.IsEmpty)
            problems.Add(
                SpecCodes.WrongShape,
                node is ScalarNode ? node.Mark : node.Label,
                $"A map is expected here; this is {node.Kind}.");
    }

    public override bool TryRead(Node node, [MaybeNullWhen(false)] out MappingNode value)
    {
        value = node as MappingNode;
        return value is not null;
    }

    public override Node Merge(Node basis, Node patch) => Merging.ByKey(basis, patch, _ => this);

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("type");
        writer.WriteStringValue("object");
        writer.WriteStringValue("null");
        writer.WriteEndArray();
    }
}
