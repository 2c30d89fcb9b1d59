using Orrery.Model.Values;

namespace Orrery.Engine.Planning;

/// <summary>
/// What a thing is called in the cloud, for example <c>cosmos-prod-cosmos-0-g1</c>: deterministic, so that a request
/// that lands twice meets itself, and a valid host name of at most 63 characters.
/// </summary>
internal static class CloudName
{
    private const int LengthMax = 63;
    private const int HashLength = 8;

    public static string Of(string platform, ResourceAddress address, int generation)
    {
        var name = $"{platform}-{address.Cluster}-{address.Name}"
            .ToLowerInvariant().Replace('.', '-').Replace('_', '-');
        var tail = $"-g{generation}";
        if (name.Length + tail.Length <= LengthMax)
            return name + tail;
        var kept = name[..(LengthMax - tail.Length - HashLength - 1)];
        return $"{kept}-{address.Hash[..HashLength]}{tail}";
    }
}
