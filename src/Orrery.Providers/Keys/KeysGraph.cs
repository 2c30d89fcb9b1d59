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
    public static ResourceAddress SealedSecretsKey(string cluster) =>
        AddressOf(cluster, SealedSecretsKeyHandler.Definition, "sealed-secrets");

    /// <summary>
    /// Outputs: <c>serverAuthority</c>, <c>adminCertificate</c>; sensitive are <c>adminKey</c> and each text of
    /// <c>files</c>, a map by path below <c>/var/lib/rancher/k3s/server/tls</c>.
    /// </summary>
    public static ResourceAddress K3sAuthorities(string cluster) =>
        AddressOf(cluster, K3sAuthoritiesHandler.Definition, "k3s");

    /// <summary>Output: <c>token</c>, which is sensitive.</summary>
    public static ResourceAddress K3sToken(string cluster) => AddressOf(cluster, K3sTokenHandler.Definition, "k3s");

    /// <summary>Outputs: <c>publicKey</c>, and <c>privateKey</c>, which is sensitive.</summary>
    public static ResourceAddress DeployKey(string cluster) =>
        AddressOf(cluster, DeployKeyHandler.Definition, "gitops");

    /// <summary>Output: <c>password</c>, which is sensitive.</summary>
    /// <param name="name">What it opens, for example <c>grafana</c>.</param>
    public static ResourceAddress Password(string cluster, string name) =>
        AddressOf(cluster, PasswordHandler.Definition, name);

    /// <summary>Where the file of a key is, in the declaration's folder.</summary>
    /// <param name="generation">1 at first; later ones have their number in their name.</param>
    public static string FileOf(ResourceAddress address, int generation = 1)
    {
        var kind = address.Type[(address.Type.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (address.Type == PasswordHandler.Definition.Type)
            kind += $"-{address.Name}";
        var number = generation > 1 ? $"-{generation}" : "";
        return $"secrets/{address.Cluster}/keys/{kind}{number}{KeyFolder.Suffix}";
    }

    /// <param name="recipients">The recovery recipients, as <c>age1…</c>.</param>
    /// <param name="deployKeyGeneration">One more makes the next deploy key.</param>
    public static IEnumerable<Resource> Of(
        Cluster cluster, ValueList<string> recipients, int deployKeyGeneration = 1)
    {
        if (cluster.Distribution is not Distribution.K3s)
            yield break;
        var authorities = K3sAuthorities(cluster.Name);
        if (cluster.Components.ContainsKey("kube-prometheus-stack"))
            yield return Make(Password(cluster.Name, "grafana"), recipients);
        yield return Make(SealedSecretsKey(cluster.Name), recipients);
        yield return Make(authorities, recipients);
        yield return Make(
            K3sToken(cluster.Name), recipients,
            more: ("serverAuthority", new Value.Unknown(authorities.Output("serverAuthority"))));
        yield return Make(
            DeployKey(cluster.Name), recipients, deployKeyGeneration, ("comment", $"orrery {cluster.Name}"));
    }

    private static Resource Make(
        ResourceAddress address, ValueList<string> recipients, int generation = 1,
        params ReadOnlySpan<(string Key, Value Value)> more) => new()
        {
            Address = address,
            Desired = Value.MapOf(
            [
                ("file", FileOf(address, generation)),
                ("recipients", Value.ListOf(recipients.Select(recipient => new Value.Text(recipient)))),
                .. more,
            ]),
            Lifecycle = Kept,
        };

    private static ResourceAddress AddressOf(string cluster, ResourceKind kind, string name) =>
        ResourceAddress.Of(cluster, kind.Type, name);
}
