using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>A provider of a cluster in which things are made that hold data and that no destroy deletes.</summary>
public interface ILeavesThings
{
    /// <summary>What stays after a destroy, with how to be rid of it. Reads only.</summary>
    Task<ValueList<Diagnostic>> LeftBehindAsync(Cluster cluster, CancellationToken cancellation);
}
