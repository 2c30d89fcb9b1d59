using System.Text.Json.Nodes;

namespace Orrery.Simulation.Kubernetes.Ownership;

/// <summary>
/// A set of fields as a tree of path elements, in the form of <c>fieldsV1</c>: <c>f:name</c>, <c>k:{keys}</c>,
/// <c>v:value</c>. Immutable from outside once built.
/// </summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>The path to here is itself in the set.</summary>
    public bool IsMember { get; set; }

    public bool IsEmpty => !IsMember && _children.Count == 0;

    public IEnumerable<KeyValuePair<string, FieldSet>> Children => _children;

    public FieldSet? Find(string element) => _children.GetValueOrDefault(element);

    /// <summary>The node for an element, made when missing.</summary>
    public FieldSet At(string element)
    {
        if (!_children.TryGetValue(element, out var child))
            _children[element] = child = new FieldSet();
        return child;
    }

    public void Remove(string element) => _children.Remove(element);

    public static FieldSet Union(FieldSet one, FieldSet other)
    {
        if (other.IsEmpty)
            return one;
        var union = new FieldSet { IsMember = one.IsMember || other.IsMember };
        foreach (var (element, child) in one._children)
            union._children[element] = other.Find(element) is { } same ? Union(child, same) : child;
        foreach (var (element, child) in other._children)
        {
            if (one.Find(element) is null)
                union._children[element] = child;
        }

        return union;
    }

    /// <summary>The members of one that are not members of the other.</summary>
    public static FieldSet Difference(FieldSet one, FieldSet other)
    {
        if (other.IsEmpty)
            return one;
        var difference = new FieldSet { IsMember = one.IsMember && !other.IsMember };
        foreach (var (element, child) in one._children)
        {
            var left = other.Find(element) is { } same ? Difference(child, same) : child;
            if (!left.IsEmpty)
                difference._children[element] = left;
        }

        return difference;
    }

    public static FieldSet Intersection(FieldSet one, FieldSet other)
    {
        var intersection = new FieldSet { IsMember = one.IsMember && other.IsMember };
        foreach (var (element, child) in one._children)
        {
            if (other.Find(element) is { } same && Intersection(child, same) is { IsEmpty: false } common)
                intersection._children[element] = common;
        }

        return intersection;
    }

    public bool Same(FieldSet other) =>
        IsMember == other.IsMember && _children.Count == other._children.Count
        && _children.All(pair => other.Find(pair.Key) is { } same && pair.Value.Same(same));

    /// <summary>All members as text: <c>.spec.containers[name="c"].image</c>.</summary>
    public IEnumerable<string> Paths(string before = "")
    {
        if (IsMember)
            yield return before;
        foreach (var (element, child) in _children)
        {
            foreach (var path in child.Paths(before + PathElement.ToText(element)))
                yield return path;
        }
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (IsMember && _children.Count > 0)
            json["."] = new JsonObject();
        foreach (var (element, child) in _children)
            json[element] = child.ToJson();
        return json;
    }

    public static FieldSet From(JsonObject json, bool isRoot = true)
    {
        var set = new FieldSet { IsMember = !isRoot && (json.Count == 0 || json.ContainsKey(".")) };
        foreach (var (element, child) in json)
        {
            if (element != ".")
                set._children[element] = From(child as JsonObject ?? [], isRoot: false);
        }

        return set;
    }
}
