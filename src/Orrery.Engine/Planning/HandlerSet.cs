using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.Planning;

/// <summary>
/// Finds the handler of a resource: by its cluster, since each may have an account of its own, and its type.
/// </summary>
internal sealed class HandlerSet
{
    private readonly Dictionary<(string Cluster, string Type), IResourceHandler> _handlers = [];
    private readonly Dictionary<string, ResourceKind> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IUsesOutputs> _learners = new(StringComparer.Ordinal);

    public HandlerSet(IReadOnlyDictionary<string, IProvider> providers)
    {
        foreach (var (cluster, provider) in providers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (provider is IUsesOutputs learner)
                _learners.Add(cluster, learner);
            foreach (var handler in provider.Handlers)
            {
                _handlers.Add((cluster, handler.Kind.Type), handler);
                _kinds.TryAdd(handler.Kind.Type, handler.Kind);
                All.Add((cluster, handler));
            }
        }
    }

    /// <summary>Every handler with its cluster, in order of the clusters.</summary>
    public List<(string Cluster, IResourceHandler Handler)> All { get; } = [];

    public IResourceHandler For(ResourceAddress address)
    {
        Invariant.Check(
            _handlers.TryGetValue((address.Cluster, address.Type), out var handler), $"nobody handles {address}");
        return handler;
    }

    /// <summary>The handler of another kind in the same account.</summary>
    public IResourceHandler For(ResourceAddress address, string type)
    {
        Invariant.Check(_handlers.TryGetValue((address.Cluster, type), out var handler), $"nobody handles {type}");
        return handler;
    }

    /// <summary>Tells the provider of its cluster what a resource gives.</summary>
    public void Learn(ResourceAddress address, Value.Map outputs)
    {
        if (_learners.TryGetValue(address.Cluster, out var learner))
            learner.Learn(address, outputs);
    }

    public ResourceKind KindOf(string type)
    {
        Invariant.Check(_kinds.TryGetValue(type, out var kind), $"nobody handles {type}");
        return kind;
    }
}
