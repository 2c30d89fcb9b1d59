using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Talos.Configuration;
using Orrery.Providers.Talos.Upgrades;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// What a rebuild of a cluster of Talos takes along for the sake of claims whose data it alone can find: its etcd, and
/// only then. Without such claims a rebuilt cluster begins empty, and all of it comes from the repository.
/// </summary>
internal sealed class EtcdMemory(LosableClaims claims, EtcdSnapshots etcd, TimeProvider time)
{
    /// <summary>What is older says too little of what is lost with it.</summary>
    public const int OldestDays = 7;

    private readonly Standstill _standstill = new(time);

    /// <summary>See <see cref="ICarriesClusters.OutlookAsync"/>.</summary>
    public async Task<RebuildOutlook> OutlookAsync(
        Cluster cluster, DateTimeOffset? kept, CancellationToken cancellation)
    {
        if (await claims.LookAsync(cluster, cancellation) is { } survey)
        {
            if (survey.Lost.Count > 0)
                return Refused(ClaimDiagnostics.WouldBeLost(cluster.Name, survey.Lost));
            if (survey.Carried.Count == 0)
                return new RebuildOutlook(LosableClaims.Left(cluster, survey.Disposable), ClusterMemory.None);
            var declared = (cluster.Distribution as Distribution.Talos)?.Kubernetes ?? "";
            return IsStep(survey.Version, declared)
                ? new RebuildOutlook([ClaimDiagnostics.TakenAlong(cluster.Name, survey.Carried)], ClusterMemory.Taken)
                : Refused(ClaimDiagnostics.OtherVersion(cluster.Name, survey.Version, declared));
        }

        // A cluster that does not answer is rebuilt all the same, if nobody can have such claims there.
        var storages = LosableClaims.Remembering(cluster);
        if (storages.Count == 0)
            return RebuildOutlook.Nothing;
        var unanswered = kept is { } moment && time.GetUtcNow() - moment <= TimeSpan.FromDays(OldestDays)
            ? new RebuildOutlook([ClaimDiagnostics.OlderIsUsed(cluster.Name, moment)], ClusterMemory.Older)
            : Refused(ClaimDiagnostics.Unknown(cluster.Name, storages));
        return unanswered with { IsAnswered = false };
    }

    private static RebuildOutlook Refused(Diagnostic why) => new([why], ClusterMemory.None);

    /// <summary>
    /// What a newer API server stored an older one may not read, and minor versions are taken one by one:
    /// https://kubernetes.io/releases/version-skew-policy.
    /// </summary>
    private static bool IsStep(string running, string declared) =>
        TalosVersion.Parse(running) is not { } now || TalosVersion.Parse(declared) is not { } next
        || (now.Major == next.Major && next.Minor - now.Minor is 0 or 1);

    /// <summary>See <see cref="ICarriesClusters.StopAndKeepAsync"/>.</summary>
    public async Task<ClusterSnapshot> StopAndKeepAsync(
        Cluster cluster, Recorded recorded, CancellationToken cancellation)
    {
        if (claims.Client is not { } client || await claims.LookAsync(cluster, cancellation) is not { } survey)
        {
            throw new ProviderException(
                ProviderErrorCode.Unavailable, $"the cluster '{cluster.Name}' does not answer any more");
        }

        try
        {
            await _standstill.StopAsync(client, [.. survey.Carried, .. survey.Disposable], cancellation);
            return await etcd.TakeAsync(cluster, recorded, cancellation);
        }
        catch (Exception problem) when (problem is ProviderException or OperationCanceledException)
        {
            await ReleaseAsync(client);
            throw;
        }
    }

    /// <summary>Not the caller's token: a person who stops us wants the cluster back.</summary>
    private static async Task ReleaseAsync(KubernetesClient client)
    {
        try
        {
            await Standstill.ReleaseAllAsync(client, CancellationToken.None);
        }
        catch (ProviderException)
        {
            // Why it was stopped in vain says more; the next up sees nodes that take no pods, and releases them.
        }
    }
}
