namespace Orrery.Model.Spec.Yaml;

/// <summary>A stretch of one line of a source: line and column from 1.</summary>
internal sealed record Mark(SourceText Source, int Line, int Column, int Length)
{
    /// <summary>The place of what stands in no file: a default.</summary>
    public static Mark Nowhere { get; } = new(new SourceText(new SourceFile("", ""), 0), 1, 1, 1);

    /// <summary>In order of the text; what has no place comes first.</summary>
    public static int Compare(Mark? left, Mark? right)
    {
        if (left is null || right is null)
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        var order = left.Source.Index.CompareTo(right.Source.Index);
        if (order == 0)
            order = left.Line.CompareTo(right.Line);
        return order != 0 ? order : left.Column.CompareTo(right.Column);
    }
}
