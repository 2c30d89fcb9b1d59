using System.Globalization;
using System.Text;

namespace Orrery.Model.Diagnostics;

/// <summary>Diagnostics as plain lines, without colour: what, where with the line, why, and what to do.</summary>
public static class DiagnosticText
{
    /// <summary>Text is broken into lines of at most this many columns, where it has spaces.</summary>
    private const int Width = 100;

    /// <summary>A longer line of the declaration is cut around the place.</summary>
    private const int LineWidth = 116;

    public static string Write(IEnumerable<Diagnostic> diagnostics)
    {
        var text = new StringBuilder();
        foreach (var diagnostic in diagnostics)
        {
            if (text.Length > 0)
                text.Append('\n');
            Append(text, diagnostic);
        }

        return text.ToString();
    }

    public static string Write(Diagnostic diagnostic)
    {
        var text = new StringBuilder();
        Append(text, diagnostic);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Diagnostic diagnostic)
    {
        var severity = diagnostic.Severity == Severity.Error ? "error" : "warning";
        text.Append($"{severity}: {diagnostic.Summary} [{diagnostic.Code}]\n");
        if (diagnostic.Source is { } source)
            AppendSource(text, source);
        if (diagnostic.Address is { } address)
            text.Append("  on ").Append(address.Text).Append('\n');
        foreach (var line in Lines(diagnostic.Detail, Width - 2))
            text.Append("  ").Append(line).Append('\n');
        foreach (var hint in diagnostic.Hints)
            AppendHint(text, hint);
    }

    private static void AppendSource(StringBuilder text, SourceRange source)
    {
        var number = source.Line.ToString(CultureInfo.InvariantCulture);
        var margin = new string(' ', number.Length);
        text.Append(margin).Append("--> ").Append(source).Append('\n');
        text.Append(margin).Append(" |\n");
        var (line, column) = Window(source);
        var length = Math.Min(source.Length, Math.Max(1, line.Length - column + 1));
        text.Append(number).Append(" | ").Append(line).Append('\n');
        text.Append(margin).Append(" | ").Append(' ', column - 1).Append('^', length).Append('\n');
    }

    /// <summary>The line, or of a long one the part around the place, with the place's column in it.</summary>
    private static (string Line, int Column) Window(SourceRange source)
    {
        const string Cut = "...";
        var text = source.LineText;
        if (text.Length <= LineWidth)
            return (text, source.ShownColumn);
        var start = Math.Clamp(source.ShownColumn - 1 - (LineWidth / 3), 0, text.Length - LineWidth + (2 * Cut.Length));
        var end = Math.Min(text.Length, start + LineWidth - (2 * Cut.Length));
        var (before, after) = (start > 0 ? Cut : "", end < text.Length ? Cut : "");
        return (before + text[start..end] + after, source.ShownColumn - start + before.Length);
    }

    /// <summary>A hint that begins with spaces is a command or example to copy: it stands as it is.</summary>
    private static void AppendHint(StringBuilder text, string hint)
    {
        if (hint.StartsWith(' '))
            text.Append("      ").Append(hint.Trim()).Append('\n');
        else
            text.Append("hint: ").AppendJoin("\n      ", Lines(hint, Width - 6)).Append('\n');
    }

    private static IEnumerable<string> Lines(string text, int width)
    {
        var rest = text.Trim();
        while (rest.Length > width)
        {
            var end = rest.LastIndexOf(' ', width);
            if (end <= 0)
                end = rest.IndexOf(' ', StringComparison.Ordinal);
            if (end <= 0)
                break;
            yield return rest[..end];
            rest = rest[(end + 1)..];
        }

        if (rest.Length > 0)
            yield return rest;
    }
}
