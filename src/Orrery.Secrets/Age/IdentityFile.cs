using System.Diagnostics.CodeAnalysis;

namespace Orrery.Secrets.Age;

/// <summary>A file of identities as <c>age-keygen</c> writes it: one a line, and comments after <c>#</c>.</summary>
public static class IdentityFile
{
    /// <summary>
    /// Reads all of it; where that fails, <paramref name="problem"/> names the line and never its content.
    /// </summary>
    public static bool TryParse(
        string text,
        out IReadOnlyList<IIdentity> identities,
        [NotNullWhen(false)] out string? problem)
    {
        var read = new List<IIdentity>();
        (identities, problem) = (read, null);
        var number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (!AgeIdentity.TryParse(line.Trim(), out var identity))
                problem ??= $"line {number} is not an age identity (AGE-SECRET-KEY-1…)";
            else
                read.Add(identity);
        }

        if (read.Count == 0)
            problem ??= "it holds no age identity (AGE-SECRET-KEY-1…)";
        return problem is null;
    }
}
