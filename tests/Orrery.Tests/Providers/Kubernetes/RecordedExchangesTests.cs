using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Discovery;
using Orrery.Providers.Kubernetes.Watching;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>Everything that a real API server of version 1.36 has answered, read by the client.</summary>
public class RecordedExchangesTests
{
    [ContractTheory]
    [InlineData(
        "api.jsonl",
        "discovery 10, document 3, empty 1, object 86, page 13, refusal 55, table 3, text 3, watch 8")]
    [InlineData(
        "kubectl.jsonl",
        "discovery 107, document 18, not asked for 6, not recorded 50, object 161, page 12, refusal 14, table 12,"
        + " watch 11")]
    public void The_client_understands_every_recorded_reply(string file, string expected)
    {
        var lines = File.ReadAllLines(ContractFolder.Of("kubernetes", "recordings", file));
        var told = lines.Select((line, index) => Understand((JsonObject)JsonNode.Parse(line)!, $"{file}:{index + 1}"))
            .GroupBy(what => what).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {group.Count()}");
        string.Join(", ", told).ShouldBe(expected);
    }

    /// <summary>Gives the reply to the client; what it was, in one word.</summary>
    private static string Understand(JsonObject exchange, string where)
    {
        var (request, reply) = ((JsonObject)exchange["request"]!, (JsonObject)exchange["response"]!);
        var path = (string)request["path"]!;
        var status = (int)reply["status"]!;
        var body = reply["body"] as JsonObject;
        if (body?["omitted"] is not null)
            return "not recorded";
        var scene = new KubernetesScene(_ => ResponseOf(reply)) { Answers = "all" };
        var call = new ApiRequest(new HttpMethod((string)request["method"]!), path.TrimStart('/'));
        var isJson = $"{reply["headers"]!["Content-Type"]}".StartsWith("application/json", StringComparison.Ordinal)
            || path.StartsWith("/openapi/v3", StringComparison.Ordinal);
        if (status >= 400)
            return Refusal(scene, call, body, where);
        if (path.Contains("watch=true", StringComparison.Ordinal))
            return isJson ? Events(scene, call, body, where) : "not asked for";
        if (body is null)
        {
            scene.Time.Run(() => scene.Http.TextAsync(call, default)).ShouldBeEmpty(where);
            return "empty";
        }

        if (isJson)
            return Document(scene.Time.Run(() => scene.Http.SendAsync(call, default)), where);
        if (body["base64"] is null && !BodyOf(body).AsSpan().StartsWith("k8s\0"u8))
        {
            scene.Time.Run(() => scene.Http.TextAsync(call, default)).ShouldBe((string?)body["text"], where);
            return "text";
        }

        // Only who asks for protobuf gets it; were it to come, it would be refused and not misread.
        Should.Throw<ProviderException>(() => scene.Time.Run(() => scene.Http.SendAsync(call, default)), where)
            .Code.ShouldBe(ProviderErrorCode.Unavailable, where);
        return "not asked for";
    }

    private static string Refusal(KubernetesScene scene, ApiRequest call, JsonObject? body, string where)
    {
        var refusal = Should.Throw<ProviderException>(
            () => scene.Time.Run(() => scene.Http.SendAsync(call, default)), where);
        var said = body?["json"] as JsonObject;
        var reason = (string?)said?["reason"] ?? "";
        var expected = (reason, refusal.Status) switch
        {
            ("NotFound", _) or ("", 404) => ProviderErrorCode.NotFound,
            ("AlreadyExists" or "Conflict", _) or ("", 409) => ProviderErrorCode.Conflict,
            ("Unauthorized", _) => ProviderErrorCode.Unauthorized,
            ("Forbidden", _) when $"{said}".Contains("NamespaceTerminating", StringComparison.Ordinal) =>
                ProviderErrorCode.Locked,
            ("Forbidden", _) => ProviderErrorCode.Unauthorized,
            ("TooManyRequests", _) => ProviderErrorCode.RateLimited,
            ("InternalError", _) => ProviderErrorCode.Unavailable,
            _ => ProviderErrorCode.Invalid,
        };
        refusal.Code.ShouldBe(expected, where);
        refusal.CloudCode.ShouldBe(reason, where);
        // A refusal in protobuf, which we never ask for, is judged by its status alone.
        if (body?["base64"] is null)
            refusal.Message.ShouldNotContain("no reason given", Case.Sensitive, where);
        foreach (var cause in said?["details"]?["causes"]?.AsArray() ?? [])
        {
            KubernetesErrors.StatusOf(refusal)!.Causes.ShouldContain(
                told => told.Message == (string?)cause!["message"], where);
        }

        return "refusal";
    }

    private static string Events(KubernetesScene scene, ApiRequest call, JsonObject? body, string where)
    {
        var lines = new List<JsonObject>();
        scene.Time.Run(async () =>
        {
            await using var connection =
                await WatchConnection.OpenAsync(scene.Http, call, scene.Time, default);
            while (await connection.NextAsync(default) is { } line)
                lines.Add(line);
        });
        var expected = body is null
            ? 0
            : Encoding.UTF8.GetString(BodyOf(body)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        lines.Count.ShouldBe(expected, where);
        foreach (var line in lines)
        {
            ((string?)line["type"]).ShouldBeOneOf("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR");
            new KubernetesObject((JsonObject)line["object"]!).Kind.Kind.ShouldNotBeEmpty(where);
        }

        return "watch";
    }

    private static string Document(JsonObject json, string where)
    {
        switch ((string?)json["kind"])
        {
            case DiscoveryReading.AggregatedKind:
                DiscoveryReading.Aggregated(json).ShouldNotBeEmpty(where);
                return "discovery";
            case "APIResourceList":
                var kinds = DiscoveryReading.Resources(json).ToList();
                kinds.ShouldNotBeEmpty(where);
                kinds.ShouldAllBe(kind => kind.Verbs.Count > 0 && kind.Plural.Length > 0 && kind.Kind.Kind.Length > 0);
                return "discovery";
            case "APIGroupList":
                DiscoveryReading.GroupVersions(json).ShouldContain("apps/v1", where);
                return "discovery";
            case "APIVersions":
                DiscoveryReading.CoreVersions(json).ShouldBe(["v1"], where);
                return "discovery";
            case "Table":
                ObjectLists.Read(json).ResourceVersion.ShouldNotBeNull(where);
                json["rows"]!.AsArray().ShouldAllBe(row => row!["cells"] != null, where);
                return "table";
            case { } list when json["items"] is JsonArray items && list.EndsWith("List", StringComparison.Ordinal):
                var page = ObjectLists.Read(json);
                page.Items.Count.ShouldBe(items.Count, where);
                page.Items.ShouldAllBe(item => item.Name.Length > 0 && item.Kind.ApiVersion.Length > 0);
                page.ResourceVersion.ShouldNotBeEmpty(where);
                return "page";
            case { } kind:
                var item = new KubernetesObject(json);
                item.Kind.Kind.ShouldBe(kind, where);
                // Reviews and the status of a deletion are answers, not things with a name.
                if (kind != "Status" && !kind.EndsWith("Review", StringComparison.Ordinal))
                    item.Name.ShouldNotBeEmpty(where);
                return "object";
            default:
                json.Count.ShouldBePositive(where);
                return "document";
        }
    }

    private static HttpResponseMessage ResponseOf(JsonObject reply)
    {
        var content = new ByteArrayContent(reply["body"] is JsonObject body ? BodyOf(body) : []);
        if ((string?)reply["headers"]!["Content-Type"] is { } type)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return new HttpResponseMessage((HttpStatusCode)(int)reply["status"]!) { Content = content };
    }

    private static byte[] BodyOf(JsonObject body) => body["base64"] is { } packed
        ? Convert.FromBase64String((string)packed!)
        : Encoding.UTF8.GetBytes((string?)body["text"] ?? body["json"]!.ToJsonString());
}
