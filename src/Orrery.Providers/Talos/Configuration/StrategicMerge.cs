using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// Merges documents of people into a machine's as Talos does: those of one kind and name together, scalars replaced,
/// maps by key, lists appended, or by what tells their items apart. <c>$patch: delete</c> takes away what it stands in.
/// </summary>
/// <remarks>
/// https://docs.siderolabs.com/talos/v1.13/configure-your-talos-cluster/system-configuration/patching; the rules of
/// single fields are those of pkg/machinery/config/types in Talos' source.
/// </remarks>
public static class StrategicMerge
{
    /// <summary>A list that the patch's stands in for.</summary>
    private static readonly HashSet<string> Replaced = new(StringComparer.Ordinal)
    {
        "cluster.network.podSubnets", "cluster.network.serviceSubnets", "cluster.apiServer.auditPolicy", "ingress",
        "portSelector.ports",
    };

    /// <summary>The fields that tell a list's items apart; the first that an item has counts.</summary>
    private static readonly Dictionary<string, string[]> Keys = new(StringComparer.Ordinal)
    {
        ["machine.network.interfaces"] = ["interface", "deviceSelector"],
        ["machine.network.interfaces.vlans"] = ["vlanId"],
        ["cluster.apiServer.admissionControl"] = ["name"],
        ["configFiles"] = ["mountPath"],
    };

    /// <param name="documents">What there is.</param>
    /// <param name="patch">Of one file; a document that is not there yet is added.</param>
    public static ValueList<Value> Apply(ValueList<Value> documents, IReadOnlyList<Value> patch)
    {
        var merged = documents.ToList();
        foreach (var change in patch.OfType<Value.Map>())
        {
            var at = merged.FindIndex(document => IdOf((Value.Map)document) == IdOf(change));
            // What shall go, goes first: the same patch may bring another in its place.
            var rest = PatchDeletion.Without(change);
            if (at >= 0 && PatchDeletion.Apply((Value.Map)merged[at], change) is { } kept)
                merged[at] = rest is null ? kept : Merge(kept, rest, "");
            else if (at >= 0)
                merged.RemoveAt(at);
            else if (rest is not null && !PatchDeletion.IsOnlyThat(change))
                merged.Add(rest);
        }

        return merged.ToValueList();
    }

    internal static (string? ApiVersion, string? Kind, string? Name) IdOf(Value.Map document) =>
        (document["apiVersion"].AsText(), document["kind"].AsText(), document["name"].AsText());

    private static Value Merge(Value left, Value right, string path) => (left, right) switch
    {
        (_, Value.Null) => left,
        _ when Replaced.Contains(path) => right,
        // An empty text is as if it were not there.
        (_, Value.Text { Of: "" }) => left,
        (Value.Map one, Value.Map other) => new Value.Map(Fields(one.Fields, other.Fields, path)),
        (Value.List one, Value.List other) when Keys.TryGetValue(path, out var keys) =>
            new Value.List(Items(one.Items, other.Items, keys, path)),
        (Value.List one, Value.List other) => new Value.List([.. one.Items, .. other.Items]),
        (Value.Text one, Value.Text other) when path == "cluster.controlPlane.endpoint" => Endpoint(one.Of, other.Of),
        _ => right,
    };

    private static ValueMap<Value> Fields(ValueMap<Value> left, ValueMap<Value> right, string path)
    {
        foreach (var (key, value) in right)
        {
            left = left.With(
                key, left.TryGetValue(key, out var there) ? Merge(there, value, Below(path, key)) : value);
        }

        return left;
    }

    private static ValueList<Value> Items(
        ValueList<Value> left, ValueList<Value> right, string[] keys, string path)
    {
        var merged = left.ToList();
        foreach (var item in right)
        {
            var at = item is Value.Map wanted && Array.Find(keys, wanted.Fields.ContainsKey) is { } key
                ? merged.FindIndex(each => each is Value.Map there && there[key] == wanted[key])
                : -1;
            if (at >= 0)
                merged[at] = Merge(merged[at], item, path);
            else
                merged.Add(item);
        }

        return merged.ToValueList();
    }

    /// <summary>Talos merges a URL part by part: a path stays where the patch names none.</summary>
    private static string Endpoint(string left, string right) =>
        Uri.TryCreate(left, UriKind.Absolute, out var one) && Uri.TryCreate(right, UriKind.Absolute, out var other)
        && right.EndsWith(other.Authority, StringComparison.Ordinal) && left.EndsWith('/') && one.AbsolutePath == "/"
            ? $"{right}/"
            : right;

    internal static string Below(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
