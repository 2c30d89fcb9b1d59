using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>
/// A provider whose clusters run versions that nothing but an upgrade changes, and whose nodes leave in order.
/// </summary>
public interface IUpgradesClusters
{
    /// <summary>The cluster with what its nodes run by the state, whatever is declared. Pure.</summary>
    Cluster AsRunning(Cluster cluster, Recorded recorded);

    /// <summary>What is declared and waits for an upgrade, as warnings. Pure.</summary>
    /// <param name="running">From <see cref="AsRunning"/>.</param>
    ValueList<Diagnostic> Pending(Cluster running);

    /// <summary>
    /// The way from what runs to what is declared: stage after stage, each of which every other part of the cluster
    /// bears; null where clusters of this kind are not upgraded yet. Asks the machines what they really run. Changes
    /// nothing.
    /// </summary>
    /// <param name="running">From <see cref="AsRunning"/>.</param>
    Task<UpgradeRoute?> RouteAsync(Cluster running, Recorded recorded, CancellationToken cancellation);

    /// <summary>
    /// Why nodes that are recorded and no longer declared cannot leave the cluster. Reads only; asks nobody where none
    /// leaves.
    /// </summary>
    Task<ValueList<Diagnostic>> LeavingAsync(Cluster running, Recorded recorded, CancellationToken cancellation);

    /// <summary>What must be kept before anything is changed: encrypted to the platform's recovery.</summary>
    Task<ClusterSnapshot> SnapshotAsync(Cluster running, Recorded recorded, CancellationToken cancellation);
}

/// <summary>The way of a cluster to its declared versions.</summary>
/// <param name="Stages">In their order; none where everything is as declared.</param>
/// <param name="Problems">Why there is no way; an error among them means that there are no stages.</param>
public sealed record UpgradeRoute(ValueList<UpgradeStage> Stages, ValueList<Diagnostic> Problems);

/// <summary>One step of a cluster on its way.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Title">For people, for example <c>Talos v1.11.6 to v1.12.3</c>.</param>
/// <param name="Nodes">Those that change, one after the other.</param>
public sealed record UpgradeStage(string Cluster, string Title, ValueList<string> Nodes)
{
    /// <summary>What each node runs at its end.</summary>
    public required ValueMap<NodeVersions> Versions { get; init; }

    /// <summary>All nodes in the order of their turns.</summary>
    public required ValueList<string> Order { get; init; }
}
