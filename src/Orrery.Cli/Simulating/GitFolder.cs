using System.Globalization;
using System.IO.Compression;
using System.Text;
using Orrery.Simulation.Git;
using Orrery.Simulation.Sites;

namespace Orrery.Cli.Simulating;

/// <summary>
/// A bare repository on disk that the real git reads and pushes to, kept the same as one of a site: what is pushed here
/// arrives there, and what happens there is found here. Objects are files of their own each, which git is told to
/// keep so: https://git-scm.com/docs/gitrepository-layout.
/// </summary>
internal sealed class GitFolder
{
    private const string Configuration =
        """
        [core]
            repositoryformatversion = 0
            bare = true
        [receive]
            unpackLimit = 1000000
            autogc = false
        [gc]
            auto = 0

        """;

    private readonly LiveSite _live;
    private readonly string _url;
    private readonly string _folder;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private SortedDictionary<string, string> _agreed = new(StringComparer.Ordinal);

    /// <summary>Makes the folder as an empty repository.</summary>
    public GitFolder(LiveSite live, string url, string folder)
    {
        (_live, _url, _folder) = (live, url, folder);
        Directory.CreateDirectory(Path.Combine(folder, "objects"));
        Directory.CreateDirectory(Path.Combine(folder, "refs", "heads"));
        File.WriteAllText(Path.Combine(folder, "HEAD"), "ref: refs/heads/main\n");
        File.WriteAllText(Path.Combine(folder, "config"), Configuration);
    }

    /// <summary>Brings what is new on either side to the other one; somebody's push here comes first.</summary>
    public void Agree()
    {
        var here = Branches();
        if (!here.SequenceEqual(_agreed))
            Import(here);
        _live.Use(site =>
        {
            if (site.Remotes.Find(_url) is { } repository)
                Export(repository);
            return true;
        });
        _agreed = Branches();
    }

    private void Import(SortedDictionary<string, string> here)
    {
        // Two hexadecimal digits as a folder, the other 38 as a file. A push that goes on has longer names.
        var objects = Directory.EnumerateDirectories(Path.Combine(_folder, "objects"), "??")
            .SelectMany(folder => Directory.EnumerateFiles(folder, new string('?', 38)))
            .Where(_known.Add).Select(Read).ToArray();
        _live.Use(site =>
        {
            foreach (var (kind, content) in objects)
                site.Remotes.Find(_url)?.Receive(kind, content);
            foreach (var (reference, commit) in here)
            {
                if (_agreed.GetValueOrDefault(reference) != commit)
                    site.Remotes.Receive(_url, reference, commit);
            }

            return true;
        });
    }

    private void Export(BareRepository repository)
    {
        foreach (var (id, kind, content) in repository.Objects)
        {
            var path = Path.Combine(_folder, "objects", id[..2], id[2..]);
            if (_known.Add(path) && !File.Exists(path))
                Write(path, kind, content);
        }

        foreach (var (reference, commit) in repository.References)
        {
            var path = Path.Combine(_folder, reference);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!File.Exists(path) || File.ReadAllText(path).Trim() != commit)
                File.WriteAllText(path, $"{commit}\n");
        }
    }

    private SortedDictionary<string, string> Branches()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(
            Path.Combine(_folder, "refs", "heads"), "*", SearchOption.AllDirectories))
        {
            // A push that goes on holds a lock beside it.
            if (!path.EndsWith(".lock", StringComparison.Ordinal))
                found[Path.GetRelativePath(_folder, path)] = File.ReadAllText(path).Trim();
        }

        return found;
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
