using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Patches;

/// <summary>
/// Strategic merge patch: lists of named items are merged by name, with directives to delete, replace and order:
/// https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";
    private const string Order = "$setElementOrder/";
    private const string RetainKeys = "$retainKeys";

    public static JsonNode? Apply(JsonObject target, JsonNode? patch, Shape shape) => patch is JsonObject changes
        ? Merge(target, changes, shape)
        : throw ApiFailure.BadRequest("the patch is not an object");

    private static JsonObject? Merge(JsonObject target, JsonObject patch, Shape shape)
    {
        switch (patch[Directive].Text())
        {
            case "delete":
                return null;
            case "replace":
                var whole = patch.Copy();
                whole.Remove(Directive);
                return whole;
            default:
                break;
        }

        if (patch[RetainKeys] is JsonArray retained)
        {
            var kept = retained.Select(each => each.Text()).ToHashSet();
            foreach (var (name, _) in target.ToList().Where(pair => !kept.Contains(pair.Key)))
                target.Remove(name);
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteFromList, StringComparison.Ordinal))
                DeleteValues(target, name[DeleteFromList.Length..], value);
            else if (!name.StartsWith('$'))
                MergeMember(target, name, value, shape.Member(name) ?? Shape.Anything);
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(Order, StringComparison.Ordinal))
            {
                var list = name[Order.Length..];
                Sort(target[list] as JsonArray, value as JsonArray ?? [], shape.Member(list)?.MergeKey);
            }
        }

        return target;
    }

    private static void MergeMember(JsonObject target, string name, JsonNode? value, Shape shape)
    {
        var live = target[name];
        if (value is null)
        {
            target.Remove(name);
        }
        else if (value is JsonObject changes)
        {
            target.Remove(name);
            if (Merge(live as JsonObject ?? [], changes, shape) is { } merged)
                target[name] = merged;
        }
        else if (value is JsonArray list && shape is { Kind: ShapeKind.List, MergeKey: { } key })
        {
            target.Remove(name);
            target[name] = key.Length == 0
                ? Union(live as JsonArray ?? [], list)
                : MergeLists(live as JsonArray ?? [], list, key, shape.Item ?? Shape.Anything);
        }
        else
        {
            target[name] = value.DeepClone();
        }
    }

    private static JsonArray MergeLists(JsonArray live, JsonArray patch, string key, Shape item)
    {
        if (patch.Any(each => each.TextAt(Directive) == "replace"))
        {
            return new JsonArray(
                [.. patch.Where(each => each.At(Directive) is null).Select(each => each?.DeepClone())]);
        }

        var result = new JsonArray([.. live.Select(each => each?.DeepClone())]);
        foreach (var change in patch.OfType<JsonObject>())
        {
            var name = change[key] ?? throw ApiFailure.BadRequest(
                $"map: {JsonText.Of(change)} does not contain declared merge key: {key}");
            var index = result.ToList().FindIndex(each => JsonNode.DeepEquals(each.At(key), name));
            var merged = Merge(index < 0 ? [] : ((JsonObject)result[index]!).Copy(), change, item);
            if (index < 0 && merged is not null)
                result.Add((JsonNode)merged);
            else if (index >= 0 && merged is null)
                result.RemoveAt(index);
            else if (index >= 0)
                result[index] = merged;
        }

        return result;
    }

    private static JsonArray Union(JsonArray live, JsonArray patch)
    {
        var result = (JsonArray)live.DeepClone();
        foreach (var value in patch.Where(value => !live.Any(each => JsonNode.DeepEquals(each, value))))
            result.Add(value?.DeepClone());
        return result;
    }

    private static void DeleteValues(JsonObject target, string name, JsonNode? values)
    {
        if (target[name] is not JsonArray list || values is not JsonArray gone)
            return;
        var left = list.Where(each => !gone.Any(value => JsonNode.DeepEquals(each, value)))
            .Select(each => each?.DeepClone());
        target[name] = new JsonArray([.. left]);
    }

    private static void Sort(JsonArray? list, JsonArray order, string? key)
    {
        if (list is null || key is null)
            return;
        int Place(JsonNode? item)
        {
            var identity = key.Length == 0 ? item : item.At(key);
            var place = order.ToList().FindIndex(each =>
                JsonNode.DeepEquals(key.Length == 0 ? each : each.At(key), identity));
            return place < 0 ? int.MaxValue : place;
        }

        var sorted = list.OrderBy(Place).Select(each => each?.DeepClone()).ToList();
        list.Clear();
        foreach (var item in sorted)
            list.Add(item);
    }
}
