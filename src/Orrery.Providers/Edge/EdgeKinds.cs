using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Providers.Machines;

namespace Orrery.Providers.Edge;

/// <summary>All kinds of things at the edge of a cluster.</summary>
internal static class EdgeKinds
{
    /// <param name="shell">The way to people's machines.</param>
    /// <param name="time">The clock.</param>
    /// <param name="platform">Whose cluster it is.</param>
    /// <param name="cluster">The one behind the edge; without one, only what was made before is known.</param>
    public static IEnumerable<IResourceHandler> Handlers(
        IMachineShell shell, TimeProvider time, Platform platform, Cluster cluster) =>
    [
        .. new[] { EdgeProgram.Nginx, EdgeProgram.Nsd }.Select(program => new EdgeFileHandler(
            program, shell, time, EdgeGraph.AddressOf(cluster, program.Type),
            cluster.Edge is { } edge ? new EdgePlace(edge.Ssh, EdgeGraph.NameOf(platform, cluster)) : null)),
        new TailnetNodeHandler(shell, time, EdgeGraph.AddressOf(cluster, TailnetNodeHandler.Definition.Type)),
    ];
}
