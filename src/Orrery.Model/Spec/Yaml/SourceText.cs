using Orrery.Model.Diagnostics;

namespace Orrery.Model.Spec.Yaml;

/// <summary>A source file cut into lines; what must not be shown of them is hidden.</summary>
internal sealed class SourceText(SourceFile file, int index)
{
    private const string Hidden = "(hidden)";
    private readonly string[] _lines = file.Text.Split('\n');
    private readonly List<Mark> _secrets = [];

    public string Name => file.Name;

    public string Text => file.Text;

    /// <summary>The file's place among the files of the declaration.</summary>
    public int Index => index;

    public int LineCount => _lines.Length;

    public string Line(int line) => line >= 1 && line <= _lines.Length ? _lines[line - 1].TrimEnd('\r') : "";

    /// <summary>Hides this place in every line that is shown: a secret was written where a reference belongs.</summary>
    public void Hide(Mark mark) => _secrets.Add(mark);

    public SourceRange Range(Mark mark)
    {
        var line = Line(mark.Line).TrimStart('\uFEFF');
        var (column, length) = (mark.Column, mark.Length);
        // From the right, so that what is left to hide keeps its column.
        _secrets.Sort((left, right) => Mark.Compare(right, left));
        foreach (var secret in _secrets.Where(secret => secret.Line == mark.Line))
        {
            var start = Math.Min(secret.Column - 1, line.Length);
            var end = Math.Min(start + secret.Length, line.Length);
            line = string.Concat(line.AsSpan(0, start), Hidden, line.AsSpan(end));
            if (secret.Column == column)
                length = Hidden.Length;
            else if (secret.Column < column)
                column += Hidden.Length - (end - start);
        }

        line = SecretScan.Hide(line, Hidden);
        column = Math.Clamp(column, 1, line.Length + 1);
        return new SourceRange(
            Name, mark.Line, mark.Column, Math.Clamp(length, 1, Math.Max(1, line.Length - column + 1)), line)
        {
            ShownColumn = column,
        };
    }
}
