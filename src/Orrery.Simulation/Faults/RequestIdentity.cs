using System.Globalization;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Faults;

/// <summary>What makes two requests the same one tried again: method, path, query and body.</summary>
public readonly record struct RequestIdentity(ulong Value)
{
    public static RequestIdentity Of(WorldRequest request) =>
        new(StableHash.Of(0).And(request.Method).And(request.Path).And(request.Query).And(request.Body.Span).Value);

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
