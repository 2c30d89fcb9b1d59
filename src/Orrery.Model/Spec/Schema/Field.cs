using System.Diagnostics.CodeAnalysis;
using Orrery.Model.Diagnostics;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Schema;

/// <summary>A field of a kind, declared once: name, what it is for, and what it holds.</summary>
internal abstract class Field(string name, string description)
{
    public string Name => name;

    /// <summary>A sentence for the reference page and for editors.</summary>
    public string Description => description;

    public abstract Shape Shape { get; }

    public bool Required { get; init; }

    /// <summary>As it would be written, if there is one.</summary>
    public string? Default { get; init; }

    public string? Example { get; init; }

    /// <summary>Set while what the field asks for is not built.</summary>
    public DiagnosticCode? NotYet { get; init; }
}

/// <summary>A field whose value is read as <typeparamref name="T"/>.</summary>
internal sealed class Field<T>(string name, Shape<T> shape, string description) : Field(name, description)
{
    public override Shape<T> Shape => shape;

    /// <summary>The default's value; only for fields that declare one.</summary>
    public T DefaultValue()
    {
        Invariant.Check(Default is not null, $"the field '{Name}' has no default");
        var read = shape.TryRead(new ScalarNode(Mark.Nowhere, Mark.Nowhere, Default, plain: true), out var value);
        Invariant.Check(read, $"the default of the field '{Name}' has the wrong form");
        return value!;
    }

    public bool TryRead(Node node, [MaybeNullWhen(false)] out T value) => shape.TryRead(node, out value);
}
