using Orrery.Model.Documents;

namespace Orrery.Model.Spec.Yaml;

/// <summary>A YAML value with its place, and the place of the key under which it stands.</summary>
/// <param name="mark">The value's own place.</param>
/// <param name="label">The key's place; the value's own in a list and at the top.</param>
internal abstract class Node(Mark mark, Mark label)
{
    public Mark Mark => mark;

    public Mark Label => label;

    /// <summary>Nothing was written: all defaults.</summary>
    public virtual bool IsEmpty => false;

    /// <summary>What it is, in a message: <c>a list</c>.</summary>
    public abstract string Kind { get; }
}

internal sealed class ScalarNode(Mark mark, Mark label, string text, bool plain) : Node(mark, label)
{
    public string Text => text;

    public ScalarKind ScalarKind { get; } = plain ? ScalarKinds.Of(text) : ScalarKind.Text;

    public override bool IsEmpty => ScalarKind == ScalarKind.Empty;

    public override string Kind => ScalarKind switch
    {
        ScalarKind.Empty => "nothing",
        ScalarKind.Boolean => "a boolean",
        ScalarKind.Integer => "a whole number",
        ScalarKind.Fraction => "a number",
        _ => "a text",
    };
}

internal sealed class SequenceNode(Mark mark, Mark label, IReadOnlyList<Node> items) : Node(mark, label)
{
    public IReadOnlyList<Node> Items => items;

    public override string Kind => "a list";
}

internal sealed class MappingNode(Mark mark, Mark label, IReadOnlyList<Entry> entries) : Node(mark, label)
{
    public IReadOnlyList<Entry> Entries => entries;

    public override string Kind => "a map";

    public Node? Find(string key)
    {
        foreach (var entry in entries)
        {
            if (entry.Key == key)
                return entry.Value;
        }

        return null;
    }
}

/// <summary>A key of a mapping and its value.</summary>
internal sealed record Entry(string Key, Mark KeyMark, Node Value);
