using Orrery.Model.Diagnostics;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec;

/// <summary>Everything that is wrong with a declaration, to be told at once and in the order of the text.</summary>
internal sealed class Problems
{
    private readonly List<Problem> _found = [];
    private readonly HashSet<string> _known = [];

    public bool HasErrors => _found.Exists(problem => problem.Code.Severity == Severity.Error);

    /// <summary>Adds a problem; the same one at the same place, seen through several clusters, counts once.</summary>
    public void Add(DiagnosticCode code, Mark? mark, string detail, params ReadOnlySpan<string> hints)
    {
        if (_known.Add($"{code.Code} {mark?.Source.Index} {mark?.Line} {mark?.Column} {detail}"))
            _found.Add(new Problem(code, mark, detail, ValueList.Create(hints)));
    }

    /// <summary>Adds a problem of which one mention in the whole declaration is enough.</summary>
    public void AddOnce(DiagnosticCode code, Mark mark, string detail)
    {
        if (!_found.Exists(problem => problem.Code == code))
            Add(code, mark, detail);
    }

    public ValueList<Diagnostic> InOrder()
    {
        _found.Sort(Problem.Compare);
        return _found.Select(problem => problem.ToDiagnostic()).ToValueList();
    }

    private sealed record Problem(DiagnosticCode Code, Mark? Mark, string Detail, ValueList<string> Hints)
    {
        public static int Compare(Problem left, Problem right)
        {
            var order = Mark.Compare(left.Mark, right.Mark);
            if (order == 0)
                order = string.CompareOrdinal(left.Code.Code, right.Code.Code);
            return order != 0 ? order : string.CompareOrdinal(left.Detail, right.Detail);
        }

        // Only now is known what must not be shown of the line.
        public Diagnostic ToDiagnostic() => Code.At(Mark?.Source.Range(Mark), Detail, Hints);
    }
}
