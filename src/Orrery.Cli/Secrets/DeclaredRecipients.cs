using System.Text;
using Orrery.Cli.Composition;
using Orrery.Model.Spec;
using Orrery.Model.Values;

namespace Orrery.Cli.Secrets;

/// <summary>
/// Changes <c>spec.recovery.recipients</c> in the text of a declaration and nothing else in it. What comes out is read
/// again before it is written: where that is not what was meant, nothing is, and a person must do it.
/// </summary>
internal static class DeclaredRecipients
{
    /// <summary>Writes the file that has them; false where its text is written in a way that is not changed.</summary>
    public static bool Put(Host host, Loaded loaded, ValueList<string> recipients)
    {
        var declared = loaded.Platform.Recovery.Recipients;
        foreach (var path in FilesOf(host, loaded))
        {
            var text = File.ReadAllText(path);
            if (!text.Contains(declared[0], StringComparison.Ordinal))
                continue;
            var changed = recipients.Except(declared).Aggregate(text, (now, added) => Add(now, declared[^1], added));
            changed = declared.Except(recipients).Aggregate(changed, Remove);
            if (!IsMeant(host, loaded, path, changed, recipients))
                return false;
            SecretFile.Write(path, Encoding.UTF8.GetBytes(changed));
            return true;
        }

        return false;
    }

    /// <summary>Behind one that is there: on a line of its own, or behind a comma, as that one is.</summary>
    public static string Add(string text, string known, string added)
    {
        var at = text.IndexOf(known, StringComparison.Ordinal);
        if (at < 0)
            return text;
        var (begin, end) = LineOf(text, at);
        var line = text[begin..end];
        if (line.TrimStart().StartsWith("- ", StringComparison.Ordinal))
            return text.Insert(end, $"\n{line[..(line.IndexOf('-', StringComparison.Ordinal) + 2)]}{added}");
        var after = at + known.Length;
        if (after < text.Length && text[after] is '"' or '\'')
            after++;
        return text.Insert(after, $", {added}");
    }

    public static string Remove(string text, string removed)
    {
        var at = text.IndexOf(removed, StringComparison.Ordinal);
        if (at < 0)
            return text;
        var (begin, end) = LineOf(text, at);
        if (text[begin..end].TrimStart().StartsWith("- ", StringComparison.Ordinal))
            return text.Remove(begin, Math.Min(end + 1, text.Length) - begin);
        var until = at + removed.Length;
        if (at > 0 && until < text.Length && text[at - 1] is '"' or '\'' && text[until] == text[at - 1])
            (at, until) = (at - 1, until + 1);
        var comma = until;
        while (comma < text.Length && text[comma] == ' ')
            comma++;
        if (comma < text.Length && text[comma] == ',')
        {
            for (until = comma + 1; until < text.Length && text[until] == ' ';)
                until++;
            return text.Remove(at, until - at);
        }

        var before = text[..at].TrimEnd();
        return before.EndsWith(',') ? text.Remove(before.Length - 1, until - before.Length + 1) : text;
    }

    private static (int Begin, int End) LineOf(string text, int at)
    {
        var end = text.IndexOf('\n', at);
        return (text.LastIndexOf('\n', at) + 1, end < 0 ? text.Length : end);
    }

    private static IEnumerable<string> FilesOf(Host host, Loaded loaded)
    {
        var full = host.FullPath(loaded.Path);
        return File.Exists(full)
            ? [full]
            : Directory.EnumerateFiles(full).Where(DeclarationFiles.IsDeclaration)
                .Order(StringComparer.Ordinal);
    }

    private static bool IsMeant(Host host, Loaded loaded, string path, string text, ValueList<string> recipients)
    {
        var files = FilesOf(host, loaded).Select(file => new SourceFile(
            file, file == path ? text : File.ReadAllText(file)));
        return Declaration.Read([.. files], profile: null).Value is { } read
            && read.Recovery.Recipients.Order(StringComparer.Ordinal)
                .SequenceEqual(recipients.Order(StringComparer.Ordinal), StringComparer.Ordinal)
            && (read with { Recovery = loaded.Platform.Recovery }).Id == loaded.Platform.Id;
    }
}
