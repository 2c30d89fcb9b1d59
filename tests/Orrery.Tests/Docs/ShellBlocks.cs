using System.Text.RegularExpressions;

namespace Orrery.Tests.Docs;

/// <summary>The command lines of a document: what stands in its blocks that begin with <c>```sh</c>.</summary>
internal static partial class ShellBlocks
{
    public static IReadOnlyList<string> Of(string document) =>
    [
        .. Block().Matches(document)
            .SelectMany(block => block.Groups["lines"].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            .Select(line => Comment().Replace(line, "").Trim())
            .Where(line => line.Length > 0),
    ];

    [GeneratedRegex(@"^```sh\n(?<lines>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Block();

    // A comment begins the line or stands apart from the command.
    [GeneratedRegex(@"(?:^|\s{2,})#.*$", RegexOptions.None, 1000)]
    private static partial Regex Comment();
}
