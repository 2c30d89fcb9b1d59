using Orrery.Tests.Contracts;

namespace Orrery.Tests.Cli;

/// <summary>A script: its command lines, and the files that follow them, each after a line <c>-- path --</c>.</summary>
internal sealed record ScriptFiles(IReadOnlyList<string> Lines, IReadOnlyList<(string Path, string Text)> Files)
{
    private static readonly string Folder =
        Path.Combine(ContractFolder.RepositoryRoot, "tests", "Orrery.Tests", "Cli", "Scripts");

    public static IEnumerable<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal),
    ];

    public static ScriptFiles Read(string name) => Parse(File.ReadAllText(Path.Combine(Folder, $"{name}.txt")));

    private static ScriptFiles Parse(string text)
    {
        var lines = new List<string>();
        var files = new List<(string, string)>();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("-- ", StringComparison.Ordinal) && line.EndsWith(" --", StringComparison.Ordinal))
                files.Add((line[3..^3], ""));
            else if (files.Count == 0)
                lines.Add(line);
            else
                files[^1] = (files[^1].Item1, $"{files[^1].Item2}{line}\n");
        }

        return new ScriptFiles(lines, files);
    }
}
