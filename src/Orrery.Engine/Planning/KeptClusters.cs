using System.Globalization;
using Orrery.Engine.Applying;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
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

    /// <summary>What rebuilds would lose, and take along.</summary>
    /// <param name="only">The cluster that is rebuilt; null for all.</param>
    public async Task<ValueList<Diagnostic>> OutlookAsync(
        Platform platform, Recorded recorded, string? only, CancellationToken cancellation)
    {
        var found = new List<Diagnostic>();
        foreach (var (name, provider) in All.Where(each => (only ?? each.Cluster) == each.Cluster))
        {
            var cluster = platform.Clusters[name];
            if (!IsGoing(provider, cluster, recorded))
                found.AddRange((await OutlookAsync(provider, cluster, cancellation)).Found);
        }

        return found.ToValueList();
    }

    /// <summary>
    /// Before anything changes: whatever a cluster that is about to begin anew shall begin with lies beside the state,
    /// and its provider has it. A refusal means that nothing was touched.
    /// </summary>
    /// <param name="isRebuild">The run replaces machines; another one only goes on with what did.</param>
    public async Task PrepareAsync(
        Platform platform, Plan plan, Recorded recorded, bool isRebuild, CancellationToken cancellation)
    {
        foreach (var (name, provider) in All)
        {
            var cluster = platform.Clusters[name];
            var change = plan.Changes.FirstOrDefault(change => change.Address == provider.BeginningOf(cluster)
                && change.Action is ChangeAction.Create or ChangeAction.Replace);
            if (change is null || (!isRebuild && !recorded.Goals.ContainsKey(change.Address.Text)))
                continue;
            if (!IsGoing(provider, cluster, recorded))
                await KeepAsync(provider, cluster, (recorded, change.Generation), cancellation);
            var own = (await ListAsync(name, cancellation))
                .LastOrDefault(file => file.Generation == change.Generation).Name;
            if (own is not null && await environment.Files.ReadAsync(own, cancellation) is { } file)
                provider.BeginWith(file.Content);
        }
    }

    /// <summary>After everything is as it shall be: old snapshots go.</summary>
    public async Task PruneAsync(CancellationToken cancellation)
    {
        foreach (var (name, _) in All)
        {
            foreach (var (old, _, _) in (await ListAsync(name, cancellation)).SkipLast(KeptMax))
                await environment.Files.DeleteAsync(old, cancellation);
        }
    }

    /// <summary>A rebuild has begun to take the cluster's machines away; what it shall keep is kept.</summary>
    private static bool IsGoing(ICarriesClusters provider, Cluster cluster, Recorded recorded) =>
        provider.BeginningOf(cluster) is { } beginning && recorded.Goals.ContainsKey(beginning.Text)
        && recorded.Goals.Any(goal => goal.Key.StartsWith(cluster.Name + "/", StringComparison.Ordinal)
            && (recorded.Resources.GetValueOrDefault(goal.Key) is not { Id: not null, IsPending: false } record
                || record.Generation >= goal.Value));

    private async Task<RebuildOutlook> OutlookAsync(
        ICarriesClusters provider, Cluster cluster, CancellationToken cancellation) =>
        await provider.OutlookAsync(
            cluster, (await ListAsync(cluster.Name, cancellation)).LastOrDefault().TakenAt, cancellation);

    private async Task KeepAsync(
        ICarriesClusters provider, Cluster cluster, (Recorded Recorded, int Generation) run,
        CancellationToken cancellation)
    {
        switch ((await OutlookAsync(provider, cluster, cancellation)).Memory)
        {
            case ClusterMemory.Taken:
                var snapshot = await new Retrying(environment.Time, environment.Random).RunAsync(
                    token => provider.StopAndKeepAsync(cluster, run.Recorded, token), static (_, _) => { },
                    cancellation);
                await WriteAsync(snapshot.Name, snapshot.Content, run.Generation, cancellation);
                environment.Observer.On(new RunEvent.Kept(cluster.Name, snapshot.Name, snapshot.Bytes));
                break;
            case ClusterMemory.Older:
                var newest = (await ListAsync(cluster.Name, cancellation))[^1];
                if (newest.Generation != run.Generation
                    && await environment.Files.ReadAsync(newest.Name, cancellation) is { } file)
                {
                    await WriteAsync(
                        $"{newest.Name.Split(Purpose)[0].Replace(Ending, "", StringComparison.Ordinal)}{Ending}",
                        file.Content, run.Generation, cancellation);
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

    /// <summary>A cluster's snapshots, the newest at the end; the generation is null for an upgrade's.</summary>
    private async Task<IReadOnlyList<(string Name, DateTimeOffset? TakenAt, int? Generation)>> ListAsync(
        string cluster, CancellationToken cancellation)
    {
        var start = $"{Folder}{cluster}-";
        var found = new List<(string Name, DateTimeOffset? TakenAt, int? Generation)>();
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
                found.Add((name, moment, parts.Length == 2
                    ? int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture)
                    : null));
            }
        }

        return [.. found.OrderBy(file => file.TakenAt)];
    }
}
