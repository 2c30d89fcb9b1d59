using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Schema;

/// <summary>
/// What may stand under a field. From it follow the check of the form, the typed reading, the merging, the JSON Schema
/// and the words on the reference page.
/// </summary>
internal abstract class Shape
{
    /// <summary>With its article, for messages and the reference page: <c>a size</c>.</summary>
    public abstract string Title { get; }

    /// <summary>The title as Markdown, with a link where the reference page has a section for it.</summary>
    public virtual string Reference => Title;

    /// <summary>Objects and choices of its own that the reference page and the JSON Schema describe apart.</summary>
    public virtual IEnumerable<ObjectShape> Objects => [];

    /// <summary>Reports what is wrong with the form of what is written; never what is missing.</summary>
    public abstract void Check(Node node, Problems problems);

    /// <summary>Reports what is missing, after merging.</summary>
    public virtual void CheckComplete(Node node, Problems problems)
    {
    }

    /// <summary>The patch laid over the basis: lists, scalars and choices replace.</summary>
    public virtual Node Merge(Node basis, Node patch) => patch;

    /// <summary>Writes the members of the JSON Schema of this shape into an object that is open already.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer);
}

/// <summary>A shape whose values are read as <typeparamref name="T"/>.</summary>
internal abstract class Shape<T> : Shape
{
    /// <summary>The value, unless its form is wrong (which <see cref="Shape.Check"/> has reported).</summary>
    public abstract bool TryRead(Node node, [MaybeNullWhen(false)] out T value);
}
