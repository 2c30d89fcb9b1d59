using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Ownership;

/// <summary>Brings an applied configuration into a live object, and takes out what is no longer applied.</summary>
internal static class ValueMerge
{
    /// <summary>The live value with the configuration's fields set.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? config, Shape shape)
    {
        var isLeaf = shape.IsLeaf || (shape.Kind == ShapeKind.Anything && config is not JsonObject);
        if (live is null || config is null || isLeaf)
            return config?.DeepClone();
        if (live is JsonArray liveList && config is JsonArray configList)
            return MergeLists(liveList, configList, shape);
        if (live is not JsonObject liveMembers || config is not JsonObject configMembers)
            return config.DeepClone();
        var merged = liveMembers.Copy();
        foreach (var (name, value) in configMembers)
            merged[name] = Merge(liveMembers[name], value, shape.Member(name) ?? Shape.Anything);
        return merged;
    }

    /// <summary>The value without what the one set has and the other does not, not even a field below it.</summary>
    public static void Prune(JsonNode? value, Shape shape, FieldSet former, FieldSet kept)
    {
        foreach (var (element, child) in former.Children)
        {
            var still = kept.Find(element);
            if (element[0] == 'f' && value is JsonObject members)
            {
                var name = element[2..];
                if (still is null)
                    members.Remove(name);
                else
                    Prune(members[name], shape.Member(name) ?? Shape.Anything, child, still);
            }
            else if (element[0] != 'f' && value is JsonArray list)
            {
                var index = IndexOf(list, shape, element);
                if (index >= 0 && still is null && child.IsMember)
                    list.RemoveAt(index);
                else if (index >= 0)
                    Prune(list[index], shape.Item ?? Shape.Anything, child, still ?? new FieldSet());
            }
        }
    }

    // The applied order first, then what others have added, in its place relative to the end.
    private static JsonArray MergeLists(JsonArray live, JsonArray config, Shape shape)
    {
        var merged = new JsonArray();
        var applied = config.ToDictionary(item => PathElement.OfItem(shape, item), item => item);
        var done = new HashSet<string>();
        foreach (var item in live)
        {
            var element = PathElement.OfItem(shape, item);
            done.Add(element);
            merged.Add(applied.TryGetValue(element, out var given)
                ? Merge(item, given, shape.Item ?? Shape.Anything)
                : item?.DeepClone());
        }

        foreach (var (element, item) in applied)
        {
            if (!done.Contains(element))
                merged.Add(item?.DeepClone());
        }

        return merged;
    }

    private static int IndexOf(JsonArray list, Shape shape, string element)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (PathElement.OfItem(shape, list[i]) == element)
                return i;
        }

        return -1;
    }
}
