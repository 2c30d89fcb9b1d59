namespace Orrery.Model.Values;

/// <summary>
/// One output of one resource, for example <c>prod/hetzner/server/cosmos-0#id</c>: the only way to make an edge.
/// </summary>
public readonly record struct OutputReference(ResourceAddress Resource, string Output)
{
    public override string ToString() => $"{Resource}#{Output}";
}
