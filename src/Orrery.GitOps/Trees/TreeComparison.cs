using Orrery.Model.Diagnostics;
using Orrery.Model.Values;

namespace Orrery.GitOps.Trees;

/// <summary>
/// What must change so that a tree is as rendered: only files that Orrery wrote before and nobody has changed since.
/// </summary>
public sealed record TreeComparison
{
    /// <summary>Rendered files that are not there.</summary>
    public required ValueList<string> Missing { get; init; }

    /// <summary>Files of ours that are rendered differently now.</summary>
    public required ValueList<string> Differing { get; init; }

    /// <summary>Files of ours that are no longer rendered.</summary>
    public required ValueList<string> Extra { get; init; }

    /// <summary>Whether the list of our files is as it must be.</summary>
    public required bool ListIsRight { get; init; }

    public bool IsSame => Missing.Count + Differing.Count + Extra.Count == 0 && ListIsRight;

    /// <param name="read">The text of a file of the tree, or null where there is none.</param>
    public static Diagnosed<TreeComparison> Of(RenderedTree rendered, Func<string, string?> read)
    {
        var problems = new List<Diagnostic>();
        var list = read(RenderedTree.ListName);
        var ours = ReadList(list ?? "", problems);
        var (missing, differing, extra) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var (path, text) in rendered.Files)
        {
            var found = read(path);
            if (found is null)
                missing.Add(path);
            else if (found != text && MayChange(path, found, ours, problems))
                differing.Add(path);
        }

        foreach (var path in ours.Keys.Where(path => !rendered.Files.ContainsKey(path)))
        {
            if (read(path) is { } found && MayChange(path, found, ours, problems))
                extra.Add(path);
        }

        var comparison = new TreeComparison
        {
            Missing = missing.ToValueList(),
            Differing = differing.ToValueList(),
            Extra = extra.ToValueList(),
            ListIsRight = list == rendered.List,
        };
        return new Diagnosed<TreeComparison>(problems.Count > 0 ? null : comparison, problems.ToValueList());
    }

    private static bool MayChange(string path, string found, ValueMap<string> ours, List<Diagnostic> problems)
    {
        if (!ours.TryGetValue(path, out var digest))
            problems.Add(GitOpsCodes.NotOurs.At(null, $"{path} is not in {RenderedTree.ListName}."));
        else if (digest != RenderedTree.Digest(found))
            problems.Add(GitOpsCodes.EditedByHand.At(null, $"{path} is not as Orrery wrote it."));
        else
            return true;
        return false;
    }

    private static ValueMap<string> ReadList(string text, List<Diagnostic> problems)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.TrimEnd('\r').Split("  ", 2);
            if (parts.Length != 2 || parts[0].Length != 64 || !IsBelow(parts[1]) || !files.TryAdd(parts[1], parts[0]))
                problems.Add(GitOpsCodes.MalformedList.At(null, $"{RenderedTree.ListName} has the line \"{line}\"."));
        }

        return ValueMap.From(files);
    }

    /// <summary>Whether a path cannot lead out of the tree: what it names may be removed.</summary>
    private static bool IsBelow(string path) =>
        path.Length > 0 && path[0] != '/' && !path.Contains('\\', StringComparison.Ordinal)
        && path.Split('/').All(part => part is not ("" or "." or ".."));
}
