namespace Orrery.Model.Spec.Yaml;

/// <summary>A stretch of one line of a source: line and column from 1.</summary>
internal readonly record struct Mark(SourceText Source, int Line, int Column, int Length)
{
    public static int Compare(Mark left, Mark right)
    {
        var order = left.Source.Index.CompareTo(right.Source.Index);
        if (order == 0)
            order = left.Line.CompareTo(right.Line);
        return order != 0 ? order : left.Column.CompareTo(right.Column);
    }
}
