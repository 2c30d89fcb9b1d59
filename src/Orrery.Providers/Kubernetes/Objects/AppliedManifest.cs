using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>
/// What we applied last, kept on the object itself without its sensitive values. The server keeps values in forms of
/// its own (<c>1000m</c> becomes <c>1</c>), so that only this says what was asked for.
/// </summary>
internal static class AppliedManifest
{
    public const string Annotation = "orrery.dev/applied";

    /// <summary>Up to here it is plain JSON, for people; longer ones are packed.</summary>
    private const int PlainMax = 16 * 1024;

    /// <summary>All annotations together may have 256 KiB; others need some, too.</summary>
    private const int PackedMax = 200 * 1024;

    /// <summary>More than an object may have.</summary>
    private const int UnpackedMax = 8 * 1024 * 1024;

    public static string Write(Value.Map manifest)
    {
        var json = ManifestJson.ToRecord(manifest)?.ToJsonString() ?? "{}";
        if (json.Length <= PlainMax)
            return json;
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(json));
        var text = Convert.ToBase64String(packed.GetBuffer().AsSpan(0, (int)packed.Length));
        return text.Length <= PackedMax
            ? text
            : throw new ProviderException(ProviderErrorCode.Invalid, "the manifest is too large for a cluster");
    }

    /// <summary>Null where we have not applied it yet, or somebody has spoilt the annotation.</summary>
    public static JsonObject? Read(KubernetesObject item)
    {
        if (item.Annotation(Annotation) is not { Length: > 0 } text)
            return null;
        try
        {
            return JsonNode.Parse(text[0] == '{' ? text : Unpack(text)) as JsonObject;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidDataException)
        {
            return null;
        }
    }

    private static string Unpack(string text)
    {
        using var gzip = new GZipStream(
            new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        var json = new byte[UnpackedMax];
        var length = gzip.ReadAtLeast(json, json.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(json, 0, length);
    }
}
