using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>Reads the body of a request.</summary>
internal static class RequestBody
{
    // As the real server cuts what it quotes.
    private const int QuotedMax = 256;

    /// <summary>The object that a request sends, of the kind that the path says.</summary>
    public static JsonObject Object(RequestInfo info, string? kind = null, string? apiVersion = null)
    {
        var (wanted, version) = (kind ?? info.Kind.Kind, apiVersion ?? info.Kind.ApiVersion);
        if (Parse(info) is not JsonObject item)
            throw ApiFailure.BadRequest($"the object provided is unrecognized (must be of type {wanted})");
        var (givenKind, givenVersion) = (item["kind"].Text(), item["apiVersion"].Text());
        if (givenKind is not null && givenVersion is not null && (givenKind, givenVersion) != (wanted, version))
            throw Mismatch(info, wanted, givenKind, givenVersion);
        item["kind"] = wanted;
        item["apiVersion"] = version;
        return item;
    }

    public static JsonNode? Parse(RequestInfo info)
    {
        var isYaml = info.ContentType is "application/yaml" or "application/apply-patch+yaml" or "text/yaml";
        if (info.ContentType == "application/vnd.kubernetes.protobuf")
            return ProtobufBody.Read(info.Request.Body.Span);
        if (info.ContentType.Contains("cbor", StringComparison.Ordinal))
            throw ApiFailure.Unsupported($"bodies of {info.ContentType}");

        try
        {
            return JsonNode.Parse(info.Request.Body.Span, documentOptions: new JsonDocumentOptions { MaxDepth = 200 });
        }
        catch (JsonException) when (isYaml)
        {
            return YamlDocuments.Parse(info.Text);
        }
        catch (JsonException)
        {
            throw ApiFailure.BadRequest(
                $"the object provided is unrecognized (must be of type {info.Kind.Kind}): couldn't get version/kind; "
                + $"json parse error: {Why(info.Text)} ({Quoted(info.Text)})");
        }
    }

    private static ApiFailure Mismatch(RequestInfo info, string wanted, string kind, string version)
    {
        if (info.Kind.Definition is not null)
        {
            return ApiFailure.BadRequest(version == info.Kind.ApiVersion
                ? $"the kind in the data ({kind}) does not match the expected kind ({wanted})"
                : $"the API version in the data ({version}) does not match the expected API version "
                    + $"({info.Kind.ApiVersion})");
        }

        var group = info.Kind.Group.Length == 0 ? "core" : info.Kind.Group.Split('.')[0];
        var bare = version.Split('/')[^1];
        return ApiFailure.BadRequest(
            $"{kind} in version \"{bare}\" cannot be handled as a {wanted}: converting ({bare}.{kind}) to "
            + $"({group}.{wanted}): unknown conversion");
    }

    private static string Why(string text)
    {
        var trimmed = text.TrimStart();
        if (trimmed.Length == 0)
            return "unexpected end of JSON input";
        if (trimmed[0] != '{')
            return $"invalid character '{trimmed[0]}' looking for beginning of value";
        var inner = trimmed[1..].TrimStart();
        return inner.Length == 0
            ? "unexpected end of JSON input"
            : inner[0] != '"'
                ? $"invalid character '{inner[0]}' looking for beginning of object key string"
                : "invalid character in JSON input";
    }

    private static string Quoted(string text) => text.Length > QuotedMax ? text[..QuotedMax] : text;
}
