using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Bench.Graphs;

/// <summary>A cloud in this process that does nothing but remember: all time measured is the engine's.</summary>
internal sealed class NothingProvider(GraphShape shape, IReadOnlyList<NothingHandler> handlers) : IProvider
{
    public static IReadOnlyList<string> Types { get; } = ["nothing/store", "nothing/worker"];

    public string Name => "nothing";

    public IReadOnlyList<IResourceHandler> Handlers => handlers;

    public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) =>
        shape.Resources();

    public Task<ValueList<Diagnostic>> CheckAsync(
        Platform platform, Cluster cluster, CancellationToken cancellation) =>
        Task.FromResult(ValueList<Diagnostic>.Empty);
}
