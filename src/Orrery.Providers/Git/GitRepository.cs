using System.Globalization;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Git;

/// <summary>
/// A branch of a repository elsewhere, read and changed with the system's <c>git</c> through a bare folder that is a
/// cache and nothing more: without a work tree, and it may be deleted at any time.
/// </summary>
/// <param name="folder">The cache's full path; made when needed. One process uses it at a time.</param>
/// <param name="token">For https URLs; null for what needs none. Secret.</param>
/// <param name="time">For the pauses before a look that failed is repeated.</param>
public sealed class GitRepository(
    IProcessRunner runner, GitRemote remote, string folder, string? token, TimeProvider time) : IDisposable
{
    /// <summary>How often a push starts anew because somebody else pushed meanwhile.</summary>
    private const int AttemptsMax = 5;

    private const string BaseReference = "refs/orrery/base";
    private const string ProposalReference = "refs/orrery/proposal";

    private readonly GitProgram _git = new(runner, remote, folder, token, time);
    private readonly SemaphoreSlim _gate = new(1);
    private bool _isMade;

    public GitRemote Remote => remote;

    /// <summary>
    /// The files at and below some paths at the branch's head. Reads only; every failure is a
    /// <see cref="ProviderException"/>.
    /// </summary>
    public async Task<GitListing> ListAsync(ValueList<string> paths, CancellationToken cancellation)
    {
        using var held = await EnterAsync(cancellation);
        var head = await FetchAsync(remote.Branch, BaseReference, cancellation);
        return head is null
            ? new GitListing(null, ValueMap<string>.Empty)
            : new GitListing(head, await BlobsAsync(head, paths, cancellation));
    }

    /// <summary>The same with their contents as text.</summary>
    public async Task<ValueMap<string>> ReadAsync(ValueList<string> paths, CancellationToken cancellation)
    {
        using var held = await EnterAsync(cancellation);
        if (await FetchAsync(remote.Branch, BaseReference, cancellation) is not { } head)
            return ValueMap<string>.Empty;
        var contents = new List<KeyValuePair<string, string>>();
        foreach (var (path, blob) in await BlobsAsync(head, paths, cancellation))
        {
            var content = await _git.LocalAsync(["cat-file", "blob", blob], default, cancellation);
            contents.Add(KeyValuePair.Create(path, content));
        }

        return ValueMap.From(contents);
    }

    /// <summary>
    /// Makes one commit on top of the branch's head and pushes it; starts anew on the new head where somebody else
    /// pushed meanwhile. Where all is as wanted already, nothing is made. Safe to repeat: a push whose reply was lost
    /// is found at the remote.
    /// </summary>
    public async Task<GitPushed> CommitAsync(
        GitChange change, OperationContext operation, CancellationToken cancellation)
    {
        using var held = await EnterAsync(cancellation);
        var branch = change.Proposal ?? remote.Branch;
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var head = await FetchAsync(remote.Branch, BaseReference, cancellation);
            var standing = change.Proposal is null
                ? head
                : await FetchAsync(change.Proposal, ProposalReference, cancellation);
            var commit = await MakeAsync(change, head, cancellation);
            if (head is not null && await HaveOneTreeAsync(head, commit, cancellation))
                return new GitPushed(head, Changed: false);
            if (standing is not null && await HaveOneTreeAsync(standing, commit, cancellation))
                return new GitPushed(standing, Changed: false);
            operation.Waiting(new WaitState("git push", $"attempt {attempt.ToString(CultureInfo.InvariantCulture)}"));
            if (await PushAsync(commit, branch, standing, operation, cancellation))
                return new GitPushed(commit, Changed: true);
        }

        throw new ProviderException(
            ProviderErrorCode.Locked, $"{remote.Url}: others pushed to {branch} {AttemptsMax} times in a row");
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>True when the commit is the branch's head now; false when somebody else's is.</summary>
    private async Task<bool> PushAsync(
        string commit, string branch, string? standing, OperationContext operation, CancellationToken cancellation)
    {
        // Accepted only while the branch is what we have looked at; nothing means that it must not exist.
        ValueList<string> arguments =
        [
            "push", "--quiet", "--no-verify", $"--force-with-lease=refs/heads/{branch}:{standing}", "--", remote.Url,
            $"{commit}:refs/heads/{branch}",
        ];
        ProviderException refused;
        try
        {
            var result = await _git.RemoteAsync(arguments, operation, cancellation);
            if (result.ExitCode == 0)
                return true;
            refused = _git.Failed($"pushing to {branch}", result);
        }
        catch (ProviderException exception) when (exception.Code == ProviderErrorCode.Timeout)
        {
            refused = exception;
        }

        // Whatever the reply was, or where none came: the remote knows what happened.
        var now = await HeadAsync(branch, cancellation);
        if (now == commit)
            return true;
        return now != standing ? false : throw refused;
    }

    private async Task<string> MakeAsync(GitChange change, string? head, CancellationToken cancellation)
    {
        await _git.LocalAsync(
            ["fast-import", "--quiet", "--force", "--done", "--date-format=raw"], GitImport.Of(change, head),
            cancellation);
        return (await _git.LocalAsync(["rev-parse", "--verify", GitImport.Reference], default, cancellation)).Trim();
    }

    private async Task<bool> HaveOneTreeAsync(string first, string second, CancellationToken cancellation)
    {
        var trees = await _git.LocalAsync(
            ["rev-parse", $"{first}^{{tree}}", $"{second}^{{tree}}"], default, cancellation);
        return trees.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [var one, var other] && one == other;
    }

    /// <summary>Path to blob; directories and submodules are left out.</summary>
    private async Task<ValueMap<string>> BlobsAsync(
        string commit, ValueList<string> paths, CancellationToken cancellation)
    {
        var listed = await _git.LocalAsync(
            ["ls-tree", "-r", "-z", "--full-tree", commit, "--", .. paths.Where(path => path is not ("." or ""))],
            default, cancellation);
        return ValueMap.From(
            from entry in listed.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            let parts = entry.Split('\t', 2)
            let about = parts[0].Split(' ')
            where about[1] == "blob"
            select KeyValuePair.Create(parts[1], about[2]));
    }

    /// <summary>Brings the branch's head into the cache; null where the branch does not exist.</summary>
    private async Task<string?> FetchAsync(string branch, string reference, CancellationToken cancellation)
    {
        if (await HeadAsync(branch, cancellation) is not { } head)
            return null;
        if (await FindAsync(reference, cancellation) == head)
            return head;
        var result = await _git.LookAsync(
            [
                "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--", remote.Url,
                $"+refs/heads/{branch}:{reference}",
            ],
            cancellation);
        if (result.ExitCode != 0)
            throw _git.Failed($"fetching {branch}", result);
        return (await _git.LocalAsync(["rev-parse", "--verify", reference], default, cancellation)).Trim();
    }

    /// <summary>What the cache knows under a name from an earlier time; null where it knows nothing.</summary>
    private async Task<string?> FindAsync(string reference, CancellationToken cancellation)
    {
        try
        {
            return (await _git.LocalAsync(["rev-parse", "--verify", reference], default, cancellation)).Trim();
        }
        catch (ProviderException)
        {
            // Whatever is wrong with the cache, the fetch mends it or says so.
            return null;
        }
    }

    private async Task<string?> HeadAsync(string branch, CancellationToken cancellation)
    {
        var result = await _git.LookAsync(
            ["ls-remote", "--quiet", "--", remote.Url, $"refs/heads/{branch}"], cancellation);
        if (result.ExitCode != 0)
            throw _git.Failed("looking at its branches", result);
        var line = Encoding.UTF8.GetString(result.Output.Span);
        return line.Length > 0 ? line.Split('\t')[0] : null;
    }

    private async Task<Held> EnterAsync(CancellationToken cancellation)
    {
        if (remote.Url.StartsWith('-') || remote.Branch.StartsWith('-'))
            throw new ProviderException(ProviderErrorCode.Invalid, $"'{remote.Url}' is no URL of a repository");
        if (Uri.TryCreate(remote.Url, UriKind.Absolute, out var url)
            && url.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"the URL of the repository at {url.Host} must not carry a password");
        }

        await _gate.WaitAsync(cancellation);
        try
        {
            if (!_isMade)
            {
                await _git.LocalAsync(
                    ["init", "--quiet", "--bare", "--template=", "--", folder], default, cancellation);
            }

            _isMade = true;
            return new Held(_gate);
        }
        catch
        {
            _gate.Release();
            throw;
        }
    }

    private sealed class Held(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
