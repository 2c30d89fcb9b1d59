using Orrery.Engine.Ports;
using Orrery.GitOps.Catalog.Charts;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// What becomes of claims when all machines of a cluster are replaced. What lies on a machine's own disk goes with the
/// machine. Disks that are retained keep Longhorn's replicas, and Proxmox VE keeps the disks that Proxmox CSI made;
/// which of them is whose is known to the cluster alone: its objects must go along.
/// </summary>
/// <param name="clusters">The clusters that are there.</param>
/// <param name="time">How long an answer is waited for.</param>
internal sealed class LosableClaims(KnownClusters clusters, TimeProvider time)
{
    /// <summary>On a claim: its data may go.</summary>
    public const string Disposable = "orrery.dev/disposable";

    private const string Longhorn = "Longhorn";
    private const string OfProxmox = "Proxmox CSI";
    private const string LonghornDriver = "driver.longhorn.io";

    private static readonly ApiKind Claim = ApiKind.Of("v1", "PersistentVolumeClaim");
    private static readonly ApiKind Volume = ApiKind.Of("v1", "PersistentVolume");
    private static readonly ApiKind Replica = ApiKind.Of("longhorn.io/v1beta2", "Replica");
    /// <summary>A cluster that is slow is not gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The cluster that is there now; null where none is.</summary>
    public KubernetesClient? Client => clusters.Newest;

    /// <summary>The storages of a cluster, as people call them, whose volumes it alone can find.</summary>
    public static IReadOnlyList<string> Remembering(Cluster cluster) =>
    [
        .. cluster.Components.ContainsKey("longhorn") ? [Longhorn] : (string[])[],
        .. ProxmoxCsi.Has(cluster) ? [OfProxmox] : (string[])[],
    ];

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

    /// <summary>What a destroy leaves in Proxmox VE; nothing for a cluster without such disks.</summary>
    public async Task<ValueList<Diagnostic>> LeftAsync(Cluster cluster, CancellationToken cancellation)
    {
        if (!ProxmoxCsi.Has(cluster) || cluster.Infrastructure is not Infrastructure.Proxmox proxmox)
            return [];
        return await LookAsync(cluster, cancellation) is { } survey
            ? Left(cluster, [.. survey.Carried, .. survey.Disposable])
            : [ClaimDiagnostics.Unnamed(cluster.Name, proxmox.Disks)];
    }

    /// <summary>Disks in Proxmox VE that are there afterwards, and of which the next cluster knows nothing.</summary>
    public static ValueList<Diagnostic> Left(Cluster cluster, IEnumerable<CarriedClaim> claims)
    {
        var disks = claims.Where(claim => claim.Storage == OfProxmox)
            .Select(claim => ($"{claim.Namespace}/{claim.Name}", VolumeOf(claim.Handle))).ToArray();
        return disks.Length == 0 ? [] : [ClaimDiagnostics.Left(cluster.Name, disks)];
    }

    private static string VolumeOf(string handle) =>
        handle.Split('/') is [_, _, var storage, .. var disk] ? $"{storage}:{string.Join('/', disk)}" : handle;

    private static async Task<ClaimSurvey> LookAsync(
        Cluster cluster, KubernetesClient client, CancellationToken cancellation)
    {
        var volumes = (await client.ListAsync(Volume, ListScope.Everything, cancellation))
            .ToDictionary(volume => volume.Name, StringComparer.Ordinal);
        var kept = (await client.ListAsync(Replica, ListScope.Everything, cancellation))
            .Where(replica => IsKept(cluster, replica))
            .Select(replica => replica.Json.Object("spec")?.Text("volumeName")).ToHashSet();
        var (lost, carried) = (new List<(string Claim, string Why)>(), new List<CarriedClaim>());
        var disposable = new List<CarriedClaim>();
        foreach (var claim in await client.ListAsync(Claim, ListScope.Everything, cancellation))
        {
            var name = $"{claim.Namespace}/{claim.Name}";
            if (volumes.GetValueOrDefault(claim.Json.Object("spec")?.Text("volumeName") ?? "") is not { } volume)
                continue;
            var (storage, handle) = StorageOf(volume);
            var why = storage switch
            {
                Longhorn => kept.Contains(handle)
                    ? null
                    : "Longhorn, without a healthy replica on a disk that is retained",
                OfProxmox => WhyOutOfReach(cluster, handle),
                _ => WhyLost(cluster, volume),
            };
            var mayGo = claim.Annotation(Disposable) == "true";
            if (why is not null && !mayGo)
                lost.Add((name, why));
            else if (storage is not null)
                (mayGo ? disposable : carried).Add(new CarriedClaim(
                    claim.Namespace ?? "default", claim.Name, volume.Name, handle, storage));
        }

        return new ClaimSurvey(lost, carried)
        {
            Disposable = disposable,
            Version = await client.VersionAsync(cancellation),
        };
    }

    /// <summary>Whose volume it is, and what that one calls it; null for those that need no memory.</summary>
    private static (string? Storage, string Handle) StorageOf(KubernetesObject volume)
    {
        var csi = volume.Json.Object("spec")?.Object("csi");
        var storage = csi?.Text("driver") switch
        {
            LonghornDriver => Longhorn,
            ProxmoxCsi.Driver => OfProxmox,
            _ => null,
        };
        return (storage, csi?.Text("volumeHandle") ?? "");
    }

    /// <summary>Null where the next cluster can attach the disk: <c>REGION/HOST/STORAGE/DISK</c>.</summary>
    private static string? WhyOutOfReach(Cluster cluster, string handle)
    {
        if (!ProxmoxCsi.Has(cluster))
            return "a disk of Proxmox CSI, which is not declared any more";
        var host = handle.Split('/').ElementAtOrDefault(1) ?? "";
        return host.Length > 0 && cluster.Infrastructure is Infrastructure.Proxmox proxmox
            && !proxmox.Hosts.Contains(host)
                ? $"a disk of the host {host}, which is not declared any more"
                : null;
    }

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

    /// <summary>
    /// Those that may go, and for whose sake nothing is kept. Where it is, they are there too, and must be at rest.
    /// </summary>
    public IReadOnlyList<CarriedClaim> Disposable { get; init; } = [];

    /// <summary>Of the API server, for example <c>v1.34.1</c>; empty where none was asked.</summary>
    public string Version { get; init; } = "";
}

/// <summary>A claim whose data are found by the cluster's objects alone.</summary>
/// <param name="Volume">Its PersistentVolume.</param>
/// <param name="Handle">What its storage calls that.</param>
/// <param name="Storage">As people call it.</param>
internal sealed record CarriedClaim(string Namespace, string Name, string Volume, string Handle, string Storage);
