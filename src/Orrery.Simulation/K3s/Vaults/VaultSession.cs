using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Routes;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s.Vaults;

/// <summary>A program of the cluster at its Vault, as a store of External Secrets says it.</summary>
internal sealed class VaultSession(SimulatedCluster cluster, JsonObject provider)
{
    private string? _token;

    /// <summary>Logs in; null where that succeeds, and else why not.</summary>
    public string? Login()
    {
        var login = provider.At("auth", "kubernetes");
        var account = login.At("serviceAccountRef");
        var (ns, name) = (account.TextAt("namespace") ?? "", account.TextAt("name") ?? "");
        if (cluster.Store.Get("v1", "ServiceAccount", ns, name) is not { } found)
            return $"cannot get Kubernetes service account token: serviceaccounts \"{name}\" not found";
        var audiences = (account.At("audiences") as JsonArray ?? []).Select(each => each.Text() ?? "");
        var jwt = cluster.Api.IssueToken(found, [.. audiences], TimeSpan.FromMinutes(10));
        var body = new JsonObject { ["role"] = login.TextAt("role"), ["jwt"] = jwt };
        var mount = login.TextAt("mountPath") ?? "kubernetes";
        var (status, reply) = Send("POST", $"auth/{mount}/login", body);
        _token = reply.TextAt("auth", "client_token");
        return status == 200
            ? null
            : $"unable to log in to auth method: unable to log in with Kubernetes auth: {Why(status, reply)}";
    }

    /// <summary>One field of a document as bytes, or why it cannot be had.</summary>
    public (byte[]? Value, string? Problem) Read(string document, string property)
    {
        var (status, reply) = Send("GET", $"{provider.TextAt("path")}/data/{document}", null);
        if (status == 404)
            return (null, "Secret does not exist");
        if (status != 200)
            return (null, $"cannot read secret data from Vault: {Why(status, reply)}");
        return reply.At("data", "data", property) switch
        {
            null => (null, $"cannot find secret data for key: \"{property}\""),
            var value => (Encoding.UTF8.GetBytes(value.Text() ?? value.ToJsonString()), null),
        };
    }

    private (int Status, JsonNode? Reply) Send(string method, string path, JsonObject? body)
    {
        var headers = new Dictionary<string, string> { ["content-type"] = "application/json" };
        if (_token is not null)
            headers["x-vault-token"] = _token;
        // As the cluster's own DNS resolves it: service, namespace, svc.
        var host = Uri.TryCreate(provider.TextAt("server"), UriKind.Absolute, out var server) ? server.Host : "";
        var reply = host.Split('.') is [var service, var ns, "svc", ..]
            ? cluster.Api.Serve(new ServiceCall(ns, service, new WorldRequest
            {
                Method = method,
                Path = $"/v1/{path}",
                Headers = ValueMap.From(headers),
                Body = body is null ? default : Encoding.UTF8.GetBytes(body.ToJsonString()),
            }))
            : null;
        return reply is null
            ? (0, null)
            : (reply.Status, reply.Body.Length == 0 ? null : JsonNode.Parse(reply.Body.Span));
    }

    private static string Why(int status, JsonNode? reply) => status == 0
        ? "dial tcp: connect: connection refused"
        : $"Code: {status}. Errors: "
            + string.Join("; ", (reply.At("errors") as JsonArray ?? []).Select(each => $"* {each}"));
}
