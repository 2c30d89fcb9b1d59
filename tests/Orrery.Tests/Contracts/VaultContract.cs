using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Tests.Contracts;

/// <summary>
/// Vault's OpenAPI document, and what it leaves to the reader: paths of several segments, the envelope around each
/// reply, refusals, and replies that its generator knows nothing of.
/// </summary>
internal sealed class VaultContract
{
    private static readonly string[] Verbs = ["data", "metadata", "delete", "undelete", "destroy"];

    private readonly OpenApiContract _contract = new(ContractFolder.Of("vault", "openapi.json"), "/v1")
    {
        // It describes 70 engines, each wherever somebody may mount it.
        Meant = static path => path.StartsWith("/sys/", StringComparison.Ordinal)
            || path.StartsWith("/auth/token/", StringComparison.Ordinal)
            || path.StartsWith("/auth/{kubernetes_mount_path}/", StringComparison.Ordinal)
            || path.StartsWith("/{kv_v2_mount_path}/", StringComparison.Ordinal),
    };

    public ContractReport Report => _contract.Report;

    public IEnumerable<string> Operations => _contract.Operations;

    /// <summary>Operations that the contract lacks, or whose replies it does not describe.</summary>
    public SortedSet<string> Undescribed { get; } = new(StringComparer.Ordinal);

    public void Check(WireRequest request, WireReply reply)
    {
        var flat = request with { Path = Flat(request.Path) };
        if (request.Method == "PATCH")
        {
            Undescribed.Add("PATCH {mount}/data/{path}");
            Refusal(request, reply);
            return;
        }

        if (request.Query.StartsWith("version=", StringComparison.Ordinal))
        {
            Undescribed.Add("GET {mount}/data/{path}?version");
            flat = flat with { Query = "" };
        }

        if (reply.Status >= 400)
        {
            Refusal(request, reply);
            return;
        }

        var operation = _contract.Find(flat)?.Operation ?? default;
        var answers = operation.ValueKind == System.Text.Json.JsonValueKind.Object
            ? operation.GetProperty("responses")
            : default;
        var isDescribed = answers.ValueKind != System.Text.Json.JsonValueKind.Object
            || (answers.TryGetProperty($"{reply.Status}", out var answer) && answer.TryGetProperty("content", out _))
            || reply.Status == 204;
        if (!isDescribed)
            Undescribed.Add($"{request.Method} {Template(request.Path)}");
        // Its generator says 200 of whatever does not say otherwise; the server says 204 where there is nothing to say.
        var status = reply.Status == 204 && !answers.TryGetProperty("204", out _) ? 200 : reply.Status;
        _contract.Check(flat, isDescribed
            ? reply with { Status = status, Body = Data(reply.Body) }
            : reply with { Status = status, Body = default });
    }

    private static string Flat(string path)
    {
        var parts = path.Split('/');
        if (parts.Length < 5 || parts[2] is "sys" or "auth" || !Verbs.Contains(parts[3]))
            return path;
        var rest = string.Join('_', parts[4..]);
        // The top of all folders has no name.
        return path.EndsWith('/')
            ? $"{string.Join('/', parts[..4])}/{(rest.Length == 0 ? "top" : rest.TrimEnd('_'))}/"
            : $"{string.Join('/', parts[..4])}/{rest}";
    }

    private static string Template(string path) =>
        string.Join('/', path.Split('/').Skip(2).Take(path.Contains("/auth/", StringComparison.Ordinal) ? 3 : 2));

    // The contract describes what stands in the envelope; and it knows no nulls, which the server writes.
    private static byte[] Data(ReadOnlyMemory<byte> body)
    {
        if (body.Length == 0)
            return [];
        var data = JsonNode.Parse(body.Span)!.AsObject() is { } envelope && envelope.ContainsKey("request_id")
            ? envelope["data"]?.DeepClone().AsObject() ?? []
            : JsonNode.Parse(body.Span)!.AsObject();
        foreach (var name in data.Where(field => field.Value is null).Select(field => field.Key).ToList())
            data.Remove(name);
        return Encoding.UTF8.GetBytes(data.ToJsonString());
    }

    // https://openbao.org/api-docs/#error-response
    private void Refusal(WireRequest request, WireReply reply)
    {
        Report.Exchanges++;
        if (reply.Status < 400)
            return;
        var body = JsonNode.Parse(reply.Body.Span) as JsonObject;
        var isList = body?["errors"] is JsonArray errors
            && errors.All(each => each?.GetValueKind() == System.Text.Json.JsonValueKind.String);
        var isDeleted = reply.Status == 404 && body?["data"] is JsonObject;
        var isHealth = request.Path == "/v1/sys/health";
        if (!isList && !isDeleted && !isHealth)
            Report.Violations.Add($"{request.Method} {request.Path} -> {reply.Status}: is no refusal of Vault's");
    }
}
