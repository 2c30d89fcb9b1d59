using System.Globalization;
using System.Text;

namespace Orrery.Simulation.Git;

/// <summary>
/// The stream of <c>git fast-import</c> (https://git-scm.com/docs/git-fast-import): resets and commits with inline
/// files.
/// What else the format knows is refused by its name.
/// </summary>
internal sealed class FastImport(BareRepository repository, ReadOnlyMemory<byte> input)
{
    private readonly Dictionary<string, string?> _branches = new(StringComparer.Ordinal);
    private int _at;

    public void Run(bool needsDone)
    {
        while (Peek() is { } line)
        {
            Take();
            if (line == "done")
            {
                Finish();
                return;
            }

            if (line.Length == 0)
                continue;
            if (line.StartsWith("reset ", StringComparison.Ordinal))
                Reset(line["reset ".Length..]);
            else if (line.StartsWith("commit ", StringComparison.Ordinal))
                Commit(line["commit ".Length..]);
            else
                throw Unsupported(line);
        }

        if (needsDone)
            throw GitRefusal.Fatal("stream ends early");
        Finish();
    }

    private void Finish()
    {
        foreach (var (name, commit) in _branches.Where(branch => branch.Value is not null))
            repository.SetReference(name, commit);
    }

    private void Reset(string branch)
    {
        _branches[branch] = null;
        if (Optional("from ") is { } from)
            _branches[branch] = CommitNamed(from);
    }

    private void Commit(string branch)
    {
        var author = Optional("author ");
        var committer = Optional("committer ") ?? throw GitRefusal.Fatal("expected committer but didn't get one");
        var message = Encoding.UTF8.GetString(Data().Span);
        var parent = Optional("from ") is { } from
            ? CommitNamed(from)
            : _branches.TryGetValue(branch, out var reset) ? reset : repository.Reference(branch);
        var files = parent is null ? [] : repository.Listing(parent);
        while (Peek() is { Length: > 0 } line && line[0] is 'D' or 'M')
        {
            Take();
            Change(files, line);
        }

        _branches[branch] = repository.PutCommit(new GitCommit(
            repository.WriteTree(files), parent is null ? [] : [parent], author ?? committer, committer, message));
    }

    private void Change(SortedDictionary<string, GitFile> files, string line)
    {
        if (line.StartsWith("D ", StringComparison.Ordinal))
        {
            BareRepository.RemoveFrom(files, line[2..]);
            return;
        }

        if (line.Split(' ', 4) is not ["M", "100644" or "100755" or "644" or "755", "inline", var path])
            throw Unsupported(line);
        var mode = line.Split(' ')[1];
        // A file where a folder was replaces it.
        BareRepository.RemoveFrom(files, path);
        var blob = repository.Put(GitObjectKind.Blob, Data().ToArray());
        files[path] = new GitFile(mode.Length == 3 ? $"100{mode}" : mode, blob);
    }

    private string CommitNamed(string revision) =>
        repository.Resolve(revision) ?? throw GitRefusal.Fatal($"Invalid ref name or SHA1 expression: {revision}");

    private string? Optional(string word)
    {
        if (Peek() is not { } line || !line.StartsWith(word, StringComparison.Ordinal))
            return null;
        Take();
        return line[word.Length..];
    }

    private ReadOnlyMemory<byte> Data()
    {
        var line = Optional("data ") ?? throw GitRefusal.Fatal("Expected 'data n' command");
        var length = int.Parse(line, CultureInfo.InvariantCulture);
        var bytes = input.Slice(_at, length);
        _at += length;
        if (_at < input.Length && input.Span[_at] == '\n')
            _at++;
        return bytes;
    }

    private string? Peek()
    {
        if (_at >= input.Length)
            return null;
        var end = input.Span[_at..].IndexOf((byte)'\n');
        return Encoding.UTF8.GetString(input.Span.Slice(_at, end < 0 ? input.Length - _at : end));
    }

    private void Take()
    {
        var end = input.Span[_at..].IndexOf((byte)'\n');
        _at = end < 0 ? input.Length : _at + end + 1;
    }

    private static GitRefusal Unsupported(string line) => GitRefusal.Fatal($"Unsupported command: {line}");
}
