using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Ownership;

/// <summary>What changed between two values of a shape.</summary>
/// <param name="Set">Added and modified fields.</param>
internal sealed record ValueDifference(FieldSet Set, FieldSet Removed)
{
    public bool IsNone => Set.IsEmpty && Removed.IsEmpty;

    public static ValueDifference Between(JsonNode? before, JsonNode? after, Shape shape)
    {
        var difference = new ValueDifference(new FieldSet(), new FieldSet());
        difference.Compare(before, after, shape, difference.Set, difference.Removed);
        return difference;
    }

    /// <summary>The fields that an applied configuration sets.</summary>
    public static FieldSet Leaves(JsonNode? value, Shape shape)
    {
        var set = new FieldSet();
        AddLeaves(value, shape, set);
        set.IsMember = false;
        return set;
    }

    private void Compare(JsonNode? before, JsonNode? after, Shape shape, FieldSet set, FieldSet removed)
    {
        if (IsLeaf(shape, before ?? after) || !SameForm(before, after))
        {
            if (!JsonNode.DeepEquals(before, after))
                set.IsMember = true;
            return;
        }

        // Most of an object is as it was, and comparing that costs less than taking it apart.
        if (JsonNode.DeepEquals(before, after))
            return;
        if (shape.Kind == ShapeKind.List)
            CompareLists(before as JsonArray ?? [], after as JsonArray ?? [], shape, set, removed);
        else
            CompareMembers(before as JsonObject ?? [], after as JsonObject ?? [], shape, set, removed);
    }

    private void CompareMembers(JsonObject before, JsonObject after, Shape shape, FieldSet set, FieldSet removed)
    {
        foreach (var (name, value) in after)
        {
            if (shape.Member(name) is not { } member)
                continue;
            var element = PathElement.OfField(name);
            if (!before.ContainsKey(name))
                AddAll(value, member, set.At(element));
            else
                CompareAt(element, before[name], value, member, (set, removed));
        }

        foreach (var (name, value) in before)
        {
            if (!after.ContainsKey(name) && shape.Member(name) is { } member)
                AddAll(value, member, removed.At(PathElement.OfField(name)));
        }
    }

    private void CompareLists(JsonArray before, JsonArray after, Shape shape, FieldSet set, FieldSet removed)
    {
        var item = shape.Item ?? Shape.Anything;
        var old = new Dictionary<string, JsonNode?>();
        foreach (var value in before)
            old.TryAdd(PathElement.OfItem(shape, value), value);
        var seen = new HashSet<string>();
        foreach (var value in after)
        {
            var element = PathElement.OfItem(shape, value);
            seen.Add(element);
            if (!old.TryGetValue(element, out var previous))
                AddAll(value, item, set.At(element));
            else
                CompareAt(element, previous, value, item, (set, removed));
        }

        foreach (var (element, value) in old)
        {
            if (!seen.Contains(element))
                AddAll(value, item, removed.At(element));
        }
    }

    private void CompareAt(
        string element, JsonNode? before, JsonNode? after, Shape shape, (FieldSet Set, FieldSet Removed) sets)
    {
        var (set, removed) = (new FieldSet(), new FieldSet());
        Compare(before, after, shape, set, removed);
        Merge(sets.Set, element, set);
        Merge(sets.Removed, element, removed);
    }

    private static void Merge(FieldSet parent, string element, FieldSet child)
    {
        if (child.IsEmpty)
            return;
        var target = parent.At(element);
        target.IsMember = child.IsMember;
        foreach (var (name, grandchild) in child.Children)
            Merge(target, name, grandchild);
    }

    /// <summary>A node that is new as a whole: itself and everything below.</summary>
    private static void AddAll(JsonNode? value, Shape shape, FieldSet set)
    {
        set.IsMember = true;
        if (IsLeaf(shape, value))
            return;
        if (value is JsonArray list)
        {
            foreach (var item in list)
                AddAll(item, shape.Item ?? Shape.Anything, set.At(PathElement.OfItem(shape, item)));
        }
        else if (value is JsonObject members)
        {
            foreach (var (name, member) in members)
            {
                if (shape.Member(name) is { } child)
                    AddAll(member, child, set.At(PathElement.OfField(name)));
            }
        }
    }

    private static void AddLeaves(JsonNode? value, Shape shape, FieldSet set)
    {
        if (IsLeaf(shape, value) || value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 })
        {
            set.IsMember = true;
            return;
        }

        if (value is JsonArray list)
        {
            foreach (var item in list)
            {
                var child = set.At(PathElement.OfItem(shape, item));
                AddLeaves(item, shape.Item ?? Shape.Anything, child);
                child.IsMember = true;
            }
        }
        else if (value is JsonObject members)
        {
            foreach (var (name, member) in members)
                AddLeaves(member, shape.Member(name) ?? Shape.Anything, set.At(PathElement.OfField(name)));
        }
    }

    // In what has no declared shape, lists are replaced as a whole.
    private static bool IsLeaf(Shape shape, JsonNode? value) =>
        shape.IsLeaf || (shape.Kind == ShapeKind.Anything && value is not JsonObject);

    private static bool SameForm(JsonNode? before, JsonNode? after) =>
        before is null || after is null || before is JsonObject == after is JsonObject;
}
