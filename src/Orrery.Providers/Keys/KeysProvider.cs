using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys.Kinds;

namespace Orrery.Providers.Keys;

/// <summary>The keys of our own making, kept encrypted in the declaration's repository.</summary>
public sealed class KeysProvider : IProvider, ICompletesClusters
{
    private readonly KeyFolder _folder;

    /// <param name="tokens">Who issues tokens; null where nobody needs any.</param>
    public KeysProvider(KeysEnvironment environment, ITokenIssuer? tokens = null)
    {
        _folder = new KeyFolder(environment);
        Handlers =
        [
            new SealedSecretsKeyHandler(_folder),
            new ClusterIdentityHandler(_folder),
            new K3sAuthoritiesHandler(_folder),
            new K3sTokenHandler(_folder),
            new TalosSecretsHandler(_folder),
            new DeployKeyHandler(_folder),
            new PasswordHandler(_folder),
            new DocumentHandler(_folder),
            new CertificatesHandler(_folder),
            new RandomKeyHandler(_folder, RandomKeyHandler.VaultSeal),
            new RandomKeyHandler(_folder, RandomKeyHandler.Transfer),
            new RandomKeyHandler(_folder, RandomKeyHandler.Update),
            .. tokens is null ? Array.Empty<IResourceHandler>() : [new ProxmoxTokenHandler(_folder, tokens)],
        ];
    }

    public string Name => "secret";

    public IReadOnlyList<IResourceHandler> Handlers { get; }

    public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) =>
        KeysGraph.Of(platform, cluster, _folder.Recipients);

    public ValueList<Diagnostic> ProblemsOf(Cluster complete) => [];

    public async Task<Cluster> CompleteAsync(Cluster cluster, CancellationToken cancellation) => cluster with
    {
        KeyGenerations = await _folder.GenerationsAsync(cluster.Name, cancellation),
        Documents = await _folder.DocumentsAsync(cluster.Name, cancellation),
        Recipients = cluster.Secrets.Sops ? await RecipientsAsync(cluster.Name, cancellation) : [],
    };

    /// <summary>
    /// Makes the cluster's own identity where there is none yet, which needs nobody's identity; says whether it did.
    /// </summary>
    public async Task<bool> EnsureIdentityAsync(string cluster, CancellationToken cancellation)
    {
        var path = $"{new KeyPath(cluster, KeyNames.ClusterIdentity, 1)}";
        if (await _folder.ExistsAsync(path, cancellation))
            return false;
        var texts = ClusterIdentityHandler.New(_folder.Maker(path));
        await _folder.MakeAsync(path, ClusterIdentityHandler.Definition.Type, texts, cancellation);
        var (published, text) = ClusterIdentityHandler.Published($"secrets/{cluster}", texts);
        await _folder.PublishAsync(published, text, cancellation);
        return true;
    }

    /// <summary>
    /// The newest token of an API user of Proxmox VE that is not revoked, as <c>user@realm!name=secret</c>; null before
    /// there is one.
    /// </summary>
    public async Task<string?> ProxmoxTokenAsync(string cluster, string user, CancellationToken cancellation)
    {
        string? newest = null;
        for (var path = new KeyPath(cluster, KeyNames.TokenOf(user), 1); ; path = path.Next())
        {
            var type = ProxmoxTokenHandler.Definition.Type;
            if (await _folder.ReadAsync($"{path}", type, cancellation) is not { } file)
                return newest;
            newest = ProxmoxTokenHandler.CredentialOf(file.Content.Texts) ?? newest;
        }
    }

    /// <summary>The certificates that are kept for a cluster, as they were given; null before anything is.</summary>
    public async Task<ValueMap<string>?> CertificatesAsync(string cluster, CancellationToken cancellation) =>
        (await ReadCertificatesAsync(cluster, cancellation))?.Content.Texts;

    /// <summary>Keeps these, and no others; writes nothing where they are there already.</summary>
    /// <param name="certificates">By namespace and name.</param>
    public async Task KeepCertificatesAsync(
        string cluster, ValueMap<string> certificates, CancellationToken cancellation)
    {
        var path = KeysGraph.FileOf(KeysGraph.Certificates(cluster));
        var file = await ReadCertificatesAsync(cluster, cancellation);
        if (file is null)
            await _folder.MakeAsync(path, CertificatesHandler.Definition.Type, certificates, cancellation);
        else if (!file.Content.Texts.Equals(certificates))
            await _folder.ReplaceAsync(path, file, certificates, cancellation);
    }

    private Task<KeptKey?> ReadCertificatesAsync(string cluster, CancellationToken cancellation) => _folder.ReadAsync(
        KeysGraph.FileOf(KeysGraph.Certificates(cluster)), CertificatesHandler.Definition.Type, cancellation);

    /// <summary>The certificates of all generations of a cluster's key pair of Sealed Secrets, as PEM.</summary>
    public async Task<IReadOnlyCollection<string>> SealingCertificatesAsync(
        string cluster, CancellationToken cancellation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var path = new KeyPath(cluster, KeyNames.SealedSecrets, 1); ; path = path.Next())
        {
            var type = SealedSecretsKeyHandler.Definition.Type;
            if (await _folder.ReadAsync($"{path}", type, cancellation) is not { } file)
                return found;
            found.Add(SealedSecretsKeyHandler.CertificateOf(file.Content).Trim());
        }
    }

    /// <summary>Whether somebody can open something of this cluster who must not.</summary>
    public async Task<ValueList<Diagnostic>> CheckAsync(
        Platform platform, Cluster cluster, CancellationToken cancellation)
    {
        var (diagnostics, own) = (new List<Diagnostic>(), new List<string>());
        foreach (var resource in KeysGraph.Of(platform, cluster, _folder.Recipients))
        {
            var path = resource.Desired["file"].AsText() ?? "";
            if (resource.Type == DocumentHandler.Definition.Type
                || await _folder.ReadAsync(path, resource.Type, cancellation) is not { } file)
                continue;
            if (ClusterIdentityHandler.RecipientOf(resource.Type, file.Content) is { } recipient)
                own.Add(recipient);
            if (file.Content.Recipients.Except(_folder.Recipients).ToValueList() is { Count: > 0 } former)
                diagnostics.Add(KeysDiagnostics.OtherReaders(path, former));
        }

        foreach (var (name, text) in cluster.Documents)
        {
            var path = $"secrets/{cluster.Name}/{name}";
            var readers = SopsReaders.Of(name, Encoding.UTF8.GetBytes(text));
            if (readers.Count == 0)
                diagnostics.Add(KeysDiagnostics.Plain(path));
            else if (readers.Except(_folder.Recipients).Except(own).ToValueList() is { Count: > 0 } others)
                diagnostics.Add(KeysDiagnostics.OtherReaders(path, others));
        }

        return diagnostics.ToValueList();
    }

    /// <summary>Of every identity that it has had: a former one opens what is not encrypted again yet.</summary>
    private async Task<ValueList<string>> RecipientsAsync(string cluster, CancellationToken cancellation)
    {
        var recipients = new List<string>();
        for (var generation = 1; ; generation++)
        {
            var path = KeysGraph.FileOf(KeysGraph.ClusterIdentity(cluster, generation), generation);
            if (await _folder.ReadAsync(path, ClusterIdentityHandler.Definition.Type, cancellation) is not { } file)
                return recipients.ToValueList();
            recipients.Add(file.Content.Texts[ClusterIdentityHandler.Recipient]);
        }
    }
}
