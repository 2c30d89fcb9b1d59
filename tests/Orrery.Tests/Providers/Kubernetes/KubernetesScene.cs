using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Http;
using Orrery.Providers.Kubernetes;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>A request as an API server sees it.</summary>
internal sealed record ApiCall(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, string Body, string? ContentType,
    string? Authorization)
{
    public JsonObject Json => (JsonObject)JsonNode.Parse(Body)!;

    public override string ToString()
    {
        var query = string.Join('&', Query.Select(part => $"{part.Key}={part.Value}"));
        return query.Length == 0 ? $"{Method} {Path}" : $"{Method} {Path}?{query}";
    }
}

/// <summary>A client of an API server that is a function, on a clock that jumps.</summary>
internal sealed class KubernetesScene : HttpMessageHandler, IRandomSource, IWriterGuard
{
    public const string Discovery = """
        {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[
        {"metadata":{},"versions":[{"version":"v1","resources":[
        {"resource":"configmaps","responseKind":{"group":"","version":"","kind":"ConfigMap"},"scope":"Namespaced",
        "verbs":["create","delete","get","list","patch","watch"]},
        {"resource":"secrets","responseKind":{"group":"","version":"","kind":"Secret"},"scope":"Namespaced",
        "verbs":["create","delete","get","list","patch","watch"]},
        {"resource":"pods","responseKind":{"group":"","version":"","kind":"Pod"},"scope":"Namespaced",
        "verbs":["create","delete","get","list","patch","watch"]},
        {"resource":"events","responseKind":{"group":"","version":"","kind":"Event"},"scope":"Namespaced",
        "verbs":["create","delete","get","list","patch","watch"]},
        {"resource":"endpoints","responseKind":{"group":"","version":"","kind":"Endpoints"},"scope":"Namespaced",
        "verbs":["create","delete","get","list","patch","watch"]},
        {"resource":"bindings","responseKind":{"group":"","version":"","kind":"Binding"},"scope":"Namespaced",
        "verbs":["create"]}]}]}]}
        """;

    public static readonly ApiKind ConfigMap = new("", "v1", "ConfigMap");

    private readonly Func<ApiCall, HttpResponseMessage> _answer;
    private readonly Lock _gate = new();

    public KubernetesScene(Func<ApiCall, HttpResponseMessage> answer, ITokenSource? tokens = null)
    {
        _answer = answer;
        Access = new KubernetesAccess("prod", new Uri("https://kubernetes.test:6443"), tokens);
        Client = KubernetesClient.Create(Environment, this, Access);
        Http = new KubernetesHttp(
            HttpClients.Assemble(Environment with { Transport = this }, VendorOf(Access)), Access.Server, "prod");
    }

    public VirtualTime Time { get; } = new() { Settling = TimeSpan.FromMilliseconds(250) };

    public KubernetesAccess Access { get; }

    public KubernetesClient Client { get; }

    public KubernetesHttp Http { get; }

    public List<ApiCall> Calls { get; } = [];

    public List<WaitState> Waited { get; } = [];

    public int Guarded { get; private set; }

    public OperationContext Operation =>
        new(ResourceAddress.Of("prod", "kubernetes/object", "settings"), Waited.Add);

    public IEnumerable<string> Lines => Calls.Select(call => call.ToString());

    public static HttpResponseMessage Json(string body, int status = 200) => new((HttpStatusCode)status)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
    };

    public static HttpResponseMessage Status(int code, string reason, string message = "because", string causes = "") =>
        Json(
            $$$"""
            {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{{reason}}}","message":"{{{message}}}",
            "details":{"causes":[{{{causes}}}]},"code":{{{code}}}}
            """,
            code);

    public static HttpResponseMessage Discover(ApiCall call) => Json(
        call.Path == "/api" ? Discovery : """{"kind":"APIGroupDiscoveryList","items":[]}""");

    public static string Item(string name, string version, string data = "") => $$$"""
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","namespace":"web","uid":"u-{{{name}}}",
        "resourceVersion":"{{{version}}}"},"data":{{{(data.Length == 0 ? "{}" : data)}}}}
        """.ReplaceLineEndings("");

    public static string ListOf(string version, string next, params string[] items) => $$$"""
        {"kind":"ConfigMapList","apiVersion":"v1",
        "metadata":{"resourceVersion":"{{{version}}}","continue":"{{{next}}}"},"items":[{{{string.Join(',', items)}}}]}
        """;

    public double NextDouble() => 0.5;

    public void Fill(Span<byte> bytes) => bytes.Clear();

    public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation)
    {
        Guarded++;
        return Task.CompletedTask;
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var query = request.RequestUri!.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[^1]));
        var call = new ApiCall(
            request.Method.Method, request.RequestUri.AbsolutePath, query, body,
            request.Content?.Headers.ContentType?.MediaType, request.Headers.Authorization?.ToString());
        lock (_gate)
            Calls.Add(call);
        return call.Path is "/api" or "/apis" && body.Length == 0 && Answers is null
            ? Discover(call)
            : _answer(call);
    }

    /// <summary>Set where the test answers discovery itself.</summary>
    public object? Answers { get; init; }

    private ProviderEnvironment Environment => new()
    {
        Time = Time,
        Random = this,
        Transport = this,
        Guard = this,
        Environment = _ => null,
    };

    private static HttpVendor VendorOf(KubernetesAccess access) => new()
    {
        Provider = "kubernetes",
        DisplayName = "the API server of prod",
        BaseAddress = access.Server,
        Token = "unused",
        TokenSource = "kubeconfig",
        Classify = reply => KubernetesErrors.Classify(access.Name, reply),
    };
}
