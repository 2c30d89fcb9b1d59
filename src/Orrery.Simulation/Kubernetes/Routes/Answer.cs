using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>What a route answers.</summary>
internal sealed record Answer
{
    public int Status { get; init; } = 200;

    public string ContentType { get; init; } = "application/json";

    public ReadOnlyMemory<byte> Body { get; init; }

    public IReplyStream? Stream { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public int? RetryAfter { get; init; }

    /// <summary>What a WebSocket speaks that this answer begins; empty where it begins none.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Passed on as another server gave it: its own headers are not ours.</summary>
    public bool Passed { get; init; }

    public static Answer Json(JsonNode body, int status = 200) =>
        new() { Status = status, Body = JsonText.Bytes(body) };

    public static Answer Text(string text, int status = 200) => new()
    {
        Status = status,
        ContentType = "text/plain; charset=utf-8",
        Body = System.Text.Encoding.UTF8.GetBytes(text),
    };

    public static Answer Of(ApiFailure failure) => failure.IsPlainText
        ? Text(failure.Message, failure.Code)
        : Json(failure.ToStatus(), failure.Code) with { RetryAfter = failure.RetryAfter };

    private static string Warning(string text)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"299 - \"{escaped}\"";
    }

    public WorldReply ToReply(WorldRequest request, TimeSpan took, bool isInjected)
    {
        var headers = Protocol.Length > 0 ? WebSocketStream.Accepting(request, Protocol) : ValueMap<string>.Empty;
        if (ContentType.Length > 0)
            headers = headers.With("content-type", ContentType);
        if (!Passed && Protocol.Length == 0)
            headers = headers.With("cache-control", "no-cache, private");
        if (Warnings.Count > 0)
        {
            headers = headers.With("warning", string.Join(", ", Warnings.Select(Warning)));
        }

        if (RetryAfter is { } seconds)
            headers = headers.With("retry-after", $"{seconds}");
        return new WorldReply
        {
            Status = Status,
            Headers = headers,
            Body = Body,
            Stream = Stream,
            ServiceTime = took,
            Injected = isInjected,
        };
    }
}
