using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Admission;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Store;

/// <summary>
/// All objects of one cluster, with the rules of its API server: versions, uids, generations, defaults, validation,
/// field ownership, finalizers. Simulated controllers program against it in process, as real ones do over the wire.
/// What it gives are copies; what it refuses is an <see cref="ApiFailure"/>.
/// </summary>
public sealed class ClusterStore
{
    private readonly ObjectTable _table = new();
    private readonly Queue<StoreChange> _untold = new();
    private readonly Func<DateTimeOffset> _now;
    private readonly Writing _writing;
    private readonly Removal _removal;
    private bool _isTelling;

    internal ClusterStore(KubernetesApiOptions options, Func<DateTimeOffset> now)
    {
        _now = now;
        (ServiceNetwork, AllowsPrivileged) = (options.ServiceNetwork, options.AllowsPrivileged);
        PodSecurity = options.PodSecurity;
        Identifiers = new Identifiers(options.Seed);
        _writing = new Writing(this);
        _removal = new Removal(this);
    }

    /// <summary>Told of every change, in their order, before the writing call returns.</summary>
    public Action<StoreChange> Changed { get; set; } = static _ => { };

    /// <summary>The kinds that are served now.</summary>
    public KindRegistry Kinds { get; } = new();

    /// <summary>The version of the last change.</summary>
    public long Version => _table.Version;

    internal ShapeRegistry Shapes { get; } = new();

    internal ObjectTable Table => _table;

    internal Identifiers Identifiers { get; }

    internal System.Net.IPNetwork ServiceNetwork { get; }

    internal bool AllowsPrivileged { get; }

    internal PodSecurityDefault? PodSecurity { get; }

    internal Definitions Definitions { get; } = new();

    /// <summary>The wall clock as objects write it, in whole seconds.</summary>
    public string Now => _now().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The wall clock of the cluster.</summary>
    public DateTimeOffset Clock => _now();

    /// <summary>Null when there is no such object, or no such kind.</summary>
    /// <param name="apiVersion">For example <c>apps/v1</c>.</param>
    /// <param name="kind">For example <c>Deployment</c>.</param>
    /// <param name="ns">Empty for kinds without namespaces.</param>
    public JsonObject? Get(string apiVersion, string kind, string ns, string name) =>
        Kinds.Find(apiVersion, kind) is { } known ? _table.Find(known, ns, name)?.Copy() : null;

    /// <summary>
    /// All objects of a kind in the order of namespace and name; of all namespaces where none is given.
    /// </summary>
    public IReadOnlyList<JsonObject> List(string apiVersion, string kind, string? ns = null) =>
        Kinds.Find(apiVersion, kind) is { } known
            ? [.. _table.All(known).Where(item => ns is null || item.TextAt("metadata", "namespace") == ns)
                .Select(item => item.Copy())]
            : [];

    /// <summary>Looks without a copy: what is given must not be changed.</summary>
    internal JsonObject? Peek(string apiVersion, string kind, string ns, string name) =>
        Kinds.Find(apiVersion, kind) is { } known ? _table.Find(known, ns, name) : null;

    /// <summary>Looks without copies: nothing may be changed or written while it is read.</summary>
    internal IEnumerable<JsonObject> PeekAll(string apiVersion, string kind, string? ns = null) =>
        Kinds.Find(apiVersion, kind) is { } known
            ? _table.All(known).Where(item => ns is null || item.TextAt("metadata", "namespace") == ns)
            : [];

    /// <summary>Stores a new object and gives it as stored.</summary>
    public JsonObject Create(JsonObject item, WriteOptions? options = null) =>
        _writing.Create(KindOf(item), item.Copy(), options ?? new WriteOptions()).Copy();

    /// <summary>Replaces an object; with a resourceVersion in it only when that is still the stored one.</summary>
    public JsonObject Update(JsonObject item, WriteOptions? options = null) =>
        Put(item, options ?? new WriteOptions()).Copy();

    /// <summary>As <see cref="Update"/>, without a copy: what is given must not be changed.</summary>
    internal JsonObject Put(JsonObject item, WriteOptions options) =>
        _writing.Update(KindOf(item), item.Copy(), options);

    /// <summary>As <see cref="Put"/>, and what is given is the store's from then on.</summary>
    internal JsonObject HandOver(JsonObject item, WriteOptions options) =>
        _writing.Update(KindOf(item), item, options);

    /// <summary>Server-side apply: makes or merges, and keeps which manager owns which field.</summary>
    public JsonObject Apply(JsonObject config, WriteOptions options) =>
        _writing.Apply(KindOf(config), config.Copy(), options).Item.Copy();

    /// <summary>
    /// Deletes, or marks for deletion where finalizers or a grace period hold it. False when there is no such object.
    /// </summary>
    public bool Delete(string apiVersion, string kind, string ns, string name, DeleteOptions? options = null)
    {
        if (Kinds.Find(apiVersion, kind) is not { } known || _table.Find(known, ns, name) is null)
            return false;
        _removal.Delete(known, ns, name, options ?? new DeleteOptions());
        return true;
    }

    /// <summary>
    /// Forgets all history, as etcd does every few minutes: older watches and pages are refused then.
    /// </summary>
    public void Compact() => _table.Compact();

    /// <summary>
    /// Holds exactly these objects, as another store held them, and goes on with the next version; then tells of each.
    /// </summary>
    /// <param name="accept">Serves the kinds of a definition.</param>
    internal void Restore(IReadOnlyList<JsonObject> objects, long version, Action<JsonObject> accept)
    {
        foreach (var definition in objects.Where(item => item["kind"].Text() == "CustomResourceDefinition"))
            accept(definition);
        _table.Restore(objects.Select(item => (KindOf(item), item)), version);
        foreach (var item in objects)
            Tell(new StoreChange(ChangeType.Added, KindOf(item), item, null, version));
    }

    internal Writing Writing => _writing;

    internal Removal Removal => _removal;

    internal ResourceKind KindOf(JsonObject item)
    {
        var (apiVersion, kind) = (item["apiVersion"].Text() ?? "", item["kind"].Text() ?? "");
        return Kinds.Find(apiVersion, kind)
            ?? throw new ApiFailure(404, "NotFound", $"no matches for kind \"{kind}\" in version \"{apiVersion}\"");
    }

    /// <summary>Stores what has passed all checks, and tells.</summary>
    internal void Commit(ResourceKind kind, JsonObject item) => Tell(_table.Put(kind, item));

    internal void Remove(ResourceKind kind, JsonObject item) => Tell(_table.Remove(kind, item));

    // Controllers write from within a notification; everybody is still told in the order of the versions.
    private void Tell(StoreChange change)
    {
        _untold.Enqueue(change);
        if (_isTelling)
            return;
        _isTelling = true;
        try
        {
            while (_untold.TryDequeue(out var next))
                Changed(next);
        }
        finally
        {
            _isTelling = false;
        }
    }
}
