using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>A component of the catalog that a cluster asks for, with what it says about it.</summary>
public sealed record Component
{
    public required string Name { get; init; }

    /// <summary>
    /// The component's own options by the names of the declaration, defaults filled in; an option without value and
    /// default is absent. For example <c>path: /data/k3s-storage</c> of the local-path-provisioner.
    /// </summary>
    public Value.Map Options { get; init; } = Value.Map.Empty;

    /// <summary>
    /// The secrets among the options, by the name of the option: <c>token</c>, or <c>alerts.pushover.token</c>.
    /// </summary>
    public ValueMap<SecretReference> Secrets { get; init; } = ValueMap<SecretReference>.Empty;

    /// <summary>Another version than the catalog's.</summary>
    public string? Version { get; init; }

    /// <summary>Another namespace than the catalog's.</summary>
    public string? Namespace { get; init; }

    /// <summary>Values of the chart, laid over the catalog's.</summary>
    public Value.Map Values { get; init; } = Value.Map.Empty;
}
