using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Orrery.Simulation.Sites;

namespace Orrery.Cli.Simulating;

/// <summary>
/// A bare repository on disk that the real git reads and pushes to, in the place of one of a site. The site's is what
/// counts: a push waits until the site has accepted it, and what happens there is found here after
/// <see cref="Follow"/>. Objects are files of their own each, which git is told to keep so:
/// https://git-scm.com/docs/gitrepository-layout.
/// </summary>
internal sealed class GitFolder
{
    private const string Configuration =
        """
        [core]
            repositoryformatversion = 0
            bare = true
            hooksPath = FOLDER/hooks
        [receive]
            unpackLimit = 1000000
            autogc = false
        [gc]
            auto = 0

        """;

    private static readonly string[] Kinds = ["refs/heads", "refs/tags"];

    private readonly Lock _gate = new();
    private readonly LiveSite _live;
    private readonly string _url;
    private readonly string _folder;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Makes the folder as an empty repository.</summary>
    public GitFolder(LiveSite live, string url, string folder)
    {
        (_live, _url, _folder) = (live, url, folder);
        foreach (var inside in (string[])["objects", "hooks", .. Kinds])
            Directory.CreateDirectory(Path.Combine(folder, inside));
        File.WriteAllText(Path.Combine(folder, "HEAD"), "ref: refs/heads/main\n");
        File.WriteAllText(
            Path.Combine(folder, "config"), Configuration.Replace("FOLDER", folder, StringComparison.Ordinal));
    }

    /// <summary>
    /// Answers git's own question whether references may move, which holds them meanwhile: a line for each with the
    /// old commit, the new one and the name, then an empty one. The answer is a line: nothing, or why not.
    /// </summary>
    public async Task AnswerAsync(Stream input, NetworkStream output, CancellationToken stopping)
    {
        var moves = new List<string[]>();
        while (await CallDoor.LineAsync(input, stopping) is { Length: > 0 } line)
            moves.Add(line.Split(' ', 3));
        var problem = Receive(moves.Where(move => move[2].StartsWith("refs/", StringComparison.Ordinal)));
        await output.WriteAsync(Encoding.UTF8.GetBytes($"{problem}\n"), stopping);
    }

    /// <summary>Brings what is new in the site here, except what a push holds at the moment.</summary>
    public void Follow()
    {
        lock (_gate)
        {
            var (objects, references) = _live.Use(site => site.Remotes.Find(_url) is { } repository
                ? (repository.Objects.Where(each => _known.Add(PathOf(each.Id))).ToArray(),
                    repository.References.ToDictionary(StringComparer.Ordinal))
                : ([], []));
            foreach (var (id, kind, content) in objects)
                Write(PathOf(id), kind, content);
            foreach (var (name, commit) in references)
                Move(name, commit);
            foreach (var gone in Names().Except(references.Keys, StringComparer.Ordinal).ToArray())
                Move(gone, null);
        }
    }

    private string? Receive(IEnumerable<string[]> moves)
    {
        lock (_gate)
        {
            // Two hexadecimal digits as a folder, the other 38 as a file. A push that goes on has longer names.
            var objects = Directory.EnumerateDirectories(Path.Combine(_folder, "objects"), "??")
                .SelectMany(folder => Directory.EnumerateFiles(folder, new string('?', 38)))
                .Where(_known.Add).Select(Read).ToArray();
            return _live.Use(site =>
            {
                foreach (var (kind, content) in objects)
                    site.Remotes.Find(_url)?.Receive(kind, content);
                return moves.Select(move => site.Remotes.Receive(_url, move[2], Commit(move[0]), Commit(move[1])))
                    .FirstOrDefault(problem => problem is not null);
            });
        }
    }

    // Zeros stand for none: https://git-scm.com/docs/githooks#_reference_transaction.
    private static string? Commit(string id) => id.Trim('0').Length == 0 ? null : id;

    private string PathOf(string id) => Path.Combine(_folder, "objects", id[..2], id[2..]);

    private IEnumerable<string> Names() => Kinds
        .SelectMany(kind => Directory.EnumerateFiles(
            Path.Combine(_folder, kind), "*", SearchOption.AllDirectories))
        .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(_folder, path));

    /// <summary>As git itself does it: the new content is written into the lock, which then takes the place.</summary>
    private void Move(string name, string? commit)
    {
        var path = Path.Combine(_folder, name);
        try
        {
            if (commit is not null && File.Exists(path) && File.ReadAllText(path).Trim() == commit)
                return;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var held = new FileStream($"{path}.lock", FileMode.CreateNew))
                held.Write(Encoding.ASCII.GetBytes($"{commit}\n"));
            if (commit is null)
                File.Delete(path);
            else
                File.Move($"{path}.lock", path, overwrite: true);
            File.Delete($"{path}.lock");
        }
        catch (IOException)
        {
            // A push holds it, or has just taken it away; the next time tells.
        }
    }

    private static (string Kind, ReadOnlyMemory<byte> Content) Read(string path)
    {
        using var file = new ZLibStream(File.OpenRead(path), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        file.CopyTo(whole);
        var bytes = whole.ToArray();
        var end = Array.IndexOf(bytes, (byte)0);
        return (Encoding.ASCII.GetString(bytes, 0, end).Split(' ')[0], bytes.AsMemory(end + 1));
    }

    private static void Write(string path, string kind, ReadOnlyMemory<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = new ZLibStream(File.Create($"{path}.new"), CompressionLevel.Fastest))
        {
            var size = content.Length.ToString(CultureInfo.InvariantCulture);
            file.Write(Encoding.ASCII.GetBytes($"{kind} {size}\0"));
            file.Write(content.Span);
        }

        File.Move($"{path}.new", path, overwrite: true);
    }
}
