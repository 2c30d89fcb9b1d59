using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters;

/// <summary>
/// Claims whose data are gone when all machines of a cluster are replaced. Disks that are retained keep Longhorn's
/// replicas, and what says whose they are goes with etcd; what lies on a machine's own disk goes with the machine.
/// </summary>
/// <param name="clusters">The clusters that are there.</param>
/// <param name="time">How long an answer is waited for.</param>
internal sealed class LosableClaims(KnownClusters clusters, TimeProvider time)
{
    /// <summary>On a claim: its data may go.</summary>
    public const string Disposable = "orrery.dev/disposable";

    private const string LonghornDriver = "driver.longhorn.io";

    private static readonly ApiKind Claim = ApiKind.Of("v1", "PersistentVolumeClaim");
    private static readonly ApiKind Volume = ApiKind.Of("v1", "PersistentVolume");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>An error that names all of them; none of a cluster that does not answer.</summary>
    public async Task<ValueList<Diagnostic>> FindAsync(Cluster cluster, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        var kept = cluster.NodePools.Values.SelectMany(pool => pool.Volumes.Values)
            .Where(volume => volume.Retain).Select(volume => volume.MountPath.TrimEnd('/') + "/").ToList();
        try
        {
            var lost = new List<(string Claim, string Why)>();
            foreach (var client in clusters.Uids.Select(clusters.Find).OfType<KubernetesClient>())
            {
                var volumes = (await client.ListAsync(Volume, ListScope.Everything, both.Token))
                    .ToDictionary(volume => volume.Name, StringComparer.Ordinal);
                foreach (var claim in await client.ListAsync(Claim, ListScope.Everything, both.Token))
                {
                    if (claim.Annotation(Disposable) != "true"
                        && volumes.GetValueOrDefault(claim.Json.Object("spec")?.Text("volumeName") ?? "") is { } volume
                        && WhyLost(volume, kept) is { } why)
                        lost.Add(($"{claim.Namespace}/{claim.Name}", why));
                }
            }

            return lost.Count == 0 ? [] : [ClaimDiagnostics.WouldBeLost(cluster.Name, lost)];
        }
        catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
        {
            // A cluster that does not answer is rebuilt all the same: that is what a rebuild is for.
            return [];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    /// <summary>Null for what survives, and for storage that we know nothing of: it is elsewhere.</summary>
    private static string? WhyLost(KubernetesObject volume, IReadOnlyList<string> kept)
    {
        if (volume.Json.Object("spec") is not { } spec)
            return null;
        if (spec.Object("csi")?.Text("driver") == LonghornDriver)
            return "Longhorn";
        return (spec.Object("hostPath") ?? spec.Object("local"))?.Text("path") is { } path
            && !kept.Any(folder => path.StartsWith(folder, StringComparison.Ordinal))
                ? $"{path} of a machine"
                : null;
    }
}

/// <summary>What a rebuild must not do to what pods have written.</summary>
public static class ClaimDiagnostics
{
    private const int NamedMax = 10;

    private static readonly DiagnosticCode Lost = new(
        "DATA001",
        "a rebuild would lose what pods have written",
        "The data of these claims are on disks that go with the machines, or are known to the cluster alone that goes. "
        + "So no rebuild begins. Claims whose data may go say so by the annotation `orrery.dev/disposable: \"true\"`.");

    public static DiagnosticFamily Family { get; } = new(
        "DATA", "Data", "Found in running clusters, before a rebuild begins.", [Lost]);

    /// <summary>Whether a diagnostic is of this kind.</summary>
    public static bool Is(Diagnostic diagnostic) => diagnostic.Code == Lost.Code;

    internal static Diagnostic WouldBeLost(string cluster, IReadOnlyList<(string Claim, string Why)> claims)
    {
        var named = string.Join(", ", claims.Take(NamedMax).Select(claim => $"{claim.Claim} ({claim.Why})"));
        var more = claims.Count > NamedMax ? $", and {claims.Count - NamedMax} more" : "";
        return Lost.At(
            null, $"In cluster '{cluster}': {named}{more}.",
            [
                "copy the data elsewhere, then say that the claims may go:",
                $"  kubectl annotate pvc NAME --namespace NAMESPACE {LosableClaims.Disposable}=true",
            ]);
    }
}
