using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Providers.Talos.Upgrades;

namespace Orrery.Providers.Clusters.Rebuilds;

/// <summary>
/// What a rebuild of a cluster of Talos takes along for the sake of claims on Longhorn: its etcd, and only then.
/// Without such claims a rebuilt cluster begins empty, and all of it comes from the repository.
/// </summary>
internal sealed class LonghornMemory(LosableClaims claims, EtcdSnapshots etcd, TimeProvider time)
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
            return survey.Lost.Count > 0
                ? new RebuildOutlook([ClaimDiagnostics.WouldBeLost(cluster.Name, survey.Lost)], ClusterMemory.None)
                : survey.Carried.Count > 0
                    ? new RebuildOutlook(
                        [ClaimDiagnostics.TakenAlong(cluster.Name, survey.Carried)], ClusterMemory.Taken)
                    : RebuildOutlook.Nothing;
        }

        // A cluster that does not answer is rebuilt all the same, if nobody can have such claims there.
        if (!cluster.Components.ContainsKey(LosableClaims.Longhorn))
            return RebuildOutlook.Nothing;
        var unanswered = kept is { } moment && time.GetUtcNow() - moment <= TimeSpan.FromDays(OldestDays)
            ? new RebuildOutlook([ClaimDiagnostics.OlderIsUsed(cluster.Name, moment)], ClusterMemory.Older)
            : new RebuildOutlook([ClaimDiagnostics.Unknown(cluster.Name)], ClusterMemory.None);
        return unanswered with { IsAnswered = false };
    }

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
            await _standstill.StopAsync(client, survey.Carried, cancellation);
            return await etcd.TakeAsync(cluster, recorded, cancellation);
        }
        catch (ProviderException)
        {
            await Standstill.ReleaseAllAsync(client, CancellationToken.None);
            throw;
        }
    }
}
