using Orrery.Model.Plans;
using Orrery.Model.Values;

namespace Orrery.Cli.Terminal.Plans;

/// <summary>
/// The few properties of a resource by which a person recognises it, for example <c>cx33, ubuntu-24.04, fsn1</c>.
/// </summary>
internal static class Highlights
{
    /// <summary>Kinds that are not named here show their first known fields.</summary>
    private static readonly Dictionary<string, Func<Value.Map, IEnumerable<Value>>> ByType = new(StringComparer.Ordinal)
    {
        ["hetzner/server"] = static map => [map["type"], map["image"], map["location"]],
        ["hetzner/volume"] = static map => [Gigabytes(map["size"]), map["location"]],
        ["hetzner/primary-ip"] = static map => [map["type"], map["location"]],
        ["hetzner/floating-ip"] = static map => [map["ip"], map["type"], map["homeLocation"]],
        ["hetzner/firewall"] = static map => [Rules(map["rules"])],
        ["hetzner/ssh-key"] = static map => [KeyKind(map["publicKey"])],
        ["machine/k3s"] = static map => [map["version"], Datastore(map["datastore"])],
    };

    private const int FieldsMax = 3;

    public static string Of(Change change) => Of(change, change.After ?? change.Before ?? Value.Map.Empty);

    private static string Of(Change change, Value.Map map)
    {
        // A link says nothing of itself; its machine does.
        if (change.Needs.Count == 2 && change.Needs.FirstOrDefault(IsServer) is { Text.Length: > 0 } server)
            return $"to {server.Name}";
        var values = ByType.TryGetValue(change.Address.Type, out var choose) ? choose(map) : FirstKnown(map);
        return string.Join(", ", values.Where(value => value is not Value.Null).Select(ValueText.Of));
    }

    private static bool IsServer(ResourceAddress address) => address.Type.EndsWith("/server", StringComparison.Ordinal);

    private static IEnumerable<Value> FirstKnown(Value.Map map) =>
        map.Fields.Values.Where(value => value is Value.Text or Value.Number).Take(FieldsMax);

    private static Value Gigabytes(Value size) => size is Value.Number ? $"{ValueText.Of(size)} GB" : size;

    private static Value Datastore(Value fate) =>
        fate is Value.Text ? $"datastore {ValueText.Of(fate)}" : Value.Null.Instance;

    private static Value Rules(Value rules) =>
        rules is Value.List { Items.Count: > 0 } ? $"allows {ValueText.Of(rules)}" : rules;

    private static Value KeyKind(Value key) => key is Value.Text text ? text.Of.Split(' ')[0] : key;
}
