using Orrery.Model.Values;

namespace Orrery.Simulation.Git;

/// <summary>What somebody shows to a hosting service.</summary>
public sealed record GitCredential
{
    /// <summary>For HTTP; null where there is none. Secret.</summary>
    public string? Token { get; init; }

    /// <summary>For SSH: the public keys whose private halves the client has, as <c>ssh-ed25519 AAAA…</c>.</summary>
    public ValueList<string> PublicKeys { get; init; } = [];
}

/// <summary>What a credential may do with a repository.</summary>
public enum GitAccess
{
    /// <summary>Nobody is known by it: a wrong token, or no known key.</summary>
    Unknown,

    /// <summary>Somebody is known, who may not see the repository.</summary>
    None,
    Read,
    Write,
}

/// <summary>A hosting service's own answers about access.</summary>
public interface IGitHost
{
    /// <summary>The access to a repository, <c>owner/name</c>, and who it is, for messages.</summary>
    (GitAccess Access, string Who) AccessOf(string path, bool isSsh, GitCredential credential);

    /// <summary>Only pull requests may change this branch.</summary>
    bool IsProtected(string path, string branch);

    /// <summary>Told of each reference that a push has changed.</summary>
    void Pushed(string path, string reference);
}

/// <summary>All repositories that can be reached, by host and path, with the hosting services' rules.</summary>
public sealed class GitRemotes
{
    private const string Branches = "refs/heads/";

    private readonly Dictionary<string, IGitHost> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Host, string Path), BareRepository> _repositories = [];

    /// <summary>Told of each push that has changed a branch: host, path and reference.</summary>
    public Action<GitUrl, string> Pushed { get; set; } = static (_, _) => { };

    /// <summary>Makes a hosting service known.</summary>
    public void AddHost(string name, IGitHost host) => _hosts[name] = host;

    /// <summary>Makes a repository known at a host.</summary>
    /// <param name="path"><c>owner/name</c>.</param>
    public void Add(string host, string path, BareRepository repository) =>
        _repositories[(host, Key(path))] = repository;

    /// <summary>
    /// The repository behind a URL whatever the access; for scenarios and checkers. Null where none is.
    /// </summary>
    public BareRepository? Find(string url) => GitUrl.Parse(url) is { } place ? Find(place) : null;

    /// <summary>Reads a repository as its host allows.</summary>
    /// <exception cref="GitRefusal">As the real git says it.</exception>
    public BareRepository Read(string url, GitCredential credential) => Connect(url, credential, isPush: false);

    /// <summary>
    /// Somebody pushes to another copy of a repository, whose objects have been received: the reference moves, unless
    /// the host does not accept it. Null, or why not.
    /// </summary>
    /// <param name="before">Where it must stand now; null where it must not exist.</param>
    /// <param name="commit">Null takes it away.</param>
    public string? Receive(string url, string reference, string? before, string? commit)
    {
        if (GitUrl.Parse(url) is not { } place || Find(place) is not { } repository)
            return "Repository not found.";
        var standing = repository.Reference(reference);
        if (standing != before)
        {
            return $"cannot lock ref '{reference}': "
                + (before is null ? "reference already exists" : $"is at {standing} but expected {before}");
        }

        if (standing is not null && IsProtected(place, reference))
            return $"GH006: Protected branch update failed for {reference}.";
        repository.SetReference(reference, commit);
        Tell(place, reference);
        return null;
    }

    /// <summary>
    /// Sets a branch to a commit of another repository. What the host does not accept is a <see cref="GitRefusal"/>.
    /// </summary>
    internal void Push(string url, GitCredential credential, GitPush push)
    {
        var target = Connect(url, credential, isPush: true);
        var place = GitUrl.Parse(url)!;
        var standing = target.Reference(push.Reference);
        if (push.Problem(target, standing) is { } why)
            throw GitRefusal.Rejected(url, push.ToString(), why);
        if (standing is not null && IsProtected(place, push.Reference))
            throw GitRefusal.Protected(url, push.ToString(), push.Reference);
        target.CopyFrom(push.From, push.Commit);
        target.SetReference(push.Reference, push.Commit);
        Tell(place, push.Reference);
    }

    private bool IsProtected(GitUrl place, string reference) =>
        reference.StartsWith(Branches, StringComparison.Ordinal)
        && _hosts[place.Host].IsProtected(place.Path, reference[Branches.Length..]);

    private void Tell(GitUrl place, string reference)
    {
        _hosts[place.Host].Pushed(place.Path, reference);
        Pushed(place, reference);
    }

    private BareRepository Connect(string url, GitCredential credential, bool isPush)
    {
        if (GitUrl.Parse(url) is not { } place)
            throw GitRefusal.NoRepository(url);
        if (!_hosts.TryGetValue(place.Host, out var host))
            throw GitRefusal.NoHost(url, place);
        var (access, who) = host.AccessOf(place.Path, place.IsSsh, credential);
        var repository = Find(place);
        if (access >= GitAccess.Read && repository is not null && (!isPush || access == GitAccess.Write))
            return repository;
        throw GitRefusal.Denied(url, place, repository is null ? Min(access, GitAccess.None) : access, who,
            credential.Token is not null);
    }

    private BareRepository? Find(GitUrl place) => _repositories.GetValueOrDefault((place.Host, Key(place.Path)));

    // GitHub takes owner and name in any case.
    private static string Key(string path) => path.ToUpperInvariant();

    private static GitAccess Min(GitAccess one, GitAccess other) => one < other ? one : other;
}

/// <summary>One reference that a push shall change.</summary>
/// <param name="Source">As the command named it.</param>
/// <param name="Lease">What must stand there now, empty for nothing; null where nothing is expected.</param>
internal sealed record GitPush(BareRepository From, string Source, string Commit, string Reference, string? Lease)
{
    /// <summary>Why the client or the server rejects it; null where it may pass.</summary>
    public string? Problem(BareRepository target, string? standing)
    {
        if (Lease is not null)
            return (standing ?? "") == Lease ? null : "stale info";
        if (standing is null || standing == Commit)
            return null;
        if (From.Find(standing) is null)
            return "fetch first";
        return From.IsAncestor(standing, Commit) || target.IsAncestor(standing, Commit) ? null : "non-fast-forward";
    }

    public override string ToString() => $"{Source} -> {Reference["refs/heads/".Length..]}";
}
