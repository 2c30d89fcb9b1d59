using System.Diagnostics.CodeAnalysis;
using Orrery.Secrets.Age.Kinds;
using Orrery.Secrets.Age.Plugins;

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
        foreach (var (number, line) in KeyLines.Of(text))
        {
            if (!AgeIdentity.TryParse(line, out var identity))
                problem ??= $"line {number} is not an age identity (AGE-SECRET-KEY-1…)";
            else
                read.Add(identity);
        }

        if (read.Count == 0)
            problem ??= "it holds no age identity (AGE-SECRET-KEY-1…)";
        return problem is null;
    }

    /// <summary>
    /// The same for everything that opens files: age's own identities, those of plugins, or a private key of SSH, which
    /// is a file of its own.
    /// </summary>
    public static bool TryParseAll(
        string text, [NotNullWhen(true)] out KeyRing? ring, [NotNullWhen(false)] out string? problem)
    {
        ring = null;
        if (SshPrivateKey.IsOne(text))
        {
            if (SshPrivateKey.Read(text, out problem) is { } ssh)
                ring = new KeyRing([ssh], []);
            problem = ring is null ? $"the SSH key cannot be used: {problem}" : null;
            return ring is not null;
        }

        var (holders, plugins) = (new List<IKeyHolder>(), new List<PluginKey>());
        problem = null;
        foreach (var (number, line) in KeyLines.Of(text))
        {
            if (AgeIdentity.TryParse(line, out var identity))
                holders.Add(identity);
            else if (PluginKey.TryParseIdentity(line, out var plugin))
                plugins.Add(plugin);
            else
                problem ??= $"line {number} is not an age identity (AGE-SECRET-KEY-1…)";
        }

        if (holders.Count + plugins.Count == 0)
            problem ??= "it holds no age identity (AGE-SECRET-KEY-1…)";
        ring = problem is null ? new KeyRing(holders, plugins) : null;
        return ring is not null;
    }
}
