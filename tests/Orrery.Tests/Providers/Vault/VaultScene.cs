using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Vault;
using Orrery.Simulation.Vault;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Vault;

/// <summary>The client before a simulated server; every exchange is held to the contract.</summary>
internal sealed class VaultScene : HttpMessageHandler, IRandomSource, IWriterGuard, ITokenReviewer
{
    public const string Root = "s.planted-root-token";
    public const string Jwt = "planted-service-account-token";

    public VaultScene(string? token = Root)
    {
        World = new VaultWorld(new VaultWorldOptions { RootToken = Root, Reviewer = this });
        Environment = new ProviderEnvironment
        {
            Time = Time,
            Random = this,
            Transport = this,
            Guard = this,
            Environment = static _ => null,
        };
        Client = VaultClient.Create(Environment, Server, token, "env: VAULT_TOKEN");
        Engine = new KeyValueEngine(Client, "secret");
        System = new VaultSystem(Client);
        if (token is not null)
            Time.Run(() => System.EnableKeyValueAsync("secret", "", Operation, default));
    }

    public static VaultServer Server { get; } = new(new Uri("http://openbao.openbao.svc:8200/"));

    public static OperationContext Operation { get; } =
        OperationContext.Silent(ResourceAddress.Of("prod", "vault/secret", "a"));

    public VirtualTime Time { get; } = new();

    public VaultWorld World { get; }

    public VaultContract? Contract { get; } = ContractFolder.Path is null ? null : new VaultContract();

    public ProviderEnvironment Environment { get; }

    public VaultClient Client { get; }

    public KeyValueEngine Engine { get; }

    public VaultSystem System { get; }

    /// <summary>What becomes of the next requests that are not reads, one after the other.</summary>
    public Queue<Fate> Fates { get; } = [];

    /// <summary>Given instead of the next reply.</summary>
    public HttpResponseMessage? Instead { get; set; }

    /// <summary>Done before the next request that is no read arrives: another writer.</summary>
    public Action? Before { get; set; }

    /// <summary>Done once the next request that is no read has had its effect.</summary>
    public Action? After { get; set; }

    /// <summary>How many service accounts' tokens were reviewed.</summary>
    public int Reviews { get; private set; }

    public List<WorldRequest> Requests { get; } = [];

    public KeyValueDocument Document(string path = "a") => new(Engine, path);

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    /// <summary>The document's fields as text.</summary>
    public string? Fields(string path = "a") => World.Fields("secret", path)?.ToJsonString();

    /// <summary>Another writer writes the document without asking for its version.</summary>
    public void Overwrite(string fields, string path = "a") => World.Handle(
        new WorldRequest
        {
            Method = "POST",
            Path = $"/v1/secret/data/{path}",
            Headers = ValueMap.Of(("x-vault-token", Root)),
            Body = global::System.Text.Encoding.UTF8.GetBytes($$"""{"data":{{fields}}}"""),
        },
        Time.Now);

    public ReviewedAccount? Review(string token)
    {
        Reviews++;
        return token == Jwt ? new ReviewedAccount("external-secrets", "external-secrets", "u1", ["openbao"]) : null;
    }

    public double NextDouble() => 0.5;

    public void Fill(Span<byte> bytes) => bytes.Clear();

    public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) => Task.CompletedTask;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var arriving = await ReadAsync(request, cancellationToken);
        Requests.Add(arriving);
        if (Instead is { } other)
        {
            Instead = null;
            return other;
        }

        var isRead = arriving.Method == "GET";
        var fate = !isRead && Fates.TryDequeue(out var next) ? next : Fate.Good;
        if (!isRead && Before is { } before)
        {
            Before = null;
            before();
        }

        if (fate == Fate.RequestLost)
            throw new HttpRequestException("reset");
        var reply = World.Handle(
            fate == Fate.ErrorAfter ? arriving with { Fault = WorldFault.ErrorAfter } : arriving, Time.Now);
        if (!isRead && After is { } after)
        {
            After = null;
            after();
        }

        if (fate == Fate.ReplyLost)
            throw new HttpRequestException("reset");
        var type = arriving.Headers.GetValueOrDefault("content-type");
        lock (Requests)
        {
            Contract?.Check(
                new WireRequest(arriving.Method, arriving.Path, arriving.Query, type, arriving.Body),
                new WireReply(reply.Status, reply.Headers.GetValueOrDefault("content-type"), reply.Body));
        }

        return new HttpResponseMessage((HttpStatusCode)reply.Status)
        {
            Content = new ByteArrayContent(reply.Body.ToArray()),
        };
    }

    private static async Task<WorldRequest> ReadAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        new()
        {
            Method = request.Method.Method,
            Path = request.RequestUri!.AbsolutePath,
            Query = request.RequestUri.Query.TrimStart('?'),
            Headers = ValueMap.From(request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).Select(
                header => KeyValuePair.Create(header.Key.ToLowerInvariant(), string.Join(", ", header.Value)))),
            Body = request.Content is null ? default : await request.Content.ReadAsByteArrayAsync(cancellation),
        };
}

/// <summary>What becomes of a request.</summary>
public enum Fate
{
    Good,
    RequestLost,
    ReplyLost,
    ErrorAfter,
}
