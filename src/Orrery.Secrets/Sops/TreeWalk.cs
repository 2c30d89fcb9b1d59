using Orrery.Secrets.Sops.Rules;

namespace Orrery.Secrets.Sops;

/// <summary>A value on the way through a tree.</summary>
/// <param name="Path">Its keys from the top, each followed by a colon: what is authenticated with the value.</param>
internal readonly record struct Visit(SopsLeaf Leaf, string Path, bool IsSelected);

/// <summary>All values and comments of a tree, in the order in which SOPS authenticates them.</summary>
internal sealed class TreeWalk
{
    private readonly SopsSelection _selection;
    private readonly List<Visit> _visits = [];
    private readonly List<string> _path = [];
    private readonly List<IReadOnlyList<string>> _comments = [];

    private TreeWalk(SopsSelection selection) => _selection = selection;

    public static IReadOnlyList<Visit> Of(SopsBranch tree, SopsSelection selection)
    {
        var walk = new TreeWalk(selection);
        walk.Branch(tree, "");
        return walk._visits;
    }

    private void Branch(SopsBranch branch, string path)
    {
        var before = new List<string>();
        _comments.Add(before);
        foreach (var (key, node) in branch.Items)
        {
            if (node is SopsLeaf { IsComment: true } comment)
            {
                before.Add(comment.Value!.Text);
                Leaf(comment, path);
                continue;
            }

            if (key is not null)
                _path.Add(key);
            Node(node, key is null ? path : $"{path}{key}:");
            if (key is not null)
                _path.RemoveAt(_path.Count - 1);
            before.Clear();
        }

        _comments.RemoveAt(_comments.Count - 1);
    }

    private void Node(SopsNode node, string path)
    {
        if (node is SopsBranch branch)
            Branch(branch, path);
        else
            Leaf((SopsLeaf)node, path);
    }

    private void Leaf(SopsLeaf leaf, string path)
    {
        if (leaf.Value is not null)
        {
            // What stands at the very top has an empty path, which is one colon.
            _visits.Add(new Visit(
                leaf, path.Length == 0 ? ":" : path, _selection.Encrypts(_path, _comments, leaf.IsComment)));
        }
    }
}
