using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes.Cluster;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Routes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes;

/// <summary>
/// One cluster's API server behind the wire, after the published API (https://kubernetes.io/docs/reference/) and what
/// real servers answer. What it does not simulate it refuses with 501 and says so.
/// </summary>
public sealed class KubernetesApi : IWorld
{
    private static readonly string[] FirstNamespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

    private readonly List<ServiceRecord> _service = [];
    private readonly DefinitionController _definitions;
    private readonly Router _router;

    /// <param name="agenda">What the cluster does by itself; whoever drives time calls it.</param>
    public KubernetesApi(KubernetesApiOptions options, Agenda agenda)
    {
        (Options, Agenda, Version) = (options, agenda, options.Version);
        Store = new ClusterStore(options, () => options.Epoch + agenda.Now);
        _definitions = new DefinitionController(Store, agenda, options.Latencies.Establishing);
        foreach (var name in FirstNamespaces)
            Store.Create(Namespace(name), new WriteOptions { Manager = "kube-apiserver" });
        // The server itself notes since when it tracks old tokens.
        var tracking = Namespaced("ConfigMap", "kube-system", "kube-apiserver-legacy-service-account-token-tracking");
        tracking["data"] = new JsonObject { ["since"] = Store.Now[..10] };
        Store.Create(tracking, new WriteOptions { Manager = "kube-apiserver" });
        if (options.HasControllers)
            BasicControllers.Start(Store, agenda, options.Latencies.Controllers);
        _router = new Router(this);
    }

    public string Name => "kubernetes";

    public KubernetesApiOptions Options { get; }

    /// <summary>As <c>/version</c> says it now: an upgraded server says another one.</summary>
    public string Version { get; set; }

    /// <summary>All objects; simulated controllers read and write them here.</summary>
    public ClusterStore Store { get; }

    public Agenda Agenda { get; }

    public IReadOnlyList<ServiceRecord> Service => _service;

    /// <summary>What runs in the cluster has worked by itself until now.</summary>
    internal void Note(string what, TimeSpan since, TimeSpan now) =>
        _service.Add(new ServiceRecord(null, what, since, now));

    /// <summary>The tokens of service accounts that are valid here.</summary>
    public ServiceAccountTokens Tokens { get; } = new();

    /// <summary>
    /// What a program behind a service answers; null where nothing listens. Requests come through the server's proxy,
    /// or from other programs of the cluster.
    /// </summary>
    public Func<ServiceCall, WorldReply?> Serve { get; set; } = static _ => null;

    /// <summary>Runs a command in a container; what it says becomes channels of a WebSocket. Nobody does at first.
    /// </summary>
    internal Func<PodCall, IReplyStream> Execute { get; set; } =
        static _ => throw ApiFailure.Unsupported("commands in pods of this cluster");

    /// <summary>
    /// From now on it serves exactly what another server's datastore held: all objects with their uids and versions.
    /// Controllers are told of each.
    /// </summary>
    internal void Restore(IReadOnlyList<JsonObject> objects, long version) =>
        Store.Restore(objects, version, _definitions.Accept);

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        Agenda.AdvanceTo(now);
        var took = request.Method == "GET" ? Options.Latencies.Read : Options.Latencies.Change;
        _service.Add(new ServiceRecord(request.Tag, $"{request.Method} {request.Path}", now, now + took));
        var isLost = request.Fault is WorldFault.ErrorAfter && request.Method != "GET";
        var isRefused = request.Fault is WorldFault.ErrorBefore or WorldFault.RateLimited;
        var answer = request.Fault switch
        {
            WorldFault.ErrorBefore => Answer.Of(ApiFailure.Internal("etcdserver: request timed out")),
            WorldFault.RateLimited => Answer.Of(ApiFailure.TooManyRequests(
                "the server has received too many requests and has asked us to try again later", 1)),
            _ => _router.Handle(request),
        };
        // Who is asked to come back later is kept waiting by the server, not by itself.
        if (answer.RetryAfter is { } seconds && !isRefused)
            _service.Add(new ServiceRecord(request.Tag, "retry after", now, now + TimeSpan.FromSeconds(seconds)));
        if (isLost)
            answer = Answer.Of(ApiFailure.Internal("etcdserver: request timed out"));
        return answer.ToReply(request, took, isLost || isRefused);
    }

    /// <summary>The cluster worked for a resource beside answering requests.</summary>
    internal void Note(ServiceRecord record) => _service.Add(record);

    /// <summary>A token of an account that is there.</summary>
    internal string IssueToken(JsonObject account, ValueList<string> audiences, TimeSpan lasts)
    {
        var (ns, name) = (account.TextAt("metadata", "namespace") ?? "", account.TextAt("metadata", "name") ?? "");
        var token = $"simulated-{ns}-{name}-{Store.Identifiers.NameSuffix()}";
        var uid = account.TextAt("metadata", "uid") ?? "";
        Tokens.Add(token, new IssuedToken(ns, name, uid, audiences, Store.Clock + lasts));
        return token;
    }

    /// <summary>A write had to wait until its kind was there: the work of others, like an action of a cloud.</summary>
    internal void WriteOf(string definition, string? tag)
    {
        if (_definitions.EstablishedAt(definition) is { } established)
            _service.Add(new ServiceRecord(tag, $"{definition} established", TimeSpan.Zero, established));
    }

    private static JsonObject Namespaced(string kind, string ns, string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
    };

    private static JsonObject Namespace(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name },
    };
}
