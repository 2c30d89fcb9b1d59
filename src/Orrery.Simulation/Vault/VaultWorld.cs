using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Vault;

/// <summary>
/// A server that speaks Vault's API behind the wire: KV version 2, policies, tokens and the login of Kubernetes'
/// service accounts, after the published contract and the documents at https://openbao.org/api-docs/.
/// </summary>
public sealed class VaultWorld : IWorld
{
    private const string Version = "2.6.2";

    private readonly VaultWorldOptions _options;
    private readonly SortedDictionary<string, Realm> _realms = new(StringComparer.Ordinal);
    private readonly List<ServiceRecord> _service = [];
    private readonly Token? _root;
    private bool _isInitialized;
    private long _second;
    private int _inSecond;

    public VaultWorld(VaultWorldOptions options)
    {
        _options = options;
        _isInitialized = options.RootToken is not null;
        foreach (var name in options.Namespaces.Prepend(""))
            _realms.Add(name, new Realm(options, name));
        _root = options.RootToken is { } token ? new Token(token, "root", ["root"], "root") : null;
    }

    public string Name => "vault";

    public IReadOnlyList<ServiceRecord> Service => _service;

    /// <summary>Its storage is closed until somebody unseals it.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Another node has the lock, and cannot be reached.</summary>
    public bool IsStandby { get; set; }

    public bool IsInitialized => _isInitialized;

    /// <summary>
    /// The first start on empty storage with a configuration that initializes by itself: its requests are done by a
    /// root token, which is then gone. Source: https://openbao.org/docs/configuration/self-init
    /// </summary>
    public void Initialize(IEnumerable<InitialRequest> requests, TimeSpan now)
    {
        Invariant.Check(!_isInitialized, "a server is initialized once");
        _isInitialized = true;
        var root = new Token("", "root", ["root"], "root");
        foreach (var each in requests)
        {
            var request = new WorldRequest
            {
                Method = "POST",
                Path = $"/v1/{each.Path}",
                Body = Encoding.UTF8.GetBytes(each.Data.ToJsonString()),
            };
            Route(new Exchange(_realms[""], request, each.Path, root, _options.Epoch + now));
        }
    }

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        var took = request.Method is "GET" or "LIST" ? _options.Read : _options.Change;
        _service.Add(new ServiceRecord(request.Tag, $"{request.Method} {request.Path}", now, now + took));
        int status;
        JsonObject? body;
        try
        {
            (status, body) = Answered(request, now);
            if (request.Fault == WorldFault.ErrorAfter && IsChange(request))
                throw Refusal.ServerError();
        }
        catch (Refusal refusal)
        {
            (status, body) = (refusal.Status, refusal.ToJson());
        }

        var headers = new Dictionary<string, string> { ["cache-control"] = "no-store" };
        if (body is not null)
            headers["content-type"] = "application/json";
        return new WorldReply
        {
            Status = status,
            Headers = ValueMap.From(headers),
            Body = body is null ? default : Encoding.UTF8.GetBytes(body.ToJsonString()),
            ServiceTime = took,
            Injected = request.Fault is WorldFault.ErrorBefore or WorldFault.RateLimited
                || (request.Fault == WorldFault.ErrorAfter && IsChange(request)),
        };
    }

    /// <summary>A document's fields as they are now, for checkers; null where there is none.</summary>
    public JsonObject? Fields(string mount, string path) =>
        _realms[""].Engines.GetValueOrDefault(mount)?.Documents.GetValueOrDefault(path) is { } document
        && document.Versions.GetValueOrDefault(document.CurrentVersion) is { Deleted: null, Data: { } data }
            ? data.DeepClone().AsObject()
            : null;

    /// <summary>The paths of all documents of an engine, for checkers.</summary>
    public IReadOnlyList<string> Paths(string mount) =>
        _realms[""].Engines.GetValueOrDefault(mount) is { } engine ? [.. engine.Documents.Keys] : [];

    private static bool IsChange(WorldRequest request) => request.Method is not ("GET" or "LIST");

    private (int Status, JsonObject? Body) Answered(WorldRequest request, TimeSpan now)
    {
        var path = Uri.UnescapeDataString(request.Path);
        if (!path.StartsWith("/v1/", StringComparison.Ordinal))
            throw Refusal.NoHandler(path.TrimStart('/'));
        path = path["/v1/".Length..];
        if (SealStatus.Find(path) is { } status)
            return status(this, now);
        if (IsSealed || !_isInitialized)
            throw Refusal.Sealed();
        if (IsStandby)
            throw Refusal.Standby();
        if (request.Fault == WorldFault.RateLimited || IsOverQuota(now))
            throw Refusal.OverQuota(path);
        if (request.Fault == WorldFault.ErrorBefore)
            throw Refusal.ServerError();
        var space = (request.Headers.GetValueOrDefault("x-vault-namespace") ?? "").Trim('/');
        if (!_realms.TryGetValue(space, out var realm))
            throw Refusal.NoHandler(path);
        var answer = Route(new Exchange(realm, request, path, TokenOf(realm, request, now), _options.Epoch + now));
        if (answer.Status == 204)
            return (204, null);
        var body = Documents.Envelope(answer, realm.DrawGuid());
        foreach (var (name, value) in answer.Bare ?? [])
            body[name] = value?.DeepClone();
        return (answer.Status, body);
    }

    private static Answer Route(Exchange exchange)
    {
        var path = exchange.Path;
        var isLogin = path.StartsWith("auth/", StringComparison.Ordinal)
            && path.EndsWith("/login", StringComparison.Ordinal);
        var engine = exchange.Realm.Engines
            .FirstOrDefault(each => path.StartsWith($"{each.Key}/", StringComparison.Ordinal));
        var rest = engine.Key is null ? "" : path[(engine.Key.Length + 1)..];
        if (!isLogin)
            Authorize(exchange, engine.Value is { } found && KeyValueRoutes.Exists(found, rest));
        if (path.StartsWith("sys/", StringComparison.Ordinal))
            return SystemRoutes.Handle(exchange, path["sys/".Length..]);
        if (path.StartsWith("auth/", StringComparison.Ordinal))
            return LoginRoutes.Handle(exchange, path["auth/".Length..]);
        // Of the first version only that it is not the second matters here.
        return engine.Value is { Version: "2" } mount
            ? KeyValueRoutes.Handle(exchange, mount, rest)
            : throw Refusal.NoHandler(path);
    }

    private static void Authorize(Exchange exchange, bool exists)
    {
        var token = exchange.Token ?? throw Refusal.Denied();
        if (token.Policies.Contains("root"))
            return;
        var policies = token.Policies.Select(exchange.Realm.Policies.GetValueOrDefault).OfType<Policy>().ToList();
        var allowed = Policy.Allowed(policies, exchange.Path);
        if (exchange.IsList && allowed.Count == 0)
            allowed = Policy.Allowed(policies, exchange.Path.TrimEnd('/'));
        var needed = exchange switch
        {
            { IsList: true } => Capability.List,
            { IsWrite: true } when IsCreate(exchange, exists) => Capability.Create,
            { IsWrite: true } => Capability.Update,
            { Request.Method: "DELETE" } => Capability.Delete,
            { Request.Method: "PATCH" } => Capability.Patch,
            _ => Capability.Read,
        };
        // Login methods decide who gets in. Source: https://openbao.org/api-docs/system/auth/
        var needsSudo = exchange.Path.StartsWith("sys/auth/", StringComparison.Ordinal);
        if (!allowed.Contains(needed) || (needsSudo && !allowed.Contains(Capability.Sudo)))
            throw Refusal.Denied();
    }

    // The system's own paths do not tell whether what is written exists.
    private static bool IsCreate(Exchange exchange, bool exists) =>
        !exists && exchange.Path.Contains("/data/", StringComparison.Ordinal)
        && !exchange.Path.StartsWith("sys/", StringComparison.Ordinal);

    private Token? TokenOf(Realm realm, WorldRequest request, TimeSpan now)
    {
        var shown = request.Headers.GetValueOrDefault("x-vault-token")
            ?? (request.Headers.GetValueOrDefault("authorization")?.Split(' ', 2) is ["Bearer", var bearer]
                ? bearer
                : null);
        if (shown is null)
            return null;
        if (_root is not null && shown == _root.Id)
            return _root;
        var found = realm.Tokens.GetValueOrDefault(shown);
        return found is null || found.Expires <= _options.Epoch + now ? null : found;
    }

    private bool IsOverQuota(TimeSpan now)
    {
        var second = (long)now.TotalSeconds;
        if (second != _second)
            (_second, _inSecond) = (second, 0);
        return _options.RequestsPerSecond > 0 && ++_inSecond > _options.RequestsPerSecond;
    }

    /// <summary>What a server tells of itself although it is sealed, to anybody.</summary>
    private static class SealStatus
    {
        public static Func<VaultWorld, TimeSpan, (int Status, JsonObject? Body)>? Find(string path) => path switch
        {
            "sys/health" => Health,
            "sys/seal-status" => Seal,
            "sys/init" => static (world, _) => (200, new JsonObject { ["initialized"] = world._isInitialized }),
            _ => null,
        };

        // https://openbao.org/api-docs/system/health/
        private static (int Status, JsonObject? Body) Health(VaultWorld world, TimeSpan now)
        {
            var isSealed = world.IsSealed || !world._isInitialized;
            var status = !world._isInitialized ? 501 : isSealed ? 503 : world.IsStandby ? 429 : 200;
            return (status, new JsonObject
            {
                ["initialized"] = world._isInitialized,
                ["sealed"] = isSealed,
                ["standby"] = world.IsStandby,
                ["server_time_utc"] = (world._options.Epoch + now).ToUnixTimeSeconds(),
                ["version"] = Version,
            });
        }

        private static (int Status, JsonObject? Body) Seal(VaultWorld world, TimeSpan now) => (200, new JsonObject
        {
            ["type"] = "static",
            ["initialized"] = world._isInitialized,
            ["sealed"] = world.IsSealed || !world._isInitialized,
            ["t"] = 0,
            ["n"] = 0,
            ["progress"] = 0,
            ["nonce"] = "",
            ["version"] = Version,
            ["migration"] = false,
            ["recovery_seal"] = true,
            ["storage_type"] = "raft",
        });
    }
}

/// <summary>One request of a configuration that initializes the server by itself.</summary>
/// <param name="Path">Without <c>v1</c>: <c>sys/policies/acl/admin</c>.</param>
public sealed record InitialRequest(string Path, JsonObject Data);
