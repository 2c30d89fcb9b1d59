using Orrery.Model.Values;

namespace Orrery.Model.Resources;

/// <summary>
/// One thing that must exist: inert data. Edges are the outputs of other resources that its desired value uses; nobody
/// declares an edge twice.
/// </summary>
public sealed record Resource
{
    public required ResourceAddress Address { get; init; }

    /// <summary>The kind, for example <c>hetzner/server</c>.</summary>
    public string Type => Address.Type;

    public required Value.Map Desired
    {
        get;
        init
        {
            field = value;
            Needs = NeedsOf(value);
        }
    }

    public Lifecycle Lifecycle { get; init; } = Lifecycle.Default;

    /// <summary>The resources this one needs, each once, in order of address.</summary>
    public ValueList<ResourceAddress> Needs { get; private init; } = [];

    private static ValueList<ResourceAddress> NeedsOf(Value.Map desired) =>
        desired.References() is { Count: > 0 } references
            ? references.Select(reference => reference.Resource).Distinct().Order().ToValueList()
            : [];
}
