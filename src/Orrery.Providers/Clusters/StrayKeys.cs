using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters;

/// <summary>
/// Keys of Sealed Secrets that a cluster uses and the repository does not have: whatever is sealed to one of them opens
/// nowhere once the cluster is gone.
/// </summary>
/// <param name="clusters">The clusters that are there.</param>
/// <param name="keys">Knows the certificates that the repository has.</param>
/// <param name="time">How long an answer is waited for.</param>
internal sealed class StrayKeys(KnownClusters clusters, KeysProvider keys, TimeProvider time)
{
    private static readonly ApiKind Secret = ApiKind.Of("v1", "Secret");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // https://github.com/bitnami-labs/sealed-secrets#how-to-use-my-own-certificate: any other value is not used.
    private static readonly ListScope Active = new()
    {
        LabelSelector = "sealedsecrets.bitnami.com/sealed-secrets-key=active",
    };

    /// <summary>An error for each; nothing of a cluster that does not answer.</summary>
    public async Task<ValueList<Diagnostic>> FindAsync(string cluster, CancellationToken cancellation)
    {
        var known = await keys.SealingCertificatesAsync(cluster, cancellation);
        var found = new List<Diagnostic>();
        foreach (var uid in clusters.Uids)
        {
            foreach (var secret in await AskAsync(uid, cancellation))
            {
                if (!known.Contains(CertificateOf(secret)))
                {
                    var metadata = secret.Json.Object("metadata") ?? new JsonObject();
                    found.Add(KeysDiagnostics.Stray(
                        cluster, $"{metadata.Text("namespace")}/{metadata.Text("name")}"));
                }
            }
        }

        return found.ToValueList();
    }

    private async Task<IReadOnlyList<KubernetesObject>> AskAsync(string uid, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return clusters.Find(uid) is { } client ? await client.ListAsync(Secret, Active, both.Token) : [];
        }
        catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
        {
            return [];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    private static string CertificateOf(KubernetesObject secret)
    {
        var data = (secret.Json["data"] as JsonObject)?.Text("tls.crt") ?? "";
        var bytes = new byte[data.Length];
        return Convert.TryFromBase64String(data, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Trim()
            : "";
    }
}
