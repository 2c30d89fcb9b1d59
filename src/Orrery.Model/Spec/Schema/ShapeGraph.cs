namespace Orrery.Model.Spec.Schema;

/// <summary>The objects that can be reached from some, each once, in the order in which a reader meets them.</summary>
internal static class ShapeGraph
{
    public static IReadOnlyList<ObjectShape> Below(ObjectShape start) => Walk(start, _ => true);

    /// <summary>
    /// Those that merge field by field, so that one document may say a part: all that are not below a choice, which is
    /// replaced whole.
    /// </summary>
    public static IReadOnlyList<ObjectShape> Mergeable(ObjectShape start) => Walk(
        start, shape => shape is not ChoiceShape);

    private static List<ObjectShape> Walk(ObjectShape start, Func<ObjectShape, bool> descends)
    {
        var found = new List<ObjectShape>();
        Visit(start, descends, found);
        return found;
    }

    private static void Visit(ObjectShape shape, Func<ObjectShape, bool> descends, List<ObjectShape> found)
    {
        if (found.Contains(shape))
            return;
        found.Add(shape);
        if (!descends(shape))
            return;
        foreach (var below in shape.Fields.SelectMany(field => field.Shape.Objects).Concat(shape.OthersObjects))
            Visit(below, descends, found);
    }
}
