using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// What becomes of claims when all machines of a cluster are replaced. What lies on a machine's own disk goes with the
/// machine. Disks that are retained keep Longhorn's replicas, and which of them is whose is known to the cluster alone:
/// its objects must go along.
/// </summary>
/// <param name="clusters">The clusters that are there.</param>
/// <param name="time">How long an answer is waited for.</param>
internal sealed class LosableClaims(KnownClusters clusters, TimeProvider time)
{
    /// <summary>On a claim: its data may go.</summary>
    public const string Disposable = "orrery.dev/disposable";

    /// <summary>A component by this name keeps volumes so.</summary>
    public const string Longhorn = "longhorn";

    private const string LonghornDriver = "driver.longhorn.io";

    private static readonly ApiKind Claim = ApiKind.Of("v1", "PersistentVolumeClaim");
    private static readonly ApiKind Volume = ApiKind.Of("v1", "PersistentVolume");
    private static readonly ApiKind Replica = ApiKind.Of("longhorn.io/v1beta2", "Replica");
    /// <summary>A cluster that is slow is not gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The cluster that is there now; null where none is.</summary>
    public KubernetesClient? Client => clusters.Newest;

    /// <summary>Null for a cluster that does not answer, or whose machines are gone.</summary>
    public async Task<ClaimSurvey?> LookAsync(Cluster cluster, CancellationToken cancellation)
    {
        if (Client is not { } client)
            return clusters.HasBegun ? null : ClaimSurvey.Nothing;
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return await LookAsync(cluster, client, both.Token);
        }
        catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<ClaimSurvey> LookAsync(
        Cluster cluster, KubernetesClient client, CancellationToken cancellation)
    {
        var volumes = (await client.ListAsync(Volume, ListScope.Everything, cancellation))
            .ToDictionary(volume => volume.Name, StringComparer.Ordinal);
        var kept = (await client.ListAsync(Replica, ListScope.Everything, cancellation))
            .Where(replica => IsKept(cluster, replica))
            .Select(replica => replica.Json.Object("spec")?.Text("volumeName")).ToHashSet();
        var (lost, carried) = (new List<(string Claim, string Why)>(), new List<CarriedClaim>());
        foreach (var claim in await client.ListAsync(Claim, ListScope.Everything, cancellation))
        {
            var name = $"{claim.Namespace}/{claim.Name}";
            if (claim.Annotation(Disposable) == "true"
                || volumes.GetValueOrDefault(claim.Json.Object("spec")?.Text("volumeName") ?? "") is not { } volume)
                continue;
            if (HandleOf(volume) is not { } handle)
                lost.AddRange(WhyLost(cluster, volume) is { } why ? [(name, why)] : []);
            else if (kept.Contains(handle))
                carried.Add(new CarriedClaim(claim.Namespace ?? "default", claim.Name, handle));
            else
                lost.Add((name, "Longhorn, without a healthy replica on a disk that is retained"));
        }

        return new ClaimSurvey(lost, carried) { Version = await client.VersionAsync(cancellation) };
    }

    /// <summary>What Longhorn calls the volume; null for volumes of others.</summary>
    private static string? HandleOf(KubernetesObject volume) =>
        volume.Json.Object("spec")?.Object("csi") is { } csi && csi.Text("driver") == LonghornDriver
            ? csi.Text("volumeHandle")
            : null;

    /// <summary>A healthy replica on a disk that its node's successor gets.</summary>
    private static bool IsKept(Cluster cluster, KubernetesObject replica) =>
        replica.Json.Object("spec") is { } spec && spec.Text("failedAt") is null or ""
        && cluster.NodePools.Values.Any(pool => pool.NodeNames().Contains(spec.Text("nodeID"))
            && pool.Volumes.Values.Any(volume => volume.Retain && IsBelow(spec.Text("diskPath"), volume.MountPath)));

    /// <summary>Null for what survives, and for storage that we know nothing of: it is elsewhere.</summary>
    private static string? WhyLost(Cluster cluster, KubernetesObject volume) =>
        volume.Json.Object("spec") is { } spec
        && (spec.Object("hostPath") ?? spec.Object("local"))?.Text("path") is { } path
        && !cluster.NodePools.Values.SelectMany(pool => pool.Volumes.Values)
            .Any(disk => disk.Retain && IsBelow(path, disk.MountPath))
            ? $"{path} of a machine"
            : null;

    private static bool IsBelow(string? path, string folder) =>
        $"{path?.TrimEnd('/')}/".StartsWith($"{folder.TrimEnd('/')}/", StringComparison.Ordinal);
}

/// <summary>What becomes of the claims of a cluster.</summary>
/// <param name="Lost">By namespace and name, and where their data are.</param>
/// <param name="Carried">Those that the next cluster has too, if it begins with the objects of this one.</param>
internal sealed record ClaimSurvey(
    IReadOnlyList<(string Claim, string Why)> Lost, IReadOnlyList<CarriedClaim> Carried)
{
    public static ClaimSurvey Nothing { get; } = new([], []);

    /// <summary>Of the API server, for example <c>v1.34.1</c>; empty where none was asked.</summary>
    public string Version { get; init; } = "";
}

/// <summary>A claim whose data are Longhorn's.</summary>
/// <param name="Volume">As Longhorn calls it.</param>
internal sealed record CarriedClaim(string Namespace, string Name, string Volume);
