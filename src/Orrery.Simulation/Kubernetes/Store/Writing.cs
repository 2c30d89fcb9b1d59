using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Admission;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Ownership;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Store;

/// <summary>
/// Creating, updating and applying: what a request passes before it is stored, in the server's order. What is given is
/// what is stored, and must not be changed.
/// </summary>
internal sealed class Writing(ClusterStore store)
{
    public JsonObject Create(ResourceKind kind, JsonObject item, WriteOptions options)
    {
        var shape = store.Shapes.For(kind);
        Decode(kind, item, shape, options);
        NameNew(item);
        Namespaces.CheckCreate(store, kind, item);
        Default(kind, item, shape);
        Own(kind, item, shape, options);
        return Insert(kind, item, options);
    }

    public JsonObject Update(ResourceKind kind, JsonObject item, WriteOptions options)
    {
        var shape = store.Shapes.For(kind);
        Decode(kind, item, shape, options);
        var live = Find(kind, item) ?? throw ApiFailure.NotFound(kind, NameOf(item));
        return Replace(kind, live, item, options);
    }

    /// <summary>The stored object, and whether it was made.</summary>
    public (JsonObject Item, bool IsNew) Apply(ResourceKind kind, JsonObject config, WriteOptions options)
    {
        var shape = store.Shapes.For(kind);
        CheckApplied(kind, config);
        var live = Find(kind, config);
        var owner = new FieldOwner(options.Manager, "Apply", kind.ApiVersion, options.Subresource);
        if (live is null && options.Subresource.Length > 0)
            throw ApiFailure.NotFound(kind, NameOf(config));
        Decode(kind, config, shape, options, isApply: true);
        var manager = new FieldOwnership(shape, store.Now);
        if (live is not null)
        {
            var merged = manager.Apply(live.Copy(), config, owner, options.Force);
            return (Replace(kind, live, merged, options, isOwned: true), false);
        }

        Namespaces.CheckCreate(store, kind, config);
        var nothing = new JsonObject { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind };
        var made = manager.Apply(nothing, config, owner, force: true);
        Default(kind, made, shape);
        return (Insert(kind, made, options), true);
    }

    /// <summary>Stores a changed object in place of the live one.</summary>
    /// <param name="isOwned">Its managedFields are already right.</param>
    public JsonObject Replace(
        ResourceKind kind, JsonObject live, JsonObject item, WriteOptions options, bool isOwned = false)
    {
        var shape = store.Shapes.For(kind);
        var name = NameOf(live);
        Revisions.CheckUid(kind, live, item);
        if (item.TextAt("metadata", "resourceVersion") is { Length: > 0 } version
            && version != live.TextAt("metadata", "resourceVersion"))
        {
            throw ApiFailure.Modified(kind, name);
        }

        // Controllers often say again what they have said: then there is nothing to default, own or check.
        if (!isOwned && JsonNode.DeepEquals(live, item))
            return live;
        Revisions.KeepMetadata(live, item);
        Default(kind, item, shape);
        if (!isOwned)
        {
            var owner = new FieldOwner(options.Manager, "Update", kind.ApiVersion, options.Subresource);
            new FieldOwnership(shape, store.Now).Update(live, item, owner);
        }

        Revisions.KeepOtherHalf(store, kind, live, item, options.Subresource);
        Preparation.BeforeUpdate(store, kind, live, item, options);
        Revisions.CountGeneration(kind, live, item, store);
        Validation.Update(store, kind, live, item, options);
        if (Revisions.DiffersInNothingButTimes(live, item))
            return live;
        if (options.IsDryRun)
            return item;
        if (Revisions.IsFinished(kind, item))
        {
            store.Remove(kind, item);
            return item;
        }

        store.Commit(kind, item);
        return item;
    }

    private JsonObject Insert(ResourceKind kind, JsonObject item, WriteOptions options)
    {
        var metadata = item.Child("metadata");
        metadata.Remove("resourceVersion");
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata["uid"] = store.Identifiers.Uid();
        metadata["creationTimestamp"] = store.Now;
        Preparation.BeforeCreate(store, kind, item, options);
        Validation.Create(store, kind, item, options);
        if (store.Table.Find(kind, item.TextAt("metadata", "namespace") ?? "", NameOf(item)) is not null)
            throw ApiFailure.AlreadyExists(kind, NameOf(item));
        if (!options.IsDryRun)
            store.Commit(kind, item);
        return item;
    }

    private static void Decode(
        ResourceKind kind, JsonObject item, Shape shape, WriteOptions options, bool isApply = false)
    {
        item["kind"] = kind.Kind;
        item["apiVersion"] = kind.ApiVersion;
        var typing = Typing.Prune(item, shape, dropsEmpty: kind.Definition is null && !isApply);
        if (typing.Problem is { } problem)
        {
            var structName = shape.Name.Length > 0 ? shape.Name : kind.Kind;
            throw ApiFailure.BadRequest(Cannot(kind, problem.ForDecoding(structName)));
        }

        if (kind.Definition is null)
            Base64.Check(kind, item, shape);
        if (typing.Unknown.Count == 0 || isApply || options.FieldValidation == "Ignore")
            return;
        var unknown = typing.Unknown.Select(path => $"unknown field \"{path}\"").ToList();
        if (options.FieldValidation == "Strict")
        {
            var message = "strict decoding error: " + string.Join(", ", unknown);
            throw ApiFailure.BadRequest(kind.Definition is null ? Cannot(kind, message) : message);
        }

        foreach (var warning in unknown)
            options.Warn(warning);
    }

    /// <summary>What an applied configuration must not have: fields and types that are not declared.</summary>
    public void CheckApplied(ResourceKind kind, JsonObject config)
    {
        var typing = Typing.Check(config, store.Shapes.For(kind));
        var problem = typing.Unknown.Count > 0
            ? $".{typing.Unknown[0]}: field not declared in schema"
            : typing.Problem?.ForApply;
        if (problem is null)
            return;
        var ns = config.TextAt("metadata", "namespace") ?? "";
        var gvk = $"{(kind.Group.Length == 0 ? "" : kind.Group)}/{kind.Version}, Kind={kind.Kind}";
        throw ApiFailure.Unclassified(
            $"failed to create typed patch object ({ns}/{NameOf(config)}; {gvk}): {problem}");
    }

    private void Default(ResourceKind kind, JsonObject item, Shape shape)
    {
        if (kind.Definition is not null)
        {
            store.Definitions.Default(kind, item);
            return;
        }

        Filling.FillEmpty(item, shape);
        Defaults.Apply(kind, item);
        Filling.FillDefaults(item, shape);
        Filling.FillEmpty(item, shape);
        Defaults.ApplyDependent(kind, item);
    }

    private void Own(ResourceKind kind, JsonObject item, Shape shape, WriteOptions options)
    {
        var empty = new JsonObject { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind };
        if (kind.Definition is null)
            Filling.FillEmpty(empty, shape);
        var owner = new FieldOwner(options.Manager, "Update", kind.ApiVersion, options.Subresource);
        new FieldOwnership(shape, store.Now).Update(empty, item, owner);
    }

    private void NameNew(JsonObject item)
    {
        var metadata = item.Child("metadata");
        if (metadata["name"].Text() is null or "" && metadata["generateName"].Text() is { Length: > 0 } prefix)
            metadata["name"] = prefix + store.Identifiers.NameSuffix();
    }

    private JsonObject? Find(ResourceKind kind, JsonObject item) =>
        store.Table.Find(kind, item.TextAt("metadata", "namespace") ?? "", NameOf(item));

    private static string NameOf(JsonObject item) => item.TextAt("metadata", "name") ?? "";

    private static string Cannot(ResourceKind kind, string why) =>
        $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {why}";
}
