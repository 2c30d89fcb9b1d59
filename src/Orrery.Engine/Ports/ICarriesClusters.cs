using Orrery.Model.Diagnostics;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>
/// A provider whose clusters know something that machines do not, and can take it along when all of their machines are
/// made anew.
/// </summary>
public interface ICarriesClusters
{
    /// <summary>What makes the new cluster begin, with what was kept; null where nothing can be. Pure.</summary>
    ResourceAddress? BeginningOf(Cluster cluster);

    /// <summary>
    /// What would be lost if all machines were replaced now; an error stops the rebuild. Reads only.
    /// </summary>
    /// <param name="kept">When the newest snapshot of this cluster was taken; null where there is none.</param>
    Task<RebuildOutlook> OutlookAsync(Cluster cluster, DateTimeOffset? kept, CancellationToken cancellation);

    /// <summary>
    /// Writes beside the declaration what the cluster has now and the next one shall have too, whatever else is taken
    /// along: certificates that it ordered. Nothing where the cluster does not answer.
    /// </summary>
    Task KeepAsideAsync(Cluster cluster, CancellationToken cancellation);

    /// <summary>
    /// Lets go of what must be whole, and then takes a snapshot that has passed its own checks. Where that fails,
    /// everything goes on as before.
    /// </summary>
    Task<ClusterSnapshot> StopAndKeepAsync(Cluster cluster, Recorded recorded, CancellationToken cancellation);

    /// <summary>
    /// The cluster that is made in this run begins with this. Throws <see cref="ProviderErrorCode.Invalid"/> where it
    /// cannot be opened or is damaged.
    /// </summary>
    /// <param name="content">Of a <see cref="ClusterSnapshot"/>.</param>
    void BeginWith(ReadOnlyMemory<byte> content);
}

/// <summary>What a rebuild of a cluster would mean.</summary>
/// <param name="Found">For people; an error among them stops it.</param>
/// <param name="Memory">What of the cluster the next one begins with.</param>
public sealed record RebuildOutlook(ValueList<Diagnostic> Found, ClusterMemory Memory)
{
    public static RebuildOutlook Nothing { get; } = new([], ClusterMemory.None);

    /// <summary>The cluster was there to be asked.</summary>
    public bool IsAnswered { get; init; } = true;
}

/// <summary>What a rebuilt cluster begins with.</summary>
public enum ClusterMemory
{
    /// <summary>With nothing: all of it is delivered again.</summary>
    None,

    /// <summary>With what the old one holds when the rebuild begins.</summary>
    Taken,

    /// <summary>With the newest snapshot that there is; the old cluster does not answer.</summary>
    Older,
}

/// <summary>A cluster's data at one moment.</summary>
/// <param name="Name">For example <c>etcd/prod-20261102T080000Z.snapshot.age</c>.</param>
/// <param name="Content">Encrypted.</param>
/// <param name="Bytes">How long the data themselves are.</param>
public sealed record ClusterSnapshot(string Name, ReadOnlyMemory<byte> Content, long Bytes);
