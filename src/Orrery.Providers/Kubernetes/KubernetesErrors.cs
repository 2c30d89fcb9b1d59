using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using static Orrery.Engine.Ports.ProviderErrorCode;

namespace Orrery.Providers.Kubernetes;

/// <summary>What the API server's refusals mean for us, and how they are told.</summary>
internal static class KubernetesErrors
{
    private const int MessageCharactersMax = 300;
    private const int CausesMax = 8;

    /// <summary>
    /// The reasons of https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go (StatusReason).
    /// </summary>
    private static readonly Dictionary<string, ProviderErrorCode> ByReason = new()
    {
        ["Unauthorized"] = Unauthorized,
        ["Forbidden"] = Unauthorized,
        ["NotFound"] = NotFound,
        ["AlreadyExists"] = Conflict,
        ["Conflict"] = Conflict,
        ["Invalid"] = Invalid,
        ["BadRequest"] = Invalid,
        ["Expired"] = Invalid,
        ["Gone"] = Invalid,
        ["MethodNotAllowed"] = Invalid,
        ["NotAcceptable"] = Invalid,
        ["RequestEntityTooLarge"] = Invalid,
        ["UnsupportedMediaType"] = Invalid,
        ["ServerTimeout"] = ProviderErrorCode.Timeout,
        ["Timeout"] = ProviderErrorCode.Timeout,
        ["TooManyRequests"] = RateLimited,
        ["InternalError"] = Unavailable,
        ["ServiceUnavailable"] = Unavailable,
        ["StoreReadError"] = Unavailable,
    };

    public static ProviderException Classify(string cluster, ErrorReply reply)
    {
        var status = StatusOf(reply.Body.Span) ?? new KubernetesStatus(reply.Status, "", Plain(reply.Body.Span), []);
        return new ProviderException(
            CodeOf(status, reply.Status), Told(cluster, reply, status), new KubernetesRefusal(status))
        {
            CloudCode = status.Reason,
            Status = reply.Status,
            RequestId = reply.RequestId,
        };
    }

    /// <summary>The status that a refusal carries; null where it came from elsewhere.</summary>
    public static KubernetesStatus? StatusOf(ProviderException refusal) =>
        (refusal.InnerException as KubernetesRefusal)?.Status;

    /// <summary>The resource version that was asked for is forgotten: list again.</summary>
    public static bool IsExpired(ProviderException refusal) => refusal.Status == 410;

    public static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= MessageCharactersMax ? line : $"{line[..MessageCharactersMax]}…";
    }

    private static ProviderErrorCode CodeOf(KubernetesStatus status, int http)
    {
        // Its namespace goes; the same name is free again in a while.
        if (status.Causes.Any(cause => cause.Reason == "NamespaceTerminating"))
            return Locked;
        if (status.Reason == "Forbidden" && status.Message.Contains("exceeded quota", StringComparison.Ordinal))
            return LimitExceeded;
        // A manifest that does not fit the kind's schema is answered with 500 and no reason.
        if (http == 500 && status.Reason.Length == 0
            && status.Message.StartsWith("failed to create typed patch object", StringComparison.Ordinal))
        {
            return Invalid;
        }

        return ByReason.TryGetValue(status.Reason, out var code) ? code : ByStatus(http);
    }

    private static ProviderErrorCode ByStatus(int http) => http switch
    {
        401 or 403 => Unauthorized,
        404 => NotFound,
        408 or 504 => ProviderErrorCode.Timeout,
        409 => Conflict,
        429 => RateLimited,
        >= 500 => Unavailable,
        _ => Invalid,
    };

    private static string Told(string cluster, ErrorReply reply, KubernetesStatus status)
    {
        var text = new StringBuilder($"the API server of {cluster} refused {reply.What}: ");
        var conflicts = status.Conflicts.ToList();
        if (conflicts.Count > 0)
        {
            text.Append("fields of this object belong to others: ");
            text.AppendJoin(", ", conflicts.Take(CausesMax).Select(
                cause => $"{cause.Field} to '{cause.Manager}'"));
            text.Append(conflicts.Count > CausesMax ? $" and {conflicts.Count - CausesMax} more" : "");
            text.Append(". Take a field out of the manifest where its owner shall decide it; else let the owner give")
                .Append(" it up, or apply the object once with --server-side --force-conflicts");
        }
        else
        {
            var said = Shorten(reply.Redact(status.Message));
            text.Append(said.Length > 0 ? said : "no reason given");
            // The message of an invalid object repeats its causes, but not beyond what fits.
            if (status.Message.Length > MessageCharactersMax)
            {
                text.Append("; fields: ").AppendJoin(
                    ", ", status.Causes.Where(cause => cause.Field.Length > 0).Take(CausesMax).Select(c => c.Field));
            }
        }

        text.Append(status.Reason.Length > 0 ? $" ({status.Reason}, {reply.Status})" : $" ({reply.Status})");
        return text.ToString();
    }

    private static KubernetesStatus? StatusOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject json && json.Text("kind") == "Status"
                ? KubernetesStatus.Read(json)
                : null;
        }
        catch (JsonException)
        {
            // Paths that nobody serves are answered in plain text, proxies answer in HTML.
            return null;
        }
    }

    private static string Plain(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MessageCharactersMax)]).Trim();
        return text.StartsWith('<') || text.Any(char.IsControl) ? "" : text;
    }
}
