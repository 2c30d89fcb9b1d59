using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Secrets;
using Orrery.Secrets.Guard;
using Orrery.Secrets.Guard.Documents;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Cli.Guard;

/// <summary>A repository, or a folder that is in none, and the parts of it that were asked for.</summary>
/// <param name="Root">Its full path.</param>
/// <param name="Wanted">From the root, with slashes; the root itself is the empty one.</param>
internal sealed record GuardedTree(string Root, bool IsRepository, IReadOnlyList<string> Wanted)
{
    public static async Task<GuardedTree> FindAsync(
        Host host, IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var full = paths.Select(path => FullPath(host, path)).ToArray();
        var folder = full.Length == 0 ? host.Folder
            : Directory.Exists(full[0]) ? full[0]
            : Path.GetDirectoryName(full[0])!;
        var repository = await GitCommands.FindRootAsync(host, folder, cancellation);
        // The folder may have been reached through a link, and git tells where it really is.
        var root = repository is null ? folder
            : IsBelow(folder, repository) ? repository
            : RealRoot(folder, repository);
        if (Array.FindIndex(full, path => !IsBelow(path, root)) is >= 0 and var stray)
        {
            throw new SecretRefusal(
                GuardCodes.OtherTree.At(null, $"'{paths[stray]}' is not in '{root}'."), ExitCode.Invalid);
        }

        return new GuardedTree(
            root,
            repository is not null,
            full.Length == 0 && repository is null ? [""]
                : [.. (full.Length == 0 ? [host.Folder] : full).Select(path => Relative(root, path))]);
    }

    public async Task<GuardResult> SearchAsync(Host host, bool isStaged, CancellationToken cancellation)
    {
        var files = await OpenAsync(host, isStaged, cancellation);
        var rules = await files.ReadAsync(
            [.. files.Paths.Where(path => Path.GetFileName(path) == CreationRules.FileName)],
            (path, content) => (path, Encoding.UTF8.GetString(content.Bytes.Span)),
            cancellation);
        var lists = await files.ReadAsync(
            [.. files.Paths.Where(path => path == TreeSearch.ListName)],
            (_, content) => content.Bytes.ToArray(),
            cancellation);
        try
        {
            var covering = Covering.Read(rules);
            var searched = await files.ReadAsync(
                files.Paths,
                (path, content) => content.IsTooLarge
                    ? FileSearch.TooLarge(path, content.Length)
                    : FileSearch.Of(path, content.Bytes.Span, covering),
                cancellation);
            var findings = TreeSearch.Of(searched, lists is [var list] ? list : null);
            return new GuardResult([.. findings.Where(IsWanted)], files.Paths.Count(IsWanted));
        }
        catch (SopsException exception)
        {
            throw SecretRefusal.Of(CreationRules.FileName, exception);
        }
    }

    /// <summary>Reads those of the files that were asked for whose path fits.</summary>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(
        Host host, Func<string, bool> fits, Func<string, FileContent, T> use, CancellationToken cancellation)
    {
        var files = await OpenAsync(host, isStaged: false, cancellation);
        return await files.ReadAsync(
            [.. files.Paths.Where(path => IsWanted(path) && fits(path))], use, cancellation);
    }

    private static string FullPath(Host host, string path)
    {
        var full = Path.TrimEndingDirectorySeparator(host.FullPath(path));
        return Path.Exists(full)
            ? full
            : throw new SecretRefusal(CliCodes.NoSuchPath.At(null, $"'{path}' is not there."), ExitCode.Invalid);
    }

    private static bool IsBelow(string path, string root) => path == root || path.StartsWith(
        Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The root as it is called from the folder: as many folders up as in truth.</summary>
    private static string RealRoot(string folder, string repository)
    {
        for (var up = folder; up is not null; up = Path.GetDirectoryName(up))
        {
            if (Path.Exists(Path.Combine(up, ".git")))
                return up;
        }

        return repository;
    }

    private static string Relative(string root, string path) =>
        path == root ? "" : Path.GetRelativePath(root, path).Replace('\\', '/');

    private bool IsWanted(Finding finding) => IsWanted(finding.Path);

    private bool IsWanted(string path) => Wanted.Any(wanted =>
        wanted.Length == 0 || path == wanted || path.StartsWith($"{wanted}/", StringComparison.Ordinal));

    private async Task<IGuardedFiles> OpenAsync(Host host, bool isStaged, CancellationToken cancellation)
    {
        if (!IsRepository)
            return WorkTree.OfFolder(Root);
        var git = new GitCommands(host, Root);
        if (isStaged)
            return await GitIndex.ListAsync(git, cancellation);
        var paths = await git.ListAsync(
            ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], cancellation);
        return new WorkTree(
            Root, [.. paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}

/// <summary>What was found in how many files.</summary>
internal sealed record GuardResult(IReadOnlyList<Finding> Findings, int Files);
