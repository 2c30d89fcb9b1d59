using System.Globalization;
using Orrery.Engine.Applying;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Engine.Planning;

/// <summary>
/// What clusters take along when their machines are made anew: snapshots beside the state, one for each rebuild, whose
/// names say for which generation of the cluster they are. One is there before the first machine goes, so that whoever
/// resumes a rebuild finds it.
/// </summary>
internal sealed class KeptClusters(EngineEnvironment environment, IReadOnlyDictionary<string, IProvider> providers)
{
    private const string Folder = "etcd/";
    private const string Ending = ".snapshot.age";
    private const string Purpose = "-for-";
    private const string Moment = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>So many are left of each cluster, of upgrades and rebuilds together.</summary>
    private const int KeptMax = 5;

    private IEnumerable<(string Cluster, ICarriesClusters Provider)> All =>
        providers.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Where(entry => entry.Value is ICarriesClusters)
            .Select(entry => (entry.Key, (ICarriesClusters)entry.Value));

    /// <summary>What of clusters that are to begin anew would be lost, and what is taken along.</summary>
    /// <param name="isRebuild">The plan replaces machines; another one only goes on, or mends.</param>
    public async Task<ValueList<Diagnostic>> OutlookAsync(
        Platform platform, Plan plan, Recorded recorded, bool isRebuild, CancellationToken cancellation)
    {
        var found = new List<Diagnostic>();
        foreach (var anew in Anew(platform, plan, recorded).Where(anew => !anew.IsGoing))
            found.AddRange((await OutlookAsync(anew, isRebuild, cancellation)).Found);
        return found.ToValueList();
    }

    /// <summary>
    /// Before anything changes: whatever a cluster that is about to begin anew shall begin with lies beside the state,
    /// and its provider has it. An error, or a refusal that is thrown, means that no machine was touched.
    /// </summary>
    /// <param name="isRebuild">As for <see cref="OutlookAsync(Platform, Plan, Recorded, bool, CancellationToken)"/>.
    /// </param>
    public async Task<ValueList<Diagnostic>> PrepareAsync(
        Platform platform, Plan plan, Recorded recorded, bool isRebuild, CancellationToken cancellation)
    {
        foreach (var anew in Anew(platform, plan, recorded))
        {
            if (!anew.IsGoing)
            {
                var outlook = await OutlookAsync(anew, isRebuild, cancellation);
                if (outlook.Found.Any(found => found.Severity == Severity.Error))
                    return outlook.Found;
                if (outlook.IsAnswered)
                    await anew.Provider.KeepAsideAsync(anew.Cluster, cancellation);
                await KeepAsync(anew, outlook.Memory, recorded, cancellation);
            }

            var own = (await ListAsync(anew.Cluster.Name, cancellation))
                .LastOrDefault(file => file.Generation == anew.Generation);
            if (own is not null && await environment.Files.ReadAsync(own.Name, cancellation) is { } file)
                anew.Provider.BeginWith(file.Content);
        }

        return [];
    }

    /// <summary>After everything is as it shall be: old snapshots go.</summary>
    public async Task PruneAsync(CancellationToken cancellation)
    {
        foreach (var (name, _) in All)
        {
            foreach (var old in (await ListAsync(name, cancellation)).SkipLast(KeptMax))
                await environment.Files.DeleteAsync(old.Name, cancellation);
        }
    }

    /// <summary>The clusters that a plan begins anew, although they were there, or were about to be.</summary>
    private IEnumerable<AnewCluster> Anew(Platform platform, Plan plan, Recorded recorded) =>
        from each in All
        let cluster = platform.Clusters[each.Cluster]
        from change in plan.Changes
        where change.Address == each.Provider.BeginningOf(cluster)
            && change.Action is ChangeAction.Create or ChangeAction.Replace
        let isGoal = recorded.Goals.ContainsKey(change.Address.Text)
        where isGoal || recorded.Resources.GetValueOrDefault(change.Address.Text) is { Id: not null }
        select new AnewCluster(each.Provider, cluster, change.Generation)
        {
            IsGoal = isGoal,
            IsGoing = isGoal && HasLost(cluster, recorded),
        };

    /// <summary>A rebuild has begun to take the cluster's machines away.</summary>
    private static bool HasLost(Cluster cluster, Recorded recorded) =>
        recorded.Goals.Any(goal => goal.Key.StartsWith(cluster.Name + "/", StringComparison.Ordinal)
            && (recorded.Resources.GetValueOrDefault(goal.Key) is not { Id: not null, IsPending: false } record
                || record.Generation >= goal.Value));

    /// <summary>Without a rebuild, only a cluster that is gone begins anew: one that answers is mended.</summary>
    private async Task<RebuildOutlook> OutlookAsync(
        AnewCluster anew, bool isRebuild, CancellationToken cancellation)
    {
        DateTimeOffset? newest = await ListAsync(anew.Cluster.Name, cancellation) is [.., var file]
            ? file.TakenAt
            : null;
        var outlook = await anew.Provider.OutlookAsync(anew.Cluster, newest, cancellation);
        return isRebuild || anew.IsGoal || !outlook.IsAnswered ? outlook : RebuildOutlook.Nothing;
    }

    private async Task KeepAsync(
        AnewCluster anew, ClusterMemory memory, Recorded recorded, CancellationToken cancellation)
    {
        switch (memory)
        {
            case ClusterMemory.Taken:
                var snapshot = await new Retrying(environment.Time, environment.Random).RunAsync(
                    token => anew.Provider.StopAndKeepAsync(anew.Cluster, recorded, token), static (_, _) => { },
                    cancellation);
                await WriteAsync(snapshot.Name, snapshot.Content, anew.Generation, cancellation);
                environment.Observer.On(new RunEvent.Kept(anew.Cluster.Name, snapshot.Name, snapshot.Bytes));
                break;
            case ClusterMemory.Older:
                var newest = (await ListAsync(anew.Cluster.Name, cancellation))[^1];
                if (newest.Generation != anew.Generation
                    && await environment.Files.ReadAsync(newest.Name, cancellation) is { } file)
                {
                    var name = newest.Generation is null ? newest.Name : newest.Name.Split(Purpose)[0] + Ending;
                    await WriteAsync(name, file.Content, anew.Generation, cancellation);
                }

                break;
        }
    }

    private async Task WriteAsync(
        string name, ReadOnlyMemory<byte> content, int generation, CancellationToken cancellation)
    {
        var own = string.Create(
            CultureInfo.InvariantCulture, $"{name[..^Ending.Length]}{Purpose}{generation}{Ending}");
        var before = await environment.Files.ReadAsync(own, cancellation);
        await environment.Files.TrySwapAsync(own, before?.Version, content, cancellation);
        var written = await environment.Files.ReadAsync(own, cancellation);
        if (written is null || !written.Content.Span.SequenceEqual(content.Span))
        {
            throw new ProviderException(
                ProviderErrorCode.Unavailable, $"{own} was written and reads otherwise; nothing was taken away");
        }
    }

    /// <summary>A cluster's snapshots, the newest at the end.</summary>
    private async Task<IReadOnlyList<KeptFile>> ListAsync(string cluster, CancellationToken cancellation)
    {
        var start = $"{Folder}{cluster}-";
        var found = new List<KeptFile>();
        foreach (var name in await environment.Files.ListAsync(start, cancellation))
        {
            if (!name.EndsWith(Ending, StringComparison.Ordinal))
                continue;
            var parts = name[start.Length..^Ending.Length].Split(Purpose);
            // A cluster whose name begins like this one's has files that begin so too.
            if (DateTimeOffset.TryParseExact(
                    parts[0], Moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
                && parts.Length <= 2)
            {
                found.Add(new KeptFile(name, moment, parts.Length == 2
                    ? int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture)
                    : null));
            }
        }

        return [.. found.OrderBy(file => file.TakenAt)];
    }

    /// <summary>A snapshot beside the state.</summary>
    /// <param name="Generation">For which it is; null for one of an upgrade.</param>
    private sealed record KeptFile(string Name, DateTimeOffset TakenAt, int? Generation);

    /// <summary>One that begins anew.</summary>
    /// <param name="Generation">Of what makes it begin.</param>
    private sealed record AnewCluster(ICarriesClusters Provider, Cluster Cluster, int Generation)
    {
        /// <summary>A rebuild set out to that, perhaps an earlier one.</summary>
        public bool IsGoal { get; init; }

        /// <summary>What it shall begin with is there, if anything is needed: machines have gone.</summary>
        public bool IsGoing { get; init; }
    }
}
