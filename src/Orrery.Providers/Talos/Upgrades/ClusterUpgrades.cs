using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;
using Orrery.Providers.Talos.Configuration;
using Orrery.Providers.Talos.Kinds;

namespace Orrery.Providers.Talos.Upgrades;

/// <summary>Upgrades of one cluster of Talos: what runs, the way from there, and what is kept beforehand.</summary>
/// <param name="factory">Knows which releases there are.</param>
/// <param name="etcd">Its data.</param>
internal sealed class ClusterUpgrades(
    TalosNodes nodes, TalosFleet fleet, FactoryClient factory, EtcdSnapshots etcd) : IUpgradesClusters
{
    public Cluster AsRunning(Cluster cluster, Recorded recorded) => RunningVersions.In(cluster, recorded);

    public ValueList<Diagnostic> Pending(Cluster running) =>
        running.Distribution is Distribution.Talos declared
        && running.Versions.FirstOrDefault(node =>
            node.Value != NodeVersions.Of(declared.Version, declared.Kubernetes)) is { Key: { } name } node
            ? [TalosDiagnostics.Pending(running.Name, name, node.Value, declared)]
            : [];

    public async Task<UpgradeRoute?> RouteAsync(Cluster running, Recorded recorded, CancellationToken cancellation)
    {
        if (running.Distribution is not Distribution.Talos)
            return null;
        var route = await HopsAsync(running, cancellation);
        if (route.Stages.Count == 0)
            return route;
        var problems = new List<Diagnostic>();
        foreach (var place in fleet.Machines)
        {
            if (await ProblemAsync(running, recorded, place, cancellation) is { } problem)
                problems.Add(problem);
        }

        return problems.Count == 0 ? route : new UpgradeRoute([], problems.ToValueList());
    }

    public async Task<ValueList<Diagnostic>> LeavingAsync(
        Cluster running, Recorded recorded, CancellationToken cancellation)
    {
        var planes = recorded.Resources.Values.Where(record => record.Id is not null
            && record.Address.Cluster == running.Name && record.Address.Type == MachineHandler.Definition.Type
            && record.Inputs.Fields.ContainsKey(NodeUpgrade.ApiServer)).ToList();
        var leaving = planes.Where(plane => fleet.Find(plane.Address.Name) is null).ToList();
        if (leaving.Count == 0)
            return [];
        var names = string.Join(", ", leaving.Select(plane => plane.Address.Name));
        var left = fleet.ControlPlanes.Count;
        if (left % 2 == 0)
        {
            return [TalosDiagnostics.CannotLeave(
                running.Name, names, $"{left} control planes would be left, and of these none could be lost")];
        }

        var problems = await fleet.EtcdProblemsAsync(
            leaving[0].Outputs, null, OperationContext.Silent(leaving[0].Address), cancellation);
        return problems.Count == 0
            ? []
            : [TalosDiagnostics.CannotLeave(running.Name, names, string.Join("; ", problems))];
    }

    public Task<ClusterSnapshot> SnapshotAsync(
        Cluster running, Recorded recorded, CancellationToken cancellation) =>
        etcd.TakeAsync(running, recorded, cancellation);

    private async Task<UpgradeRoute> HopsAsync(Cluster running, CancellationToken cancellation) =>
        new UpgradeHops(running, await factory.VersionsAsync(cancellation)).Find();

    /// <summary>Why this machine cannot take part; null where it can.</summary>
    private async Task<Diagnostic?> ProblemAsync(
        Cluster running, Recorded recorded, TalosPlace place, CancellationToken cancellation)
    {
        if (TalosFleet.RecordOf(running, recorded, place) is not { } record)
            return TalosDiagnostics.Absent(running.Name, place.Node, "it was never made");
        var client = nodes.Configured(record.Outputs, OperationContext.Silent(record.Address));
        try
        {
            var found = await client.VersionAsync(cancellation);
            var known = running.Versions[place.Node].Talos;
            var target = ((Distribution.Talos)running.Distribution).Version;

            // A run that died may have got further than it could write down.
            var isBetween = RunningVersions.Compare(found.Tag, known) >= 0
                && RunningVersions.Compare(found.Tag, target) <= 0;
            return isBetween ? null : TalosDiagnostics.Other(running.Name, place.Node, known, found.Tag);
        }
        catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
        {
            return TalosDiagnostics.Absent(running.Name, place.Node, refusal.Message);
        }
    }
}
