using System.Text;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Vault;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.Vault;

/// <summary>Talks to a simulated Vault without a network; holds what it says to the contract.</summary>
internal sealed class VaultDriver : ITokenReviewer
{
    public const string Root = "s.root";

    public VaultDriver(VaultWorldOptions? options = null)
    {
        World = new VaultWorld((options ?? new VaultWorldOptions { RootToken = Root }) with { Reviewer = this });
        Token = Root;
        if (World.IsInitialized)
            Post("sys/mounts/secret", """{"type":"kv","options":{"version":"2"}}""").Status.ShouldBe(204);
    }

    public VaultWorld World { get; }

    public TimeSpan Now { get; set; }

    public string? Token { get; set; }

    public string? Namespace { get; set; }

    public WorldFault? Fault { get; set; }

    public VaultContract? Contract { get; } = ContractFolder.Path is null ? null : new VaultContract();

    /// <summary>Service accounts' tokens that the API server knows.</summary>
    public Dictionary<string, ReviewedAccount> Accounts { get; } = new()
    {
        ["jwt-eso"] = new("external-secrets", "external-secrets", "u1", ["openbao"]),
        ["jwt-other"] = new("default", "other", "u2", ["openbao"]),
        ["jwt-elsewhere"] = new("elsewhere", "external-secrets", "u3", ["openbao"]),
        ["jwt-api"] = new("external-secrets", "external-secrets", "u1", ["https://kubernetes.default.svc"]),
    };

    public ReviewedAccount? Review(string token) => Accounts.GetValueOrDefault(token);

    public VaultReply Get(string path) => Send("GET", path, null);

    public VaultReply Post(string path, string? json = null) => Send("POST", path, json);

    public VaultReply Delete(string path) => Send("DELETE", path, null);

    public VaultReply Patch(string path, string json, string type = "application/merge-patch+json") =>
        Send("PATCH", path, json, type);

    /// <summary>Writes a document and gives its version.</summary>
    public int Write(string path, int? cas, string fields)
    {
        var options = cas is null ? "" : $$""" "options":{"cas":{{cas}}},""";
        var reply = Post($"secret/data/{path}", $$"""{{{options}}"data":{{fields}}}""");
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Data.GetProperty("version").GetInt32();
    }

    public VaultReply Send(string method, string path, string? json, string? type = "application/json")
    {
        var parts = path.Split('?', 2);
        var headers = new Dictionary<string, string>();
        if (Token is not null)
            headers["x-vault-token"] = Token;
        if (Namespace is not null)
            headers["x-vault-namespace"] = Namespace;
        if (json is not null)
            headers["content-type"] = type!;
        var request = new WorldRequest
        {
            Method = method,
            Path = $"/v1/{parts[0]}",
            Query = parts.ElementAtOrDefault(1) ?? "",
            Headers = ValueMap.From(headers),
            Body = json is null ? default : Encoding.UTF8.GetBytes(json),
            Fault = Fault,
        };
        Fault = null;
        var reply = World.Handle(request, Now);
        Contract?.Check(
            new WireRequest(method, request.Path, request.Query, json is null ? null : type, request.Body),
            new WireReply(reply.Status, reply.Headers.GetValueOrDefault("content-type"), reply.Body));
        return new VaultReply(reply);
    }
}

/// <summary>A reply of the simulated Vault, with its JSON at hand.</summary>
internal sealed record VaultReply(WorldReply Reply)
{
    public int Status => Reply.Status;

    public string Text => Encoding.UTF8.GetString(Reply.Body.Span);

    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Reply.Body);
            return document.RootElement.Clone();
        }
    }

    public JsonElement Data => Json.GetProperty("data");

    public string Error => Json.GetProperty("errors").EnumerateArray().Select(each => each.GetString()!)
        .FirstOrDefault() ?? "";
}
