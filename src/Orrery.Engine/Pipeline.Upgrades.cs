using Orrery.Engine.Applying;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Engine;

/// <summary>What an <see cref="UpgradeRun"/> asks before and between its stages.</summary>
public sealed partial class Pipeline
{
    /// <summary>All that is left to do, and why it cannot be done now. Changes nothing.</summary>
    /// <param name="cluster">Only this one; null for all.</param>
    internal async Task<UpgradePreview> UpgradesAsync(string? cluster, CancellationToken cancellation)
    {
        var state = await LoadAsync(cancellation);
        await using var scene = await SceneAsync(NoWriter.Instance, state, Asked(RunVerb.Up), cancellation);
        var (stages, problems, isAny) = (new List<UpgradeStage>(), new List<Diagnostic>(), false);
        foreach (var (name, provider) in scene.Providers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if ((cluster ?? name) != name)
                continue;
            var route = provider is IUpgradesClusters upgrades
                ? await upgrades.RouteAsync(scene.Platform.Clusters[name], state.Recorded, cancellation)
                : null;
            isAny |= route is not null;
            stages.AddRange(route?.Stages ?? []);
            problems.AddRange(route?.Problems ?? []);
        }

        if (!isAny)
        {
            problems.Add(RunDiagnostics.NoUpgrade.At(
                null, $"Nothing of '{cluster ?? platform.Name}' runs Talos.",
                ["make its machines anew with the declared version:", "  orrery rebuild DIR"]));
        }

        if (stages.Count > 0 && problems.Count == 0
            && await UnsettledAsync(scene, state, cancellation) is { } unsettled)
        {
            problems.Add(unsettled);
        }

        return new UpgradePreview(problems.Count == 0 ? stages.ToValueList() : [], problems.ToValueList());
    }

    /// <summary>Why nodes that are no longer declared cannot leave.</summary>
    private static async Task<ValueList<Diagnostic>> LeavingAsync(
        RunScene scene, Recorded recorded, CancellationToken cancellation)
    {
        var problems = new List<Diagnostic>();
        foreach (var (name, provider) in scene.Providers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (provider is IUpgradesClusters upgrades)
                problems.AddRange(await upgrades.LeavingAsync(scene.Platform.Clusters[name], recorded, cancellation));
        }

        return problems.ToValueList();
    }

    /// <summary>What an <c>up</c> would do with machines, with the versions that they run.</summary>
    private async Task<Diagnostic?> UnsettledAsync(RunScene scene, StateStore state, CancellationToken cancellation)
    {
        var planned = await PlanAsync(scene, state, RunVerb.Up, null, cancellation);
        var machines = planned.Plan.Changes.Where(change => change.Action != ChangeAction.None
            && scene.Handlers.KindOf(change.Address.Type).Ephemeral).Select(change => change.Address.Text).ToList();
        return machines.Count == 0
            ? null
            : RunDiagnostics.NotSettled.At(
                null, $"To be changed first: {string.Join(", ", machines)}.", ["do it first:", "  orrery up DIR"]);
    }

    private async Task KeepAsync(
        RunScene scene, string cluster, Recorded recorded, CancellationToken cancellation)
    {
        if (scene.Providers[cluster] is not IUpgradesClusters upgrades)
            return;
        var snapshot = await new Retrying(environment.Time, environment.Random).RunAsync(
            token => upgrades.SnapshotAsync(scene.Platform.Clusters[cluster], recorded, token),
            static (_, _) => { }, cancellation);
        // One of this very second is as good.
        await environment.Files.TrySwapAsync(snapshot.Name, null, snapshot.Content, cancellation);
        environment.Observer.On(new RunEvent.Kept(cluster, snapshot.Name, snapshot.Bytes));
    }
}
