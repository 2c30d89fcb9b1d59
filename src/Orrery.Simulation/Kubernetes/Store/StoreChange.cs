using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;

namespace Orrery.Simulation.Kubernetes.Store;

/// <summary>What happened to an object.</summary>
public enum ChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change of one object. The objects are the store's own: whoever is told must not change them.</summary>
/// <param name="Before">The object before; null when it was added.</param>
public sealed record StoreChange(
    ChangeType Type, ResourceKind Kind, JsonObject Object, JsonObject? Before, long ResourceVersion);
