using System.Diagnostics.CodeAnalysis;
using Orrery.Secrets.Age.Plugins;

namespace Orrery.Secrets.Age;

/// <summary>Recipients of every kind as people give them: one alone, or a file with one a line and comments.</summary>
public static class RecipientFile
{
    /// <summary>
    /// Reads <c>age1…</c>, <c>age1pq1…</c>, <c>age1name1…</c> of a plugin, <c>ssh-ed25519 …</c> and <c>ssh-rsa …</c>.
    /// </summary>
    public static bool TryParseOne(
        string text, [NotNullWhen(true)] out RecipientList? list, [NotNullWhen(false)] out string? problem)
    {
        (list, problem) = (null, null);
        if (AgeRecipient.TryParse(text, out var recipient))
            list = new RecipientList([recipient], []);
        else if (PluginKey.TryParseRecipient(text, out var plugin))
            list = new RecipientList([], [plugin]);
        else
            problem = Explain(text);
        return list is not null;
    }

    /// <summary>Reads a whole file; where that fails, <paramref name="problem"/> names the line.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out RecipientList? list, [NotNullWhen(false)] out string? problem)
    {
        var (recipients, plugins) = (new List<IRecipient>(), new List<PluginKey>());
        problem = null;
        foreach (var (number, line) in KeyLines.Of(text))
        {
            if (TryParseOne(line, out var one, out var why))
            {
                recipients.AddRange(one.Recipients);
                plugins.AddRange(one.Plugins);
            }
            else
            {
                problem ??= $"line {number} {why}";
            }
        }

        if (recipients.Count + plugins.Count == 0)
            problem ??= "holds no recipient";
        list = problem is null ? new RecipientList(recipients, plugins) : null;
        return list is not null;
    }

    // What is secret is not repeated, and so nothing is.
    private static string Explain(string text) =>
        text.StartsWith("AGE-SECRET-KEY-", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("AGE-PLUGIN-", StringComparison.OrdinalIgnoreCase)
            ? "is an identity, which is secret; a recipient is its public half"
            : text.StartsWith("ssh-", StringComparison.Ordinal)
                ? "is an SSH key that age has no use for: it takes ssh-ed25519, and ssh-rsa from 2048 bits"
                : "is not a recipient: age1…, ssh-ed25519 … or ssh-rsa …";
}
