using Orrery.Engine.Ports;

namespace Orrery.Bench.Graphs;

/// <summary>What is there, by type and id. It outlives the providers that each run composes.</summary>
internal sealed class NothingCloud
{
    private readonly Dictionary<string, Dictionary<string, Observed>> _things =
        NothingProvider.Types.ToDictionary(type => type, _ => new Dictionary<string, Observed>(StringComparer.Ordinal));

    public int Count => _things.Values.Sum(things => things.Count);

    public NothingProvider Provider(GraphShape shape, IWriterGuard guard) => new(
        shape, [.. NothingProvider.Types.Select(type => new NothingHandler(type, _things[type], guard))]);
}
