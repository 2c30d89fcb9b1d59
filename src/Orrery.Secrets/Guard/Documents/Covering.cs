using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Secrets.Guard.Documents;

/// <summary>The creation rules of a whole tree: for each file those of the nearest folder that has some.</summary>
public sealed class Covering
{
    private readonly Dictionary<string, CreationRules> _rules;

    private Covering(Dictionary<string, CreationRules> rules) => _rules = rules;

    /// <param name="files">Each <c>.sops.yaml</c> with its path from the root of the tree.</param>
    /// <exception cref="SopsException">One of them cannot be used; the message says which.</exception>
    public static Covering Read(IEnumerable<(string Path, string Text)> files)
    {
        var rules = new Dictionary<string, CreationRules>(StringComparer.Ordinal);
        foreach (var (path, text) in files)
        {
            try
            {
                rules[TreePath.Folder(path)] = CreationRules.Read(text);
            }
            catch (SopsException exception)
            {
                throw new SopsException(exception.Failure, $"{path}: {exception.Message}");
            }
        }

        return new Covering(rules);
    }

    /// <summary>
    /// The rule that says that a file is encrypted; null where none does. A rule for all files says how a file is
    /// encrypted, and not that each is.
    /// </summary>
    public CreationRule? Find(string path)
    {
        if (_rules.Count == 0)
            return null;
        for (var folder = TreePath.Folder(path); ; folder = TreePath.Folder(folder))
        {
            if (_rules.TryGetValue(folder, out var rules))
                return rules.Find(folder.Length == 0 ? path : path[(folder.Length + 1)..]) is { IsForAll: false } rule
                    ? rule : null;
            if (folder.Length == 0)
                return null;
        }
    }
}
