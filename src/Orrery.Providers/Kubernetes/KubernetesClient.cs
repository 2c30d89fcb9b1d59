using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using Orrery.Providers.Kubernetes.Discovery;
using Orrery.Providers.Kubernetes.Streams;
using Orrery.Providers.Kubernetes.Watching;

namespace Orrery.Providers.Kubernetes;

/// <summary>
/// A client of one API server. Every refusal is a <see cref="ProviderException"/>; nothing is retried that may have
/// happened and must not happen twice.
/// </summary>
public sealed class KubernetesClient
{
    /// <summary>Owns the fields that we apply, in <c>metadata.managedFields</c>.</summary>
    public const string FieldManager = "orrery";

    private static readonly TimeSpan DiagnosisLimit = TimeSpan.FromSeconds(20);

    private readonly KubernetesHttp _http;
    private readonly ApiDiscovery _discovery;
    private readonly TimeProvider _time;

    private KubernetesClient(KubernetesHttp http, TimeProvider time)
    {
        _http = http;
        _time = time;
        _discovery = new ApiDiscovery(http, time);
    }

    /// <summary>What the cluster is called in messages.</summary>
    public string Cluster => _http.Cluster;

    /// <summary>Sends nothing yet.</summary>
    /// <param name="wire">From <see cref="IConnector"/>; used instead of the environment's transport.</param>
    /// <param name="asksOnce">Whoever asks goes on asking by himself: a refusal is told at once.</param>
    public static KubernetesClient Create(
        ProviderEnvironment environment, HttpMessageHandler wire, KubernetesAccess access, bool asksOnce = false)
    {
        var vendor = new HttpVendor
        {
            Provider = "kubernetes",
            DisplayName = $"the API server of {access.Name}",
            BaseAddress = access.Server,
            Token = null,
            Tokens = access.Tokens ?? NoToken.Instance,
            TokenSource = "kubeconfig",
            Classify = reply => KubernetesErrors.Classify(access.Name, reply),
        };
        var chain = HttpClients.Assemble(environment with { Transport = wire }, vendor);
        var http = new KubernetesHttp(chain, access.Server, access.Name) { AsksOnce = asksOnce };
        return new KubernetesClient(http, environment.Time);
    }

    /// <summary>All kinds that the server knows, each group's preferred version first.</summary>
    public Task<IReadOnlyList<ApiResource>> KindsAsync(CancellationToken cancellation) =>
        _discovery.AllAsync(cancellation);

    /// <summary>The server's version, for example <c>v1.34.3+k3s3</c>.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        (await _http.SendAsync(new ApiRequest(HttpMethod.Get, "version"), cancellation)).Text("gitVersion") ?? "";

    /// <summary>
    /// Which cluster it is: the uid of its namespace kube-system, which every cluster has and keeps; null before it is
    /// there.
    /// </summary>
    public async Task<string?> ClusterIdAsync(OperationContext operation, CancellationToken cancellation)
    {
        var request = new ApiRequest(HttpMethod.Get, "api/v1/namespaces/kube-system") { Operation = operation };
        return await _http.FindAsync(request, cancellation) is { } json ? new KubernetesObject(json).Uid : null;
    }

    /// <summary>The object, or null where it, or its kind, is not there.</summary>
    public async Task<KubernetesObject?> FindAsync(
        ObjectReference reference, OperationContext? operation, CancellationToken cancellation)
    {
        if (await _discovery.FindAsync(reference.Kind, cancellation) is not { } resource)
            return null;
        var request = new ApiRequest(HttpMethod.Get, resource.PathOf(reference)) { Operation = operation };
        return await _http.FindAsync(request, cancellation) is { } json ? new KubernetesObject(json) : null;
    }

    /// <summary>The same object in a version that the server has, or null where it does not know the kind.</summary>
    public async Task<ObjectReference?> ServedAsync(ObjectReference reference, CancellationToken cancellation) =>
        await _discovery.FindAnyVersionAsync(reference.Kind, cancellation) is { } resource
            ? reference with { Kind = resource.Kind }
            : null;

    /// <summary>All of them, page by page; none where the kind is not known.</summary>
    public async Task<IReadOnlyList<KubernetesObject>> ListAsync(
        ApiKind kind, ListScope scope, CancellationToken cancellation) =>
        await _discovery.FindAsync(kind, cancellation) is { } resource
            ? (await new ObjectLists(_http).AllAsync(resource, scope, cancellation)).Items
            : [];

    /// <summary>
    /// Server-side apply: makes the object or changes what the manifest says, takes out what an earlier apply said and
    /// this one does not, and leaves the rest to others. Unknown fields are refused. A conflict names the owners.
    /// </summary>
    public async Task<Applied> ApplyAsync(ApplyRequest request, CancellationToken cancellation)
    {
        var target = new KubernetesObject(request.Manifest).Reference;
        var waiting = request.Operation?.Waiting ?? (static _ => { });
        var resource = await _discovery.AwaitAsync(target.Kind, request.KindLimit, waiting, cancellation);
        var (json, status) = await _http.SendWithStatusAsync(
            new ApiRequest(HttpMethod.Patch, resource.PathOf(target))
            {
                Query =
                [
                    ("fieldManager", request.Manager),
                    ("fieldValidation", "Strict"),
                    ("force", request.Force ? "true" : null),
                    ("dryRun", request.DryRun ? "All" : null),
                ],
                Body = request.Manifest,
                ContentType = ApiRequest.Apply,
                Operation = request.Operation,
                OnlyAsks = request.DryRun,
            },
            cancellation);
        return new Applied(new KubernetesObject(json), status == HttpStatusCode.Created);
    }

    /// <summary>Makes an object that must not be there yet.</summary>
    public async Task<KubernetesObject> CreateAsync(
        JsonObject manifest, OperationContext? operation, CancellationToken cancellation)
    {
        var target = new KubernetesObject(manifest).Reference;
        var resource = await _discovery.AwaitAsync(target.Kind, TimeSpan.Zero, static _ => { }, cancellation);
        var request = new ApiRequest(HttpMethod.Post, resource.PathOf(target.Namespace))
        {
            Query = [("fieldManager", FieldManager), ("fieldValidation", "Strict")],
            Body = manifest,
            Operation = operation,
        };
        return new KubernetesObject(await _http.SendAsync(request, cancellation));
    }

    /// <summary>Approves a CertificateSigningRequest as it was seen: one that has changed since is refused.</summary>
    public async Task ApproveAsync(
        KubernetesObject request, OperationContext operation, CancellationToken cancellation)
    {
        var resource = await _discovery.AwaitAsync(
            request.Kind, TimeSpan.Zero, static _ => { }, cancellation);
        var approved = (JsonObject)request.Json.DeepClone();
        var status = approved["status"] as JsonObject ?? [];
        approved["status"] = status;
        status["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = "Approved",
            ["status"] = "True",
            ["reason"] = "DeclaredNode",
            ["message"] = "Its names are those of a node that the platform declares.",
        });
        await _http.SendAsync(
            new ApiRequest(HttpMethod.Put, $"{resource.PathOf(request.Reference)}/approval")
            {
                Query = [("fieldManager", FieldManager)],
                Body = approved,
                Operation = operation,
            },
            cancellation);
    }

    /// <summary>Asks for the deletion; what is gone already is deleted. Does not wait until it is gone.</summary>
    public async Task DeleteAsync(ObjectDeletion deletion, CancellationToken cancellation)
    {
        if (await _discovery.FindAsync(deletion.Object.Kind, cancellation) is not { } resource)
            return;
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = deletion.Propagation,
        };
        if (deletion.Uid is { } uid)
            options["preconditions"] = new JsonObject { ["uid"] = uid };
        var request = new ApiRequest(HttpMethod.Delete, resource.PathOf(deletion.Object))
        {
            Body = options,
            Operation = deletion.Operation,
        };
        await _http.FindAsync(request, cancellation);
    }

    /// <summary>
    /// Asks a pod to go, as its disruption budgets allow; <see cref="ProviderErrorCode.RateLimited"/> where they do not
    /// now, with their names. One that is gone is evicted.
    /// </summary>
    public async Task EvictAsync(
        string podNamespace, string pod, OperationContext? operation, CancellationToken cancellation)
    {
        var request = new ApiRequest(HttpMethod.Post, $"{PodPath(podNamespace, pod)}/eviction")
        {
            Body = new JsonObject
            {
                ["apiVersion"] = "policy/v1",
                ["kind"] = "Eviction",
                ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = podNamespace },
            },
            Operation = operation,
        };
        await _http.FindAsync(request, cancellation);
    }

    /// <summary>
    /// Follows all objects of a kind: first those that are there, then every change, over broken connections and
    /// forgotten versions, until the token ends it. The kind must be known.
    /// </summary>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ApiKind kind, ListScope scope,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var resource = await _discovery.AwaitAsync(kind, TimeSpan.Zero, static _ => { }, cancellation);
        await foreach (var change in new ObjectWatch(_http, resource, scope, _time).RunAsync(cancellation))
            yield return change;
    }

    /// <summary>
    /// Returns the object, or null for its absence, as soon as the condition holds. When the time is over it throws
    /// <see cref="ProviderErrorCode.Timeout"/> with a diagnosis: last state, last events, logs of failing pods.
    /// </summary>
    public async Task<KubernetesObject?> WaitForAsync(
        WaitFor wanted, OperationContext? operation, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(wanted.Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var seen = new LastSeen(wanted, operation?.Waiting ?? (static _ => { }));
        try
        {
            return await UntilAsync(wanted, seen, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            var diagnosis = await DiagnoseAsync(wanted, seen.Object, cancellation);
            throw new ProviderException(
                ProviderErrorCode.Timeout,
                $"{wanted.Object} in {Cluster}: not seen within {wanted.Limit.TotalSeconds:0} s that it"
                + $" {wanted.Condition}\n{diagnosis}");
        }
    }

    /// <summary>A token of a service account, meant for one audience alone. Secret.</summary>
    public async Task<string> TokenAsync(
        string space, string account, string audience, TimeSpan lasts, CancellationToken cancellation)
    {
        var path = $"api/v1/namespaces/{Uri.EscapeDataString(space)}/serviceaccounts";
        var reply = await _http.SendAsync(
            new ApiRequest(HttpMethod.Post, $"{path}/{Uri.EscapeDataString(account)}/token")
            {
                Body = new JsonObject
                {
                    ["apiVersion"] = "authentication.k8s.io/v1",
                    ["kind"] = "TokenRequest",
                    ["spec"] = new JsonObject
                    {
                        ["audiences"] = new JsonArray(audience),
                        ["expirationSeconds"] = (long)lasts.TotalSeconds,
                    },
                },
                // A token changes nothing in the cluster.
                OnlyAsks = true,
            },
            cancellation);
        return reply.Object("status")?.Text("token") ?? throw new ProviderException(
            ProviderErrorCode.Unavailable, $"{Cluster} gave no token of {space}/{account}");
    }

    /// <summary>What a container has written; empty where it has not begun.</summary>
    public Task<string> LogsAsync(LogRequest request, CancellationToken cancellation) => _http.TextAsync(
        new ApiRequest(HttpMethod.Get, $"{PodPath(request.Namespace, request.Pod)}/log")
        {
            Accept = "*/*",
            Query =
            [
                ("container", request.Container),
                ("tailLines", request.TailLines?.ToString(CultureInfo.InvariantCulture)),
                ("previous", request.Previous ? "true" : null),
                ("limitBytes", request.BytesMax.ToString(CultureInfo.InvariantCulture)),
            ],
        },
        cancellation);

    /// <summary>Runs a command in a pod to its end. An exit code other than 0 is a result, not an error.</summary>
    public Task<PodCommandResult> ExecuteAsync(PodCommand command, CancellationToken cancellation) =>
        new PodExec(_http, _time).RunAsync(command, cancellation);

    /// <summary>A connection to a port of a pod, as one stream; disposing ends it.</summary>
    public Task<Stream> ForwardAsync(string podNamespace, string pod, int port, CancellationToken cancellation) =>
        PodForward.OpenAsync(_http, $"{PodPath(podNamespace, pod)}/portforward", port, cancellation);

    internal static string PodPath(string podNamespace, string pod) =>
        $"api/v1/namespaces/{Uri.EscapeDataString(podNamespace)}/pods/{Uri.EscapeDataString(pod)}";

    private async Task<KubernetesObject?> UntilAsync(WaitFor wanted, LastSeen seen, CancellationToken cancellation)
    {
        // The kind of what shall be gone may be gone itself.
        if (wanted.Holds(null) && await _discovery.FindAsync(wanted.Object.Kind, cancellation) is null)
            return null;
        var resource = await _discovery.AwaitAsync(wanted.Object.Kind, wanted.Limit, seen.Waiting, cancellation);
        var watch = new ObjectWatch(_http, resource, ListScope.Of(wanted.Object), _time);
        await foreach (var change in watch.RunAsync(cancellation))
        {
            if (change.Kind != WatchEventKind.Listed)
                seen.Object = change.Kind == WatchEventKind.Deleted ? null : change.Object;
            if (wanted.Holds(seen.Object))
                return seen.Object;
            seen.Tell();
        }

        throw new OperationCanceledException(cancellation);
    }

    private async Task<string> DiagnoseAsync(
        WaitFor wanted, KubernetesObject? last, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(DiagnosisLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await new Diagnosis(this).OfAsync(wanted.Object, last, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"last seen: {Diagnosis.LastSeen(last)}";
        }
    }

    /// <summary>The last state of what is waited for; told only when it reads differently.</summary>
    private sealed class LastSeen(WaitFor wanted, Action<WaitState> waiting)
    {
        private WaitState? _told;

        public KubernetesObject? Object { get; set; }

        public Action<WaitState> Waiting => waiting;

        public void Tell()
        {
            var state = new WaitState($"{wanted.Object} {wanted.Condition}", Diagnosis.LastSeen(Object));
            if (state != _told)
                waiting(_told = state);
        }
    }

    private sealed class NoToken : ITokenSource
    {
        public static NoToken Instance { get; } = new();

        public string? Current => null;

        public ValueTask<string?> TokenAsync(CancellationToken cancellation) => ValueTask.FromResult<string?>(null);

        public bool Refused(string? token) => false;
    }
}
