using Orrery.Model.Diagnostics;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec;

/// <summary>Everything that is wrong with a declaration, to be told at once and in the order of the text.</summary>
internal sealed class Problems
{
    private readonly List<(Mark? Mark, Diagnostic Diagnostic)> _found = [];
    private readonly HashSet<(string Code, Mark? Mark, string Detail)> _known = [];

    /// <summary>Adds a problem; the same one at the same place, seen through several clusters, counts once.</summary>
    public void Add(DiagnosticCode code, Mark? mark, string detail, params ReadOnlySpan<string> hints)
    {
        if (_known.Add((code.Code, mark, detail)))
            _found.Add((mark, code.At(null, detail, ValueList.Create(hints))));
    }

    /// <summary>Adds a problem of which one mention in the whole declaration is enough.</summary>
    public void AddOnce(DiagnosticCode code, Mark mark, string detail, params ReadOnlySpan<string> hints)
    {
        if (_known.Add((code.Code, null, "")))
            Add(code, mark, detail, hints);
    }

    public bool HasErrors => _found.Exists(problem => problem.Diagnostic.Severity == Severity.Error);

    public ValueList<Diagnostic> InOrder()
    {
        _found.Sort(Compare);
        return _found
            .Select(problem => problem.Mark is { } mark
                ? problem.Diagnostic with { Source = mark.Source.Range(mark) }
                : problem.Diagnostic)
            .ToValueList();
    }

    private static int Compare((Mark? Mark, Diagnostic Diagnostic) left, (Mark? Mark, Diagnostic Diagnostic) right)
    {
        var order = (left.Mark, right.Mark) switch
        {
            (null, null) => 0,
            (null, _) => -1,
            (_, null) => 1,
            ({ } a, { } b) => Mark.Compare(a, b),
        };
        if (order == 0)
            order = string.CompareOrdinal(left.Diagnostic.Code, right.Diagnostic.Code);
        return order != 0 ? order : string.CompareOrdinal(left.Diagnostic.Detail, right.Diagnostic.Detail);
    }
}
