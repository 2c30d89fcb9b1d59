using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.Git;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Flux;

/// <summary>A source that cannot be fetched: the reason of its condition, and what is said.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It becomes a condition of a source.")]
internal sealed class SourceException(string reason, string message) : Exception(message)
{
    public string Reason => reason;
}

/// <summary>
/// Repositories as source-controller reads them, with what the Secret of a GitRepository says:
/// https://fluxcd.io/flux/components/source/gitrepositories/#secret-reference.
/// </summary>
internal sealed class Repositories(ClusterStore store, GitRemotes remotes)
{
    private const string Refused = "AuthenticationFailed";
    private const string Failed = "GitOperationFailed";

    /// <summary>
    /// The keys with which hosts prove that they are themselves:
    /// https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints.
    /// </summary>
    private static readonly Dictionary<string, string> HostKeys = new(StringComparer.Ordinal)
    {
        ["github.com"] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    };

    /// <exception cref="SourceException">It cannot be read, and why.</exception>
    public (BareRepository Repository, string Commit) Fetch(JsonObject source, string branch)
    {
        var url = source.TextAt("spec", "url") ?? "";
        var credential = CredentialOf(source, url);
        try
        {
            var repository = remotes.Read(url, credential);
            return (repository, repository.Head(branch) ?? throw Unfetched(
                url, $"couldn't find remote ref \"refs/heads/{branch}\""));
        }
        catch (GitRefusal refusal)
        {
            throw Unfetched(url, InWordsOfGo(refusal.Message));
        }
    }

    private GitCredential CredentialOf(JsonObject source, string url)
    {
        var data = SecretOf(source);
        if (GitUrl.Parse(url) is not { IsSsh: true } place)
            return new GitCredential { Token = Field(data, "password") };
        if (Field(data, "identity") is not { Length: > 0 } identity)
            throw Option("'identity' is required");
        var key = SshPrivateKey.PublicKeyOf(identity) ?? throw Option("'identity': ssh: no key found");
        if (Field(data, "known_hosts") is not { Length: > 0 } known)
            throw Option("'known_hosts' is required");
        var ofHost = known.Split('\n').Select(line => line.Split(' ', 2))
            .Where(words => words.Length == 2 && words[0].Split(',').Contains(place.Host)).ToList();
        if (ofHost.Count == 0)
            throw Unfetched(url, "ssh: handshake failed: knownhosts: key is unknown");
        if (HostKeys.TryGetValue(place.Host, out var shown) && !ofHost.Exists(words => words[1].Trim() == shown))
            throw Unfetched(url, "ssh: handshake failed: knownhosts: key mismatch");
        return new GitCredential { PublicKeys = [key] };
    }

    private JsonNode? SecretOf(JsonObject source)
    {
        if (source.TextAt("spec", "secretRef", "name") is not { } name)
            return null;
        var ns = source.TextAt("metadata", "namespace") ?? "";
        return (store.Get("v1", "Secret", ns, name) ?? throw new SourceException(
            Refused, $"failed to get secret '{ns}/{name}': secrets \"{name}\" not found")).At("data");
    }

    private static string? Field(JsonNode? data, string name) =>
        data.TextAt(name) is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : null;

    private static SourceException Option(string what) => new(
        Refused, $"failed to configure authentication options: invalid 'ssh' auth option: {what}");

    private static SourceException Unfetched(string url, string why) => new(
        Failed, $"failed to checkout and determine revision: unable to clone '{url}': {why}");

    private static string InWordsOfGo(string said) =>
        said.Contains("Permission denied (publickey)", StringComparison.Ordinal)
            ? "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported"
                + " methods remain"
        : said.Contains("not found", StringComparison.OrdinalIgnoreCase) ? "repository not found"
        : said.Contains("could not read Username", StringComparison.Ordinal)
            || said.Contains("Authentication failed", StringComparison.Ordinal) ? "authentication required"
        : said.Trim().ReplaceLineEndings(" ");
}
