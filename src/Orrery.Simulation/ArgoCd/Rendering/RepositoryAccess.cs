using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Git;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>
/// Repositories as Argo CD reads them: with what the Secrets of its namespace say
/// (https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#repositories).
/// </summary>
internal sealed class RepositoryAccess(ClusterStore store, GitRemotes remotes, string ns)
{
    private const string SecretType = "argocd.argoproj.io/secret-type";

    private readonly Dictionary<string, GitCredential> _credentials = new(StringComparer.Ordinal);
    private readonly Dictionary<(BareRepository Repository, string Commit), ValueMap<string>> _files = [];

    /// <summary>A Secret has changed: credentials are looked up anew.</summary>
    public void Forget() => _credentials.Clear();

    /// <summary>The commit of a revision now; a <see cref="ManifestException"/> where it cannot be known.</summary>
    public (BareRepository Repository, string Commit) Resolve(string url, string revision)
    {
        BareRepository repository;
        try
        {
            if (!_credentials.TryGetValue(url, out var credential))
                _credentials[url] = credential = CredentialOf(url);
            repository = remotes.Read(url, credential);
        }
        catch (GitRefusal refusal)
        {
            throw new ManifestException($"failed to list refs: {InWordsOfGo(refusal.Message)}");
        }

        var commit = repository.Resolve(revision)
            ?? throw new ManifestException($"unable to resolve '{revision}' to a commit SHA");
        return (repository, commit);
    }

    /// <summary>All files of a commit.</summary>
    public ValueMap<string> FilesOf(BareRepository repository, string commit)
    {
        if (_files.TryGetValue((repository, commit), out var known))
            return known;
        // Only what is followed now is worth keeping.
        const int keptMax = 8;
        if (_files.Count >= keptMax)
            _files.Clear();
        return _files[(repository, commit)] = repository.FilesOf(commit);
    }

    private GitCredential CredentialOf(string url)
    {
        var secrets = store.List("v1", "Secret", ns).ToList();
        var exact = secrets.Find(each => TypeOf(each) == "repository" && IsSame(Field(each, "url"), url));
        var general = secrets.Where(each => TypeOf(each) == "repo-creds")
            .Where(each => url.StartsWith(Field(each, "url") ?? "\0", StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(each => Field(each, "url")!.Length).FirstOrDefault();
        // A repository without credentials of its own takes the general ones.
        var chosen = exact is not null && (Field(exact, "sshPrivateKey") ?? Field(exact, "password")) is not null
            ? exact
            : general ?? exact;
        if (GitUrl.Parse(url) is not { IsSsh: true })
            return new GitCredential { Token = chosen is null ? null : Field(chosen, "password") };
        if (chosen is null || Field(chosen, "sshPrivateKey") is not { } key)
            throw new ManifestException(
                "error creating SSH agent: \"SSH agent requested but SSH_AUTH_SOCK not-specified\"");
        var publicKey = SshPrivateKey.PublicKeyOf(key) ?? throw new ManifestException("ssh: no key found");
        return new GitCredential { PublicKeys = [publicKey] };
    }

    private static string? TypeOf(JsonObject secret) => secret.At("metadata", "labels").TextAt(SecretType);

    private static string? Field(JsonObject secret, string name) =>
        secret.At("data").TextAt(name) is { } encoded
            ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded))
            : null;

    private static bool IsSame(string? one, string other) =>
        one is not null && GitUrl.Parse(one) is { } first && GitUrl.Parse(other) is { } second && first == second;

    private static string InWordsOfGo(string said) =>
        said.Contains("Permission denied (publickey)", StringComparison.Ordinal)
            ? "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported"
                + " methods remain"
        : said.Contains("not found", StringComparison.OrdinalIgnoreCase) ? "repository not found"
        : said.Contains("could not read Username", StringComparison.Ordinal)
            || said.Contains("Authentication failed", StringComparison.Ordinal) ? "authentication required"
        : said.Trim().ReplaceLineEndings(" ");
}
