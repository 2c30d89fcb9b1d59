using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Ownership;

/// <summary>
/// Keeps who set which field, and merges applied configurations, as server-side apply is specified:
/// https://kubernetes.io/docs/reference/using-api/server-side-apply/.
/// </summary>
internal sealed class FieldOwnership(Shape shape, string now)
{
    // Fields of metadata that the server sets itself belong to nobody.
    private static readonly string[] Unowned =
    [
        "creationTimestamp", "generation", "managedFields", "name", "namespace", "resourceVersion", "selfLink", "uid",
    ];

    /// <summary>An update: whatever it changes belongs to the updater. Changes the object's managedFields.</summary>
    public void Update(JsonObject live, JsonObject updated, FieldOwner owner)
    {
        var given = ManagedFields.Of(updated);
        // An empty entry on purpose takes all ownership away; nothing at all means: leave it as it is.
        var isReset = updated.At("metadata", "managedFields") is JsonArray { Count: 1 } list && list[0].IsEmpty();
        var managed = given.Owners.Count > 0 || isReset ? given : ManagedFields.Of(live);
        var difference = Difference(live, updated, owner);
        foreach (var (other, (set, time)) in managed.Owners.ToList())
        {
            var left = FieldSet.Difference(set, difference.Removed);
            if (other != owner)
                left = FieldSet.Difference(left, difference.Set);
            managed.Owners[other] = (left, time);
        }

        var before = managed.Owners.GetValueOrDefault(owner);
        var owned = FieldSet.Union(before.Set ?? new FieldSet(), difference.Set);
        var isSame = before.Set is not null && before.Set.Same(owned) && difference.Set.IsEmpty;
        managed.Owners[owner] = (owned, isSame ? before.Time : owner.Subresource == "scale" ? null : now);
        managed.WriteTo(updated);
    }

    /// <summary>
    /// An applied configuration: the merged object, the very live one where nothing changes; a conflict is refused.
    /// </summary>
    public JsonObject Apply(JsonObject live, JsonObject config, FieldOwner owner, bool force)
    {
        var managed = ManagedFields.Of(live);
        AdoptUnmanaged(live, managed, owner);
        var former = managed.Owners.GetValueOrDefault(owner).Set ?? new FieldSet();
        var applied = Owned(ValueDifference.Leaves(config, shape), owner);
        var merged = ValueMerge.Merge(live, config, shape) as JsonObject ?? [];
        // With its name and kind, which nobody owns: they must not be pruned either.
        var kept = ValueDifference.Leaves(config, shape);
        foreach (var (other, (set, _)) in managed.Owners)
        {
            if (other != owner)
                kept = FieldSet.Union(kept, set);
        }

        ValueMerge.Prune(merged, shape, former, kept);
        var difference = Difference(live, merged, owner);
        var changed = difference.Set;
        var allowed = LastApplied.Allowed(live, owner, shape);
        var conflicts = managed.Owners
            .Where(pair => pair.Key != owner)
            .Select(pair => (
                Owner: pair.Key,
                pair.Value.Time,
                Set: FieldSet.Difference(FieldSet.Intersection(pair.Value.Set, changed), allowed)))
            .Where(conflict => !conflict.Set.IsEmpty)
            .OrderBy(conflict => conflict.Owner.Manager, StringComparer.Ordinal)
            .ToList();
        if (conflicts.Count > 0 && !force)
        {
            throw Conflict([.. conflicts.SelectMany(conflict =>
                conflict.Set.Paths().Select(path => (conflict.Owner.Describe(conflict.Time), path)))]);
        }

        foreach (var (other, (set, time)) in managed.Owners.ToList())
            managed.Owners[other] = (FieldSet.Difference(FieldSet.Difference(set, changed), difference.Removed), time);
        // Who only joins the owners of what is there already gets no time.
        var appliedAt = difference.IsNone ? ManagedFields.Of(live).Owners.GetValueOrDefault(owner).Time : now;
        managed.Owners[owner] = (applied, appliedAt);
        managed.WriteTo(merged);
        LastApplied.Follow(merged, config, owner);
        return merged;
    }

    private ValueDifference Difference(JsonObject before, JsonObject after, FieldOwner owner)
    {
        var difference = ValueDifference.Between(before, after, shape);
        return new ValueDifference(Owned(difference.Set, owner), Owned(difference.Removed, owner));
    }

    /// <summary>Without what nobody owns, and without what this way of writing does not change.</summary>
    private FieldSet Owned(FieldSet set, FieldOwner owner)
    {
        set.Remove("f:apiVersion");
        set.Remove("f:kind");
        if (set.Find("f:metadata") is { } metadata)
        {
            metadata.IsMember = false;
            foreach (var name in Unowned)
                metadata.Remove(PathElement.OfField(name));
            if (metadata.IsEmpty)
                set.Remove("f:metadata");
        }

        if (shape.Name == "CertificateSigningRequest")
        {
            // Nothing of a request can be changed afterwards, so nothing of it is owned.
            set.Remove("f:spec");
            set.Remove("f:status");
        }

        if (owner.Subresource == "status")
        {
            foreach (var (element, _) in set.Children.Where(pair => pair.Key != "f:status").ToList())
                set.Remove(element);
        }
        else if (owner.Subresource.Length == 0 && HasStatus && shape.Name != "CustomResourceDefinition")
        {
            set.Remove("f:status");
        }

        return set;
    }

    private bool HasStatus =>
        shape.Fields.TryGetValue("status", out var status) && status.Shape.Kind != ShapeKind.Anything;

    // What was there before anybody's fields were recorded belongs to a manager of that name.
    private void AdoptUnmanaged(JsonObject live, ManagedFields managed, FieldOwner owner)
    {
        if (managed.Owners.Count > 0 || live.At("metadata", "uid") is null)
            return;
        var all = Owned(ValueDifference.Between(new JsonObject(), live, shape).Set, owner);
        managed.Owners[new FieldOwner("before-first-apply", "Update", owner.ApiVersion, "")] = (all, now);
    }

    private static ApiFailure Conflict(List<(string Manager, string Path)> conflicts)
    {
        var lines = conflicts.GroupBy(conflict => conflict.Manager).SelectMany(
            group => group.Select(conflict => $"- {conflict.Path}").Prepend($"conflicts with {group.Key}:"));
        var message = conflicts is [var only]
            ? $"Apply failed with 1 conflict: conflict with {only.Manager}: {only.Path}"
            : $"Apply failed with {conflicts.Count} conflicts: {string.Join('\n', lines)}";
        return new ApiFailure(409, "Conflict", message)
        {
            Details = new JsonObject
            {
                ["causes"] = new JsonArray([.. conflicts.Select(conflict => new JsonObject
                {
                    ["reason"] = "FieldManagerConflict",
                    ["message"] = $"conflict with {conflict.Manager}",
                    ["field"] = conflict.Path,
                })]),
            },
        };
    }
}
