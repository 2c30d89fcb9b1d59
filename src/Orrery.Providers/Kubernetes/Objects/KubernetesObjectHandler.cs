using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>
/// An object in a cluster: applied on the server's side, with our owner on it from the first request on. Only the
/// fields that its manifest names are ours; a plan shows where somebody else has changed one of them.
/// </summary>
/// <param name="kinds">
/// The kinds among which objects of ours are looked for, as <c>Kind</c> or <c>Kind.group</c>: all that were ever made.
/// </param>
public sealed class KubernetesObjectHandler(IKubernetesClusters clusters, ValueList<string> kinds)
    : IResourceHandler, ITakesOver
{
    /// <summary>Namespaces with much in them and load balancers take minutes to go.</summary>
    private static readonly TimeSpan GoneLimit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);

    /// <summary>What runs in it may fetch from afar, and is tried again with growing pauses.</summary>
    private static readonly TimeSpan JobLimit = TimeSpan.FromMinutes(10);

    public static ResourceKind Definition { get; } = new()
    {
        Type = "kubernetes/object",

        // In another cluster it is another one, and where its cluster goes on elsewhere it is the same.
        HasGenerations = false,
        Fields = ValueMap.Of(
            ("cluster", FieldRule.Replaces), ("object", FieldRule.Replaces), ("manifest", FieldRule.Updates),
            ("needs", FieldRule.CreateOnly)),
        StableOutputs = ["id", "uid", "namespace", "name"],
    };

    public ResourceKind Kind => Definition;

    private ObjectListing Listing { get; } = new(clusters, kinds);

    /// <summary>The desired value of an object.</summary>
    /// <param name="cluster">The uid of its cluster: another resource's output.</param>
    /// <param name="manifest">
    /// The object; its kind, namespace and name must be known. Sensitive values, and all data of a Secret, stay out of
    /// plans.
    /// </param>
    /// <param name="needs">Outputs of what must be there before it, where its manifest has none of them.</param>
    public static Value.Map Desired(Value cluster, Value.Map manifest, params IEnumerable<Value> needs)
    {
        var reference = ReferenceOf(manifest);
        return Value.MapOf(
            ("cluster", cluster),
            ("object", $"{reference.Kind.Qualified}/{reference.Namespace}/{reference.Name}"),
            ("manifest", SecretManifest.Hidden(manifest)),
            ("needs", Value.ListOf(needs)));
    }

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        [.. (await Listing.OwnedAsync(platformId, cancellation)).Select(found => Observe(found.Cluster, found.Item))];

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        ObjectId.TryParse(id, out var parsed) && clusters.Find(parsed.Cluster) is { } client
        && await FindAsync(client, parsed, null, cancellation) is { } item
            ? Observe(parsed.Cluster, item)
            : null;

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ReadAsync(IdOf(request.Desired).ToString(), cancellation);

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var id = IdOf(request.Desired);
        var client = ClientOf(id);
        if (await client.FindAsync(id.Object, operation, cancellation) is { } existing)
        {
            return !existing.IsTerminating && ObjectOwner.Read(existing) == request.Owner
                ? Observe(id.Cluster, (await ApplyAsync(
                    client, new Change(ManifestOf(request.Desired), request.Owner, existing, operation),
                    cancellation)).Object)
                : throw Exists(id, existing);
        }

        var applied = await ApplyAsync(
            client, new Change(ManifestOf(request.Desired), request.Owner, null, operation), cancellation);
        // It came between the look and the apply. Nothing was forced, so what is there is joined and not overwritten;
        // whoever made it is found by looking again.
        return applied.IsNew ? Observe(id.Cluster, applied.Object) : throw Exists(id, applied.Object);
    }

    public async Task<Observed> AwaitReadyAsync(string id, OperationContext operation, CancellationToken cancellation)
    {
        var parsed = ObjectId.Parse(id);
        var client = ClientOf(parsed);
        var item = await GetAsync(client, parsed, operation, cancellation);
        if (ReadyWhen(item.Reference) is { } ready && !ready.Holds(item))
            item = await client.WaitForAsync(ready, operation, cancellation) ?? item;
        return Observe(parsed.Cluster, item);
    }

    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var id = ObjectId.Parse(request.Id);
        var client = ClientOf(id);
        var current = await GetAsync(client, id, operation, cancellation);
        CheckOwner(id, current, request.Owner);
        var owner = request.Owner ?? ObjectOwner.Read(current) ?? throw Foreign(id, current, "it has no owner");
        var applied = await ApplyAsync(
            client, new Change(ManifestOf(request.Desired), owner, current, operation), cancellation);
        return Observe(id.Cluster, applied.Object);
    }

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var id = ObjectId.Parse(request.Id);
        if (clusters.Find(id.Cluster) is not { } client
            || await FindAsync(client, id, operation, cancellation) is not { } current)
        {
            return;
        }

        CheckOwner(id, current, request.Owner);
        if (!current.IsTerminating)
        {
            try
            {
                var deletion = new ObjectDeletion(current.Reference, current.Uid) { Operation = operation };
                await client.DeleteAsync(deletion, cancellation);
            }
            catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.Conflict)
            {
                // Ours is gone and another has its name: that one is not asked to go.
                return;
            }
        }

        await client.WaitForAsync(
            WaitFor.Absence(current.Reference, current.Uid, GoneLimit), operation, cancellation);
    }

    public async Task<Observed> TakeOverAsync(
        string id, Owner owner, ResourceAddress address, OperationContext operation, CancellationToken cancellation)
    {
        var parsed = ObjectId.Parse(id);
        var client = ClientOf(parsed);
        var current = await GetAsync(client, parsed, operation, cancellation);
        if (!ObjectOwner.MayTake(current, owner))
            throw Foreign(parsed, current, "its labels name another owner");
        // An apply of nothing but the owner would give up the fields of an earlier one.
        if (ObjectOwner.Read(current) == owner)
            return Observe(parsed.Cluster, current);
        var metadata = new JsonObject { ["name"] = current.Name, ["uid"] = current.Uid };
        if (current.Namespace is { } itsNamespace)
            metadata["namespace"] = itsNamespace;
        ObjectOwner.Write(metadata, owner, address.Text);
        var manifest = new JsonObject
        {
            ["apiVersion"] = parsed.Object.Kind.ApiVersion,
            ["kind"] = parsed.Object.Kind.Kind,
            ["metadata"] = metadata,
        };
        var request = new ApplyRequest(manifest) { Force = true, Operation = operation };
        return Observe(parsed.Cluster, (await client.ApplyAsync(request, cancellation)).Object);
    }

    /// <summary>
    /// Applies without force. What others hold of the fields that we had applied before was in the plan as a change,
    /// so it is taken back; what we ask for the first time is not taken from its owner.
    /// </summary>
    private static async Task<Applied> ApplyAsync(
        KubernetesClient client, Change change, CancellationToken cancellation)
    {
        var manifest = change.ToJson();
        var before = change.Current is { } current ? AppliedManifest.Read(current) : null;
        try
        {
            return await client.ApplyAsync(
                new ApplyRequest(manifest) { Operation = change.Operation }, cancellation);
        }
        catch (ProviderException refusal) when (change.Current is not null && MayForce(refusal, before))
        {
            return await client.ApplyAsync(
                new ApplyRequest(manifest) { Operation = change.Operation, Force = true }, cancellation);
        }
        catch (ProviderException refusal) when (change.Redact(refusal.Message) is { } told)
        {
            // Without the refusal itself, which quotes what we sent.
            throw new ProviderException(refusal.Code, told)
            {
                CloudCode = refusal.CloudCode,
                Status = refusal.Status,
                RequestId = refusal.RequestId,
            };
        }
    }

    /// <summary>Something just taken over is ours as a whole; else each field must have been ours before.</summary>
    private static bool MayForce(ProviderException refusal, JsonObject? before)
    {
        var conflicts = KubernetesErrors.StatusOf(refusal)?.Conflicts.ToList() ?? [];
        return conflicts.Count > 0
            && (before is null || conflicts.TrueForAll(conflict => OwnedFields.Has(before, conflict.Field)));
    }

    private static WaitFor? ReadyWhen(ObjectReference reference) => reference.Kind.Qualified switch
    {
        "CustomResourceDefinition.apiextensions.k8s.io" =>
            WaitFor.ConditionOf(reference, "Established", ReadyLimit),
        "Job.batch" => WaitFor.ConditionOf(reference, "Complete", JobLimit),
        "APIService.apiregistration.k8s.io" => WaitFor.ConditionOf(reference, "Available", ReadyLimit),
        _ => null,
    };

    private static Observed Observe(string cluster, KubernetesObject item)
    {
        var applied = AppliedManifest.Read(item);
        // The server lists objects in the version it prefers; ours is the one that we applied.
        var kind = applied?.Text("apiVersion") is { } version ? ApiKind.Of(version, item.Kind.Kind) : item.Kind;
        var id = new ObjectId(cluster, item.Reference with { Kind = kind });
        var manifest = applied is null ? ForeignManifest.Of(item) : OwnedFields.Of(item, applied);
        return new Observed
        {
            Id = id.ToString(),
            Name = item.Namespace is { } itsNamespace ? $"{itsNamespace}/{item.Name}" : item.Name,
            Owner = ObjectOwner.Read(item),
            IsReady = !item.IsTerminating && ReadyWhen(id.Object)?.Holds(item) != false,
            Properties = Value.MapOf(
                ("cluster", cluster),
                ("object", $"{kind.Qualified}/{item.Namespace}/{item.Name}"),
                ("manifest", manifest)),
            Outputs = Value.MapOf(
                ("id", id.ToString()), ("uid", item.Uid), ("name", item.Name), ("namespace", item.Namespace ?? "")),
        };
    }

    private static async Task<KubernetesObject> GetAsync(
        KubernetesClient client, ObjectId id, OperationContext operation, CancellationToken cancellation) =>
        await FindAsync(client, id, operation, cancellation)
        ?? throw new ProviderException(ProviderErrorCode.NotFound, $"{id.Object} is not in {client.Cluster}");

    /// <summary>An update of the cluster may have dropped the version that an object was made in.</summary>
    private static async Task<KubernetesObject?> FindAsync(
        KubernetesClient client, ObjectId id, OperationContext? operation, CancellationToken cancellation) =>
        await client.ServedAsync(id.Object, cancellation) is { } served
            ? await client.FindAsync(served, operation, cancellation)
            : null;

    private KubernetesClient ClientOf(ObjectId id) => clusters.Find(id.Cluster) ?? throw new ProviderException(
        ProviderErrorCode.Unavailable, $"{id.Object}: its cluster {id.Cluster} cannot be reached");

    private static Value.Map ManifestOf(Value.Map desired) => desired["manifest"] as Value.Map
        ?? throw new ProviderException(ProviderErrorCode.Invalid, "the manifest is no map");

    private static ObjectId IdOf(Value.Map desired) =>
        new(desired["cluster"].AsText() ?? "", ReferenceOf(ManifestOf(desired)));

    private static ObjectReference ReferenceOf(Value.Map manifest)
    {
        var metadata = manifest["metadata"] as Value.Map ?? Value.Map.Empty;
        return new ObjectReference(
            ApiKind.Of(manifest["apiVersion"].AsText() ?? "", manifest["kind"].AsText() ?? ""),
            metadata["namespace"].AsText(), metadata["name"].AsText() ?? "");
    }

    private static void CheckOwner(ObjectId id, KubernetesObject current, Owner? expected)
    {
        if (expected is not null && ObjectOwner.Read(current) != expected)
            throw Foreign(id, current, "its labels name another owner or none");
    }

    private static ProviderException Foreign(ObjectId id, KubernetesObject current, string why) =>
        new(ProviderErrorCode.Foreign, $"{current} is not ours: {why}")
        {
            ForeignId = id.ToString(),
        };

    private static ProviderException Exists(ObjectId id, KubernetesObject existing)
    {
        var whose = ObjectOwner.Read(existing) is { } owner
            ? $"it belongs to the platform {owner.PlatformId}"
            : "Orrery has not made it: adopt it, or delete it first";
        return new ProviderException(ProviderErrorCode.Conflict, $"{existing} exists already: {whose}")
        {
            ForeignId = id.ToString(),
        };
    }

    /// <summary>A manifest on its way to the server.</summary>
    /// <param name="Current">What is there; null where there must be nothing.</param>
    private sealed record Change(
        Value.Map Manifest, Owner Owner, KubernetesObject? Current, OperationContext Operation)
    {
        public JsonObject ToJson()
        {
            var json = ManifestJson.ToJson(Manifest) as JsonObject ?? [];
            var metadata = ObjectOwner.Part(json, "metadata");
            ObjectOwner.Write(metadata, Owner, Operation.Address.Text);
            ObjectOwner.Part(metadata, "annotations")[AppliedManifest.Annotation] = AppliedManifest.Write(Manifest);
            SecretManifest.Encode(json);
            // The server refuses when another object has taken the name meanwhile.
            if (Current is { } current)
                metadata["uid"] = current.Uid;
            return json;
        }

        /// <summary>The text without what must not be shown; null where it holds nothing of that.</summary>
        public string? Redact(string text)
        {
            var shown = text;
            foreach (var secret in Hidden())
                shown = shown.Replace(secret, "(sensitive)", StringComparison.Ordinal);
            return shown == text ? null : shown;
        }

        /// <summary>Also what stands behind base64; shorter texts are found everywhere and say nothing.</summary>
        private IEnumerable<string> Hidden()
        {
            const int lengthMin = 4;
            foreach (var text in ManifestJson.SensitiveTexts(Manifest))
            {
                var bytes = new byte[text.Length];
                if (Convert.TryFromBase64String(text, bytes, out var length) && length >= lengthMin)
                    yield return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
                if (text.Length >= lengthMin)
                    yield return text;
            }
        }
    }
}
