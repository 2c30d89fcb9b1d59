using System.Globalization;
using System.Text;
using Orrery.Model.Values;

namespace Orrery.Simulation.Git;

/// <summary>What a commit says of itself.</summary>
/// <param name="Author">Without time: <c>Ada &lt;ada@example.org&gt;</c>.</param>
public sealed record GitNote(string Message, string Author, DateTimeOffset Time);

/// <summary>
/// A repository without a work tree, as data: objects with their real ids, and references. What a hosting service has,
/// and what a program has as its cache.
/// </summary>
public sealed class BareRepository
{
    private const string BranchPrefix = "refs/heads/";
    private const string TagPrefix = "refs/tags/";
    private const string FileMode = "100644";

    private readonly Dictionary<string, GitObject> _objects = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _references = new(StringComparer.Ordinal);

    /// <summary>References and what they point at, in the order of their names.</summary>
    public IEnumerable<KeyValuePair<string, string>> References => _references;

    /// <summary>All objects: the id, <c>blob</c>, <c>tree</c> or <c>commit</c>, and the content.</summary>
    public IEnumerable<(string Id, string Kind, ReadOnlyMemory<byte> Content)> Objects =>
        _objects.Values.Select(each => (each.Id, each.Kind.ToString().ToLowerInvariant(), each.Content));

    /// <summary>The branch that <c>HEAD</c> means.</summary>
    public string DefaultBranch { get; init; } = "main";

    /// <summary>The head of a branch; null where there is no such branch.</summary>
    public string? Head(string branch) => _references.GetValueOrDefault(BranchPrefix + branch);

    /// <summary>
    /// The commit of a branch, a tag, <c>HEAD</c>, a whole reference or a full id; null where there is none.
    /// </summary>
    public string? Resolve(string revision)
    {
        var name = revision is "HEAD" or "" ? DefaultBranch : revision;
        return _references.GetValueOrDefault(name)
            ?? _references.GetValueOrDefault(BranchPrefix + name)
            ?? _references.GetValueOrDefault(TagPrefix + name)
            ?? (_objects.TryGetValue(name, out var found) && found.Kind == GitObjectKind.Commit ? name : null);
    }

    /// <summary>All files of a commit: path to content as text.</summary>
    public ValueMap<string> FilesOf(string commit) => ValueMap.From(
        Listing(commit).Select(file => KeyValuePair.Create(file.Key, _objects[file.Value.Id].Text)));

    /// <summary>One file of a commit as text; null where it has none of that path.</summary>
    public string? ReadFile(string commit, string path) =>
        Listing(commit).TryGetValue(path, out var file) ? _objects[file.Id].Text : null;

    /// <summary>The message of a commit.</summary>
    public string MessageOf(string commit) => CommitOf(commit).Message;

    /// <summary>The author of a commit with time and zone.</summary>
    public string AuthorOf(string commit) => CommitOf(commit).Author;

    /// <summary>A commit and all before it, newest first along the first parents.</summary>
    public IReadOnlyList<string> History(string commit)
    {
        var history = new List<string>();
        for (string? each = commit; each is not null && _objects.ContainsKey(each);)
        {
            history.Add(each);
            each = CommitOf(each).Parents is [var first, ..] ? first : null;
        }

        return history;
    }

    /// <summary>Makes a commit on a branch as somebody who pushes it at once, and gives its id.</summary>
    /// <param name="files">Path to whole content: added or replaced.</param>
    /// <param name="removed">Files or folders that go.</param>
    public string Commit(string branch, ValueMap<string> files, ValueList<string> removed, GitNote note)
    {
        var parent = Head(branch);
        var listing = parent is null ? [] : Listing(parent);
        foreach (var path in removed)
            RemoveFrom(listing, path);
        foreach (var (path, content) in files)
            listing[path] = new GitFile(FileMode, Put(GitObjectKind.Blob, Encoding.UTF8.GetBytes(content)));
        var signed = $"{note.Author} {note.Time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)} +0000";
        var commit = PutCommit(new GitCommit(
            WriteTree(listing), parent is null ? [] : [parent], signed, signed, note.Message));
        _references[BranchPrefix + branch] = commit;
        return commit;
    }

    /// <summary>Takes over an object that another repository has; other kinds than ours are left out.</summary>
    public void Receive(string kind, ReadOnlyMemory<byte> content)
    {
        if (Enum.TryParse<GitObjectKind>(kind, ignoreCase: true, out var known))
            Put(known, content);
    }

    /// <summary>Whether an object is here.</summary>
    public bool Has(string id) => _objects.ContainsKey(id);

    /// <summary>Takes a branch away.</summary>
    public void DeleteBranch(string branch) => _references.Remove(BranchPrefix + branch);

    /// <summary>Gives a commit a tag.</summary>
    public void Tag(string name, string commit) => _references[TagPrefix + name] = commit;

    internal static void RemoveFrom(SortedDictionary<string, GitFile> listing, string path)
    {
        foreach (var gone in listing.Keys.Where(each => IsAtOrBelow(each, path)).ToList())
            listing.Remove(gone);
    }

    internal static bool IsAtOrBelow(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    internal GitObject? Find(string id) => _objects.GetValueOrDefault(id);

    internal string Put(GitObjectKind kind, ReadOnlyMemory<byte> content)
    {
        var made = new GitObject(kind, content);
        _objects[made.Id] = made;
        return made.Id;
    }

    internal string PutCommit(GitCommit commit)
    {
        var made = commit.ToObject();
        _objects[made.Id] = made;
        return made.Id;
    }

    internal GitCommit CommitOf(string id) => GitCommit.Read(_objects[id]);

    internal void SetReference(string name, string? id)
    {
        if (id is null)
            _references.Remove(name);
        else
            _references[name] = id;
    }

    internal string? Reference(string name) => _references.GetValueOrDefault(name);

    /// <summary>The files of a commit by path.</summary>
    internal SortedDictionary<string, GitFile> Listing(string commit)
    {
        var files = new SortedDictionary<string, GitFile>(StringComparer.Ordinal);
        Walk(CommitOf(commit).Tree, "", files);
        return files;
    }

    /// <summary>Writes the trees of some files and gives the id of the root.</summary>
    internal string WriteTree(SortedDictionary<string, GitFile> files)
    {
        var entries = new List<GitEntry>();
        foreach (var group in files.GroupBy(file => file.Key.Split('/', 2)[0]))
        {
            var inside = group.Where(file => file.Key.Contains('/', StringComparison.Ordinal)).ToList();
            if (inside.Count == 0)
            {
                var file = group.First().Value;
                entries.Add(new GitEntry(file.Mode, group.Key, file.Id));
                continue;
            }

            var below = new SortedDictionary<string, GitFile>(StringComparer.Ordinal);
            foreach (var (path, file) in inside)
                below[path[(group.Key.Length + 1)..]] = file;
            entries.Add(new GitEntry(GitEntry.FolderMode, group.Key, WriteTree(below)));
        }

        using var buffer = new MemoryStream();
        // Git sorts folders as if their names ended in a slash.
        foreach (var entry in entries.OrderBy(e => e.IsFolder ? e.Name + "/" : e.Name, StringComparer.Ordinal))
        {
            buffer.Write(Encoding.UTF8.GetBytes($"{entry.Mode} {entry.Name}\0"));
            buffer.Write(Convert.FromHexString(entry.Id));
        }

        return Put(GitObjectKind.Tree, buffer.ToArray());
    }

    /// <summary>True when the one commit is the other or comes before it.</summary>
    internal bool IsAncestor(string first, string later)
    {
        var open = new Queue<string>([later]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var id))
        {
            if (id == first)
                return true;
            if (!seen.Add(id) || !_objects.ContainsKey(id))
                continue;
            foreach (var parent in CommitOf(id).Parents)
                open.Enqueue(parent);
        }

        return false;
    }

    /// <summary>Takes over a commit with all that it reaches and that is there, as a fetch or a push does.</summary>
    /// <param name="depth">How many commits deep.</param>
    internal void CopyFrom(BareRepository other, string commit, int depth = int.MaxValue)
    {
        if (depth == 0 || other.Find(commit) is not { } stored || _objects.ContainsKey(commit))
            return;
        var content = GitCommit.Read(stored);
        CopyTree(other, content.Tree);
        _objects[commit] = stored;
        foreach (var parent in content.Parents)
            CopyFrom(other, parent, depth - 1);
    }

    private void CopyTree(BareRepository other, string tree)
    {
        if (_objects.ContainsKey(tree))
            return;
        _objects[tree] = other._objects[tree];
        foreach (var entry in Entries(other._objects[tree]))
        {
            if (entry.IsFolder)
                CopyTree(other, entry.Id);
            else
                _objects[entry.Id] = other._objects[entry.Id];
        }
    }

    private void Walk(string tree, string prefix, SortedDictionary<string, GitFile> files)
    {
        foreach (var entry in Entries(_objects[tree]))
        {
            if (entry.IsFolder)
                Walk(entry.Id, $"{prefix}{entry.Name}/", files);
            else
                files[prefix + entry.Name] = new GitFile(entry.Mode, entry.Id);
        }
    }

    private static IEnumerable<GitEntry> Entries(GitObject tree)
    {
        const int idBytes = 20;
        var rest = tree.Content;
        while (rest.Length > 0)
        {
            var end = rest.Span.IndexOf((byte)0);
            var head = Encoding.UTF8.GetString(rest.Span[..end]).Split(' ', 2);
            var id = Convert.ToHexStringLower(rest.Span.Slice(end + 1, idBytes));
            rest = rest[(end + 1 + idBytes)..];
            yield return new GitEntry(head[0], head[1], id);
        }
    }
}
