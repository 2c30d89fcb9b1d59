using System.Globalization;
using System.Text;
using Orrery.GitOps.Catalog;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys.Kinds;

namespace Orrery.Providers.Keys;

/// <summary>Which keys a cluster needs, and where they are.</summary>
public static class KeysGraph
{
    private static readonly Lifecycle Kept = new() { Protect = true };

    /// <summary>Outputs: <c>certificate</c>, and <c>key</c>, which is sensitive.</summary>
    public static ResourceAddress SealedSecretsKey(string cluster, int generation = 1) =>
        AddressOf(cluster, SealedSecretsKeyHandler.Definition, Numbered("sealed-secrets", generation));

    /// <summary>
    /// Outputs: <c>serverAuthority</c>, <c>adminCertificate</c>; sensitive are <c>adminKey</c> and each text of
    /// <c>files</c>, a map by path below <c>/var/lib/rancher/k3s/server/tls</c>.
    /// </summary>
    public static ResourceAddress K3sAuthorities(string cluster) =>
        AddressOf(cluster, K3sAuthoritiesHandler.Definition, "k3s");

    /// <summary>
    /// Outputs: <c>talosAuthority</c>, <c>talosCertificate</c>, <c>serverAuthority</c>, <c>adminCertificate</c>;
    /// sensitive are <c>talosKey</c>, <c>adminKey</c>, and <c>bundle</c>: the text of a <c>secrets.yaml</c>.
    /// </summary>
    public static ResourceAddress TalosSecrets(string cluster) =>
        AddressOf(cluster, TalosSecretsHandler.Definition, "talos");

    /// <summary>Output: <c>token</c>, which is sensitive.</summary>
    public static ResourceAddress K3sToken(string cluster) => AddressOf(cluster, K3sTokenHandler.Definition, "k3s");

    /// <summary>Outputs: <c>publicKey</c>, and <c>privateKey</c>, which is sensitive.</summary>
    public static ResourceAddress DeployKey(string cluster, int generation = 1) =>
        AddressOf(cluster, DeployKeyHandler.Definition, Numbered("gitops", generation));

    /// <summary>Output: <c>password</c>, which is sensitive.</summary>
    /// <param name="name">What it opens, for example <c>grafana</c>.</param>
    public static ResourceAddress Password(string cluster, string name) =>
        AddressOf(cluster, PasswordHandler.Definition, name);

    /// <summary>Outputs: <c>recipient</c>, and <c>identity</c>, which is sensitive.</summary>
    public static ResourceAddress ClusterIdentity(string cluster, int generation = 1) =>
        AddressOf(cluster, ClusterIdentityHandler.Definition, Numbered("cluster", generation));

    /// <summary>Those that the cluster ordered; the file is empty at first.</summary>
    public static ResourceAddress Certificates(string cluster) =>
        AddressOf(cluster, CertificatesHandler.Definition, "ordered");

    /// <summary>Output: <c>key</c>, which is sensitive.</summary>
    public static ResourceAddress VaultSealKey(string cluster) =>
        AddressOf(cluster, RandomKeyHandler.VaultSeal, "openbao");

    /// <summary>Output: <c>key</c>, which is sensitive.</summary>
    public static ResourceAddress TransferKey(string cluster) =>
        AddressOf(cluster, RandomKeyHandler.Transfer, "zones");

    /// <summary>Output: <c>key</c>, which is sensitive.</summary>
    public static ResourceAddress UpdateKey(string cluster) =>
        AddressOf(cluster, RandomKeyHandler.Update, "zones");

    /// <summary>
    /// Outputs: <c>user</c> and <c>token</c>, as Proxmox VE names them; and <c>secret</c>, which is sensitive and not
    /// there any more once a newer one has taken its place.
    /// </summary>
    /// <param name="user">As the declaration calls it.</param>
    public static ResourceAddress ProxmoxToken(string cluster, string user, int generation = 1) =>
        AddressOf(cluster, ProxmoxTokenHandler.Definition, Numbered(user, generation));

    /// <summary>Where the file of a key is, in the declaration's folder.</summary>
    public static string FileOf(ResourceAddress address, int generation = 1) =>
        $"{new KeyPath(address.Cluster, KeyOf(address), generation)}";

    /// <param name="recipients">The recovery recipients, as <c>age1…</c>.</param>
    public static IEnumerable<Resource> Of(Platform platform, Cluster cluster, ValueList<string> recipients)
    {
        foreach (var password in PasswordsOf(platform, cluster))
        {
            yield return Make(
                Password(cluster.Name, password.Name), recipients,
                more: password.Length == SecretSource.Password.UsualLength ? [] : [("length", password.Length)]);
        }

        if (cluster.Edge?.Dns is not null)
            yield return Make(TransferKey(cluster.Name), recipients);
        if (ClusterIssuers.UsesPowerDns(platform, cluster))
            yield return Make(UpdateKey(cluster.Name), recipients);
        if (ClusterIssuers.Orders(platform, cluster))
            yield return Make(Certificates(cluster.Name), recipients);
        if (VaultAccess.Has(cluster))
            yield return Make(VaultSealKey(cluster.Name), recipients);
        // Earlier ones stay: something sealed to them may still have to be opened.
        for (var generation = 1; generation <= cluster.GenerationOf(KeyNames.SealedSecrets); generation++)
        {
            var before = generation == 1 ? Value.Null.Instance
                : (Value)new Value.Unknown(SealedSecretsKey(cluster.Name, generation - 1).Output("certificate"));
            yield return Make(
                SealedSecretsKey(cluster.Name, generation), recipients, generation, ("after", before));
        }

        for (var generation = 1; generation <= cluster.GenerationOf(KeyNames.ClusterIdentity); generation++)
            yield return Make(ClusterIdentity(cluster.Name, generation), recipients, generation);
        foreach (var key in OfDistribution(cluster, recipients).Concat(OfProxmox(cluster, recipients)))
            yield return key;
        for (var generation = 1; generation <= cluster.GenerationOf(KeyNames.Deploy); generation++)
        {
            yield return Make(
                DeployKey(cluster.Name, generation), recipients, generation, ("comment", $"orrery {cluster.Name}"));
        }

        foreach (var name in DocumentsOf(cluster))
            yield return Document(cluster, name, recipients);
    }

    /// <summary>Those that its components start with, in order of their names.</summary>
    private static IEnumerable<SecretSource.Password> PasswordsOf(Platform platform, Cluster cluster) =>
        Components.Of(platform, cluster).SelectMany(component => component.Secrets)
            .SelectMany(secret => secret.Data.Values).OfType<SecretSource.Password>()
            .DistinctBy(password => password.Name).OrderBy(password => password.Name, StringComparer.Ordinal);

    /// <summary>The authorities of its Kubernetes, and by what its machines know each other.</summary>
    private static IEnumerable<Resource> OfDistribution(Cluster cluster, ValueList<string> recipients)
    {
        if (cluster.Distribution is Distribution.Talos)
            return [Make(TalosSecrets(cluster.Name), recipients)];
        var authorities = K3sAuthorities(cluster.Name);
        var token = Make(
            K3sToken(cluster.Name), recipients,
            more: ("serverAuthority", new Value.Unknown(authorities.Output("serverAuthority"))));
        return [Make(authorities, recipients), token];
    }

    /// <summary>The tokens of the users that the bootstrap makes. A newer one replaces all before it.</summary>
    private static IEnumerable<Resource> OfProxmox(Cluster cluster, ValueList<string> recipients)
    {
        if (cluster.Infrastructure is not Infrastructure.Proxmox { Bootstrap: not null } proxmox)
            yield break;
        foreach (var (user, role) in proxmox.Users)
        {
            var newest = cluster.GenerationOf(KeyNames.TokenOf(user));
            for (var generation = 1; generation <= newest; generation++)
            {
                Value after = generation == newest
                    ? Value.Null.Instance
                    : new Value.Unknown(ProxmoxToken(cluster.Name, user, newest).Output("id"));
                yield return Make(
                    ProxmoxToken(cluster.Name, user, generation), recipients,
                    $"{new KeyPath(cluster.Name, KeyNames.TokenOf(user), generation)}",
                    ("user", user), ("role", role == ProxmoxRole.Csi ? "csi" : "provisioner"),
                    ("generation", generation), ("active", generation == newest), ("after", after));
            }
        }
    }

    /// <summary>The documents whose readers follow from the declaration, by name.</summary>
    public static IEnumerable<string> DocumentsOf(Cluster cluster) => cluster.Documents
        .Where(document => SopsReaders.AreSimple(document.Key, Encoding.UTF8.GetBytes(document.Value)))
        .Select(document => document.Key);

    /// <summary>Outputs: <c>text</c>, which is encrypted, and <c>blob</c>, as Git names that.</summary>
    public static ResourceAddress Document(string cluster, string name) =>
        AddressOf(cluster, DocumentHandler.Definition, name);

    /// <summary>
    /// For the recovery recipients and the cluster: its newest identity. With the one before, it opens all that was not
    /// encrypted anew yet.
    /// </summary>
    private static Resource Document(Cluster cluster, string name, ValueList<string> recipients)
    {
        var identity = ClusterIdentity(cluster.Name, cluster.GenerationOf(KeyNames.ClusterIdentity));
        return new Resource
        {
            Address = Document(cluster.Name, name),
            Desired = Value.MapOf(
                ("file", $"secrets/{cluster.Name}/{name}"),
                ("recipients", Value.ListOf(
                [
                    .. recipients.Select(recipient => (Value)recipient),
                    new Value.Unknown(identity.Output("recipient")),
                ]))),
            Lifecycle = Kept,
        };
    }

    private static string KeyOf(ResourceAddress address)
    {
        var kind = address.Type[(address.Type.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return address.Type == PasswordHandler.Definition.Type ? $"{kind}-{address.Name}" : kind;
    }

    private static string Numbered(string name, int generation) =>
        generation > 1 ? string.Create(CultureInfo.InvariantCulture, $"{name}-{generation}") : name;

    private static Resource Make(
        ResourceAddress address, ValueList<string> recipients, int generation = 1,
        params ReadOnlySpan<(string Key, Value Value)> more) =>
        Make(address, recipients, FileOf(address, generation), more);

    private static Resource Make(
        ResourceAddress address, ValueList<string> recipients, string file,
        params ReadOnlySpan<(string Key, Value Value)> more) => new()
        {
            Address = address,
            Desired = Value.MapOf(
            [
                ("file", file),
                ("recipients", Value.ListOf(recipients.Select(recipient => new Value.Text(recipient)))),
                .. more,
            ]),
            Lifecycle = Kept,
        };

    private static ResourceAddress AddressOf(string cluster, ResourceKind kind, string name) =>
        ResourceAddress.Of(cluster, kind.Type, name);
}
