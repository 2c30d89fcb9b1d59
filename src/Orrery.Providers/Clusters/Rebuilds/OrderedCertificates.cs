using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// What cert-manager ordered in a cluster: the Secrets of certificates, and of the accounts they were ordered by. In a
/// cluster that has them before cert-manager looks, nothing is ordered again: authorities give five a week of the same,
/// https://letsencrypt.org/docs/rate-limits/, https://cert-manager.io/docs/devops-tips/backup/.
/// </summary>
internal static class OrderedCertificates
{
    private const string Group = "cert-manager.io/v1";
    private const string IssuerName = "cert-manager.io/issuer-name";

    /// <summary>cert-manager says so of the Secrets that are its own.</summary>
    private const string OwnSecrets = "controller.cert-manager.io/fao";

    /// <summary>The component, and where an issuer of a whole cluster keeps its account, if nobody says otherwise.
    /// </summary>
    private const string Home = "cert-manager";

    private static readonly ApiKind Secret = ApiKind.Of("v1", "Secret");
    private static readonly ApiKind Space = ApiKind.Of("v1", "Namespace");
    private static readonly ApiKind Certificate = ApiKind.Of(Group, "Certificate");
    private static readonly ApiKind[] Issuers = [ApiKind.Of(Group, "ClusterIssuer"), ApiKind.Of(Group, "Issuer")];

    /// <summary>Each Secret's own part as JSON, by namespace and name.</summary>
    /// <param name="cluster">Says where cert-manager is.</param>
    public static async Task<ValueMap<string>> ListAsync(
        KubernetesClient client, Cluster cluster, OperationContext? operation, CancellationToken cancellation)
    {
        var home = cluster.Components.TryGetValue(Home, out var component) ? component.Namespace : null;
        var all = new ListScope { Operation = operation };
        var issuers = await IssuersAsync(client, all, cancellation);
        var names = issuers.Select(issuer => issuer.Name).ToHashSet(StringComparer.Ordinal);
        var secrets = issuers.Count == 0
            ? []
            : await client.ListAsync(Secret, all with { LabelSelector = $"{OwnSecrets}=true" }, cancellation);
        var found = secrets.Where(secret => names.Contains(secret.Annotation(IssuerName) ?? "")
            && secret.Json.Text("type") == "kubernetes.io/tls"
            && secret.Json.Object("data")?.Text("tls.crt") is { Length: > 0 }).ToList();
        foreach (var issuer in issuers)
        {
            if (Acme(issuer)?.Object("privateKeySecretRef")?.Text("name") is not { } account)
                continue;
            var reference = new ObjectReference(Secret, issuer.Namespace ?? home ?? Home, account);
            if (await client.FindAsync(reference, operation, cancellation) is { } key)
                found.Add(key);
        }

        return ValueMap.From(found.DistinctBy(NameOf).Select(secret =>
            KeyValuePair.Create(NameOf(secret), TextOf(secret))));
    }

    /// <summary>Certificates of authorities that are not there yet, with the words of cert-manager.</summary>
    public static async Task<IReadOnlyList<string>> PendingAsync(
        KubernetesClient client, OperationContext operation, CancellationToken cancellation)
    {
        var all = new ListScope { Operation = operation };
        var listed = client.ListAsync(Certificate, all, cancellation);
        var names = (await IssuersAsync(client, all, cancellation)).Select(issuer => issuer.Name).ToHashSet();
        return
        [
            .. from certificate in await listed
               where names.Contains(certificate.Json.Object("spec")?.Object("issuerRef")?.Text("name") ?? "")
               let ready = certificate.Condition("Ready")
               where ready is not { IsTrue: true }
               select $"{certificate.Namespace}/{certificate.Name}: {ready?.Message ?? "nobody has looked at it yet"}",
        ];
    }

    /// <summary>Puts each where it was, and leaves what is there already: it may be newer.</summary>
    public static async Task RestoreAsync(
        KubernetesClient client, ValueMap<string> kept, OperationContext operation, CancellationToken cancellation)
    {
        foreach (var (name, text) in kept)
        {
            if (name.Split('/') is not [var space, var secret])
                continue;
            if (await client.FindAsync(new ObjectReference(Secret, space, secret), null, cancellation) is not null)
                continue;
            if (await client.FindAsync(new ObjectReference(Space, null, space), null, cancellation) is null)
                await ApplyAsync(client, ManifestOf("Namespace", null, space, []), operation, cancellation);
            var own = JsonNode.Parse(text) as JsonObject
                ?? throw new ProviderException(
                    ProviderErrorCode.Invalid, $"what is kept of the certificate {name} is no object");
            await ApplyAsync(client, ManifestOf("Secret", space, secret, own), operation, cancellation);
        }
    }

    private static async Task<IReadOnlyList<KubernetesObject>> IssuersAsync(
        KubernetesClient client, ListScope all, CancellationToken cancellation)
    {
        // Beside each other: a server that was not asked for a kind yet lets the first one wait.
        var lists = await Task.WhenAll(
            Issuers.Select(kind => client.ListAsync(kind, all, cancellation)));
        return [.. lists.SelectMany(list => list).Where(issuer => Acme(issuer) is not null)];
    }

    private static JsonObject? Acme(KubernetesObject issuer) => issuer.Json.Object("spec")?.Object("acme");

    private static string NameOf(KubernetesObject secret) => $"{secret.Namespace}/{secret.Name}";

    /// <summary>What is said of where it was, and by whom it was written, is left out.</summary>
    private static string TextOf(KubernetesObject secret) => new JsonObject
    {
        ["annotations"] = Sorted(secret.Metadata?.Object("annotations"), "cert-manager.io/"),
        ["data"] = Sorted(secret.Json.Object("data"), ""),
        ["labels"] = Sorted(secret.Metadata?.Object("labels"), "controller.cert-manager.io/"),
        ["type"] = secret.Json.Text("type"),
    }.ToJsonString();

    private static JsonObject Sorted(JsonObject? map, string prefix) => new(
        (map ?? []).Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
        .OrderBy(entry => entry.Key, StringComparer.Ordinal)
        .Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));

    private static JsonObject ManifestOf(string kind, string? space, string name, JsonObject own)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (space is not null)
            metadata["namespace"] = space;
        foreach (var part in (string[])["annotations", "labels"])
        {
            if (own.Object(part) is { Count: > 0 } texts)
                metadata[part] = texts.DeepClone();
        }

        var manifest = new JsonObject { ["apiVersion"] = "v1", ["kind"] = kind, ["metadata"] = metadata };
        foreach (var part in (string[])["data", "type"])
        {
            if (own[part] is { } value)
                manifest[part] = value.DeepClone();
        }

        return manifest;
    }

    private static Task ApplyAsync(
        KubernetesClient client, JsonObject manifest, OperationContext operation, CancellationToken cancellation) =>
        client.ApplyAsync(new ApplyRequest(manifest) { Operation = operation }, cancellation);
}
