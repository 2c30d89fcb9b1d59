using System.Text.RegularExpressions;

namespace Orrery.Tests.Tidy;

/// <summary>What is wrong with the shape of one source file. It relies on the formatting that CI checks.</summary>
internal static partial class CodeShape
{
    private const int SourceLinesMax = 400;
    private const int TestLinesMax = 600;
    private const int MethodLinesMax = 60;
    private const int ColumnsMax = 120;

    // In pieces, so that this file does not hold what it looks for.
    private static readonly string[] Unfinished =
        ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception"];
    private static readonly string[] EmptySuffixes = ["Manager", "Helper", "Helpers", "Processor", "Impl", "Utils"];

    public static IEnumerable<string> Problems(string path, string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        var isTest = path.StartsWith("tests/", StringComparison.Ordinal);
        var linesMax = isTest ? TestLinesMax : SourceLinesMax;
        if (lines.Length > linesMax)
            yield return $"{path}: {lines.Length} lines, at most {linesMax}: which noun is missing?";

        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > ColumnsMax)
                yield return $"{path}:{i + 1}: {lines[i].Length} columns, at most {ColumnsMax}";
            if (Unfinished.FirstOrDefault(lines[i].Contains) is { } mark && !IssueNumber().IsMatch(lines[i]))
                yield return $"{path}:{i + 1}: {mark} without an issue's number";
            if (lines[i].TrimStart().StartsWith("#region", StringComparison.Ordinal))
                yield return $"{path}:{i + 1}: a region";
            // The names of tests are sentences; their classes need no other.
            if (!isTest && IsUnexplainedPublicType(lines, i))
                yield return $"{path}:{i + 1}: a public type without a <summary>";
            var type = TypeName().Match(lines[i]).Groups[1].Value;
            if (EmptySuffixes.Any(suffix => type.EndsWith(suffix, StringComparison.Ordinal)))
                yield return $"{path}:{i + 1}: {type} says nothing: name what it is";
        }

        foreach (var problem in LongMethods(path, lines))
            yield return problem;
    }

    private static bool IsUnexplainedPublicType(string[] lines, int index)
    {
        if (!PublicType().IsMatch(lines[index]))
            return false;

        var above = index - 1;
        while (above >= 0 && lines[above].StartsWith('['))
            above--;
        return above < 0 || !lines[above].StartsWith("///", StringComparison.Ordinal);
    }

    // A block opens with a brace alone on its line and ends with one in the same column.
    private static IEnumerable<string> LongMethods(string path, string[] lines)
    {
        for (var start = 1; start < lines.Length; start++)
        {
            if (lines[start].Trim() != "{" || TypeName().IsMatch(Head(lines, start)))
                continue;
            var margin = lines[start][..^1];
            var end = Array.FindIndex(lines, start, line => line.StartsWith(margin + "}", StringComparison.Ordinal));
            if (end - start - 1 > MethodLinesMax)
            {
                yield return $"{path}:{start}: a method of {end - start - 1} lines, at most {MethodLinesMax}";
                start = end;
            }
        }
    }

    // What the block belongs to: the nearest line above that is indented as its brace is.
    private static string Head(string[] lines, int brace)
    {
        var margin = lines[brace][..^1];
        for (var i = brace - 1; i >= 0; i--)
        {
            if (lines[i].StartsWith(margin, StringComparison.Ordinal) && lines[i].Length > margin.Length
                && !char.IsWhiteSpace(lines[i][margin.Length]))
                return lines[i];
        }

        return "";
    }

    [GeneratedRegex(@"#\d+")]
    private static partial Regex IssueNumber();

    [GeneratedRegex(@"^public (?:[a-z]+ )*(?:class|record|struct|interface|enum|delegate) ")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|sealed|static|abstract|readonly|partial|file|ref) )*"
        + @"(?:class|record struct|record|struct|interface|enum) (\w+)")]
    private static partial Regex TypeName();
}
