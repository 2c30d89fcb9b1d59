using Orrery.Secrets.Age.Plugins;

namespace Orrery.Secrets.Age;

/// <summary>Who may open a file: what this process can by itself, and what needs the help of a plugin.</summary>
public sealed record KeyRing(IReadOnlyList<IKeyHolder> Holders, IReadOnlyList<PluginKey> Plugins);

/// <summary>Whom a file is encrypted to: what this process can by itself, and what needs a plugin.</summary>
public sealed record RecipientList(IReadOnlyList<IRecipient> Recipients, IReadOnlyList<PluginKey> Plugins);

/// <summary>The lines of a file of keys that are neither empty nor comments, with their numbers.</summary>
internal static class KeyLines
{
    public static IEnumerable<(int Number, string Line)> Of(string text) =>
        text.ReplaceLineEndings("\n").Split('\n').Select((line, index) => (Number: index + 1, Line: line.Trim()))
            .Where(row => row.Line.Length > 0 && row.Line[0] != '#');
}
