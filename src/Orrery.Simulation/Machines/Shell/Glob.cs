using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Shell;

/// <summary>
/// Patterns of the shell: <c>*</c>, <c>?</c>, <c>[a-z]</c>; a backslash makes the next character plain.
/// </summary>
internal static class Glob
{
    public static bool IsPattern(string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
                i++;
            else if (pattern[i] is '*' or '?' or '[')
                return true;
        }

        return false;
    }

    public static string Escape(string text) =>
        string.Concat(text.Select(character => character is '*' or '?' or '[' or ']' or '\\' or '-' or '!'
            ? "\\" + character
            : character.ToString()));

    public static string Unescape(string pattern)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
            text.Append(pattern[i] == '\\' && i + 1 < pattern.Length ? pattern[++i] : pattern[i]);
        return text.ToString();
    }

    public static bool Matches(string pattern, string text) => Matches(pattern, 0, text, 0);

    /// <summary>The paths that a pattern names, in order; none where nothing matches.</summary>
    public static IReadOnlyList<string> Paths(FileSystem files, string folder, string pattern)
    {
        var found = new List<string> { pattern.StartsWith('/') ? "/" : "" };
        foreach (var step in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new List<string>();
            foreach (var path in found)
            {
                var join = path.Length == 0 || path.EndsWith('/') ? path : path + "/";
                if (!IsPattern(step))
                {
                    if (files.Find(FileSystem.Join(folder, join + Unescape(step)), followLinks: false) is not null)
                        next.Add(join + Unescape(step));
                }
                else if (files.Find(FileSystem.Join(folder, path.Length == 0 ? "." : path)) is FolderNode here)
                {
                    next.AddRange(here.Children.Keys
                        .Where(name => (!name.StartsWith('.') || step.StartsWith('.')) && Matches(step, name))
                        .Select(name => join + name));
                }
            }

            found = next;
        }

        return found;
    }

    private static bool Matches(string pattern, int p, string text, int t)
    {
        for (; p < pattern.Length; p++, t++)
        {
            switch (pattern[p])
            {
                case '*':
                    for (var i = t; i <= text.Length; i++)
                    {
                        if (Matches(pattern, p + 1, text, i))
                            return true;
                    }

                    return false;
                case '?' when t < text.Length:
                    break;
                case '[' when pattern.IndexOf(']', Math.Min(p + 2, pattern.Length - 1)) is var end && end > p:
                    if (t >= text.Length || !InSet(pattern[(p + 1)..end], text[t]))
                        return false;
                    p = end;
                    break;
                case '\\' when p + 1 < pattern.Length:
                    p++;
                    if (t >= text.Length || pattern[p] != text[t])
                        return false;
                    break;
                case var plain:
                    if (t >= text.Length || plain != text[t])
                        return false;
                    break;
            }
        }

        return t == text.Length;
    }

    private static bool InSet(string set, char character)
    {
        var negated = set.StartsWith('!') || set.StartsWith('^');
        var found = false;
        for (var i = negated ? 1 : 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                found |= character >= set[i] && character <= set[i + 2];
                i += 2;
            }
            else
            {
                found |= set[i] == character;
            }
        }

        return found != negated;
    }
}
